using System.Collections.Immutable;

namespace ActorNode.Jobs.Adapters.Http;

/// <summary>Addresses of requests, formed as the original forms them, so that servers see the same path and query.</summary>
internal static class HttpTarget
{
    private const int Longest = 16 * 1024;

    private static readonly UriCreationOptions AsWritten = new() { DangerousDisablePathAndQueryCanonicalization = true };

    /// <summary>Reads an absolute http or https address.</summary>
    /// <exception cref="AdapterException">It is none.</exception>
    public static Uri Parse(string text)
    {
        if (text.Length > Longest)
            throw new AdapterException($"an address of {text.Length} characters is longer than {Longest}");
        if (text.Any(char.IsControl) || !text.Contains("://", StringComparison.Ordinal) || !Uri.TryCreate(text, UriKind.Absolute, out var uri))
            throw new AdapterException($"parse {Shown(text)}: invalid URI for request");
        if (!IsHttp(uri))
            throw new AdapterException($"{uri.Scheme}: unsupported protocol scheme, only http and https are");
        _ = UrlPath.Extend(Parts(text).Path, []);
        return uri;
    }

    /// <summary>
    /// The address with more of a path and of a query. Its path is cleaned: no empty, "." or ".." segments, no slash at its end. Its query is
    /// sorted by keys; a key that it has already is not replaced.
    /// </summary>
    public static Uri Extend(Uri url, ImmutableArray<string> path, ImmutableArray<KeyValuePair<string, string>> query)
    {
        var (rawPath, rawQuery) = Parts(url.OriginalString);
        var user = url.UserInfo.Length > 0 ? url.UserInfo + "@" : "";
        var host = url.HostNameType == UriHostNameType.IPv6 ? $"[{url.DnsSafeHost}]" : url.IdnHost;
        return new Uri($"{url.Scheme}://{user}{host}:{url.Port}{UrlPath.Extend(rawPath, path)}{UrlQuery.Extend(rawQuery, query)}", AsWritten);
    }

    /// <summary>Where a redirect leads; null where that is no http or https address.</summary>
    public static Uri? Follow(Uri from, string location)
    {
        if (location.Length > Longest || location.Any(char.IsControl))
            return null;
        // A path is no file, whatever the system of this process takes it for.
        var kind = location.StartsWith('/') ? UriKind.Relative : UriKind.RelativeOrAbsolute;
        if (!Uri.TryCreate(location, kind, out var to) || !Uri.TryCreate(new Uri(from.AbsoluteUri), to, out var next))
            return null;
        return IsHttp(next) ? next : null;
    }

    /// <summary>Scheme, host and port, which are all of an address that may stand in an error.</summary>
    public static string Origin(Uri uri) => uri.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped);

    /// <summary>Whether both have the same scheme, host and port.</summary>
    public static bool SameOrigin(Uri left, Uri right) =>
        left.Scheme == right.Scheme && left.Port == right.Port && left.IdnHost.Equals(right.IdnHost, StringComparison.OrdinalIgnoreCase);

    private static bool IsHttp(Uri uri) => uri.Scheme is "http" or "https" && uri.Host.Length > 0;

    private static (string Path, string Query) Parts(string text)
    {
        var rest = text.Trim();
        rest = rest[(rest.IndexOf("://", StringComparison.Ordinal) + 3)..];
        if (rest.IndexOf('#') is var fragment && fragment >= 0)
            rest = rest[..fragment];
        var query = "";
        if (rest.IndexOf('?') is var mark && mark >= 0)
            (rest, query) = (rest[..mark], rest[(mark + 1)..]);
        return (rest.IndexOfAny(['/', '\\']) is var slash && slash >= 0 ? rest[slash..] : "", query);
    }

    /// <summary>What is no address is shown, so that its author finds it, but for what may be a secret: a query, and a user with a password.</summary>
    private static string Shown(string text)
    {
        const int Most = 100;
        var shown = text.AsSpan(0, Math.Min(text.Length, Most));
        if (text.Contains('@'))
            shown = shown[..(shown.IndexOf("://") is var scheme && scheme >= 0 ? scheme + 3 : 0)];
        if (shown.IndexOf('?') is var query && query >= 0)
            shown = shown[..query];
        return string.Concat(shown.ToString().Select(c => char.IsControl(c) ? '?' : c)) + (shown.Length < text.Length ? "..." : "");
    }
}
