using System.Collections.Immutable;
using System.Net;

namespace ActorNode.Configuration;

/// <summary>Settings of the HTTP server: the section <c>actornode.http</c>.</summary>
public sealed record HttpSettings : ISettingsRules
{
    /// <summary>Where the node listens. Port 0 takes a free one.</summary>
    public ImmutableArray<string> Urls { get; init; } = ["http://127.0.0.1:6688"];

    /// <summary>What https urls need.</summary>
    public TlsSettings Tls { get; init; } = new();

    /// <summary>
    /// The file that holds the bearer token of the API. Null: off, everybody who reaches the port may use it; allowed on loopback only.
    /// </summary>
    public string? TokenFile { get; init; }

    /// <summary>Longest request body; more gets 413.</summary>
    [Bytes, InRange("1 KiB", "1 GiB")]
    public long MaxRequestBody { get; init; } = 32 * 1024 * 1024;

    /// <summary>Most connections open at once; more are closed at once.</summary>
    [InRange("1", "100000")]
    public int MaxConnections { get; init; } = 1_000;

    /// <summary>Most event streams (server-sent events) open at once; more get 429.</summary>
    [InRange("0", "100000")]
    public int MaxFollowers { get; init; } = 500;

    /// <summary>A request that the node did not answer within this time gets 503; what it wrote may be stored nevertheless.</summary>
    [InRange("100 ms", "10 minutes")]
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>An event stream with nothing to say sends a comment so often, so that both ends notice a lost connection.</summary>
    [InRange("1 s", "1 h")]
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long the node reports itself not ready before it stops listening, so that load balancers turn away first.</summary>
    [InRange("0", "10 minutes")]
    public TimeSpan UnreadyDelay { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long a stopping node lets running requests, and after them the actors' accepted work, finish.</summary>
    [InRange("1 s", "1 h")]
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>True when no other machine can reach any of the urls.</summary>
    public bool LoopbackOnly => Urls.All(url => ListenUrl.TryParse(url, out var parsed, out _) && parsed.IsLoopback);

    /// <summary>True when other machines reach the node over https alone.</summary>
    public bool TlsBeyondLoopback => Urls.All(url => ListenUrl.TryParse(url, out var parsed, out _) && (parsed.IsLoopback || parsed.IsTls));

    /// <inheritdoc/>
    public IEnumerable<(string Key, string Rule)> Problems()
    {
        if (Urls.IsEmpty)
            yield return ("urls", "needs at least one url");
        foreach (var url in Urls)
        {
            if (!ListenUrl.TryParse(url, out var parsed, out var problem))
                yield return ("urls", $"'{url}' {problem}");
            else if (parsed.IsTls && Tls.CertificateFile is null)
                yield return ("urls", $"'{url}' needs a certificate: set tls.certificate-file, or put a proxy in front of the node");
        }
    }
}

/// <summary>What https urls need: the section <c>actornode.http.tls</c>.</summary>
public sealed record TlsSettings
{
    /// <summary>The certificate in PEM, followed by those that it was issued with.</summary>
    public string? CertificateFile { get; init; }

    /// <summary>The private key in PEM. Null: it is in the certificate's file.</summary>
    public string? KeyFile { get; init; }
}

/// <summary>An address to listen at: <c>http://host:port</c> or <c>https://host:port</c>.</summary>
public readonly record struct ListenUrl(string Host, int Port, bool IsTls = false)
{
    /// <summary>True when only this machine reaches it.</summary>
    public bool IsLoopback => Address is { } address ? IPAddress.IsLoopback(address) : IsLocalhost;

    /// <summary>True for the name that stands for both loopback addresses.</summary>
    public bool IsLocalhost => Host.Equals("localhost", StringComparison.OrdinalIgnoreCase);

    /// <summary>The address, where the host is one; null for <c>localhost</c>.</summary>
    public IPAddress? Address => IPAddress.TryParse(Host.Trim('[', ']'), out var address) ? address : null;

    /// <summary>Reads a url; the problem is in words that follow the value.</summary>
    public static bool TryParse(string text, out ListenUrl url, out string? problem)
    {
        url = default;
        if (text.Any(c => c is '*' or '+'))
            problem = "has a wildcard; write http://0.0.0.0:PORT or http://[::]:PORT for every address";
        else if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Host.Length == 0)
            problem = "is no url; write http://HOST:PORT";
        else if (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps)
            problem = "is neither an http nor an https url";
        else if (uri.PathAndQuery != "/" || uri.UserInfo.Length > 0 || uri.Fragment.Length > 0)
            problem = "has more than host and port";
        else
        {
            url = new ListenUrl(uri.Host, uri.Port, uri.Scheme == Uri.UriSchemeHttps);
            problem = url.Address is null && !url.IsLocalhost ? "names a host; write its IP address, or localhost" : null;
        }

        return problem is null;
    }
}
