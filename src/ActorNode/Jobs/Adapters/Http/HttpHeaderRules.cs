using System.Buffers;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.Json;

namespace ActorNode.Jobs.Adapters.Http;

/// <summary>The headers that a job may set: names to lists of values.</summary>
internal static class HttpHeaderRules
{
    private const int MaxHeaders = 100;

    private static readonly SearchValues<char> NameCharacters = SearchValues.Create(
        "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    // How a request is framed and where it goes is the node's to say.
    private static readonly FrozenSet<string> OfTheNode = new[]
    {
        "Host", "Content-Length", "Transfer-Encoding", "Connection", "Keep-Alive", "Proxy-Connection", "Proxy-Authorization", "TE", "Trailer",
        "Upgrade", "Expect", "HTTP2-Settings",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Reads the parameter "headers".</summary>
    /// <exception cref="AdapterException">It breaks a rule. The message repeats no value: it may be a secret.</exception>
    public static ImmutableArray<KeyValuePair<string, ImmutableArray<string>>> Read(JsonElement headers)
    {
        if (headers.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null)
            return [];
        if (headers.ValueKind != JsonValueKind.Object)
            throw new AdapterException("headers: expected an object of names and arrays of strings");
        var all = ImmutableArray.CreateBuilder<KeyValuePair<string, ImmutableArray<string>>>();
        foreach (var header in headers.EnumerateObject())
        {
            if (all.Count == MaxHeaders)
                throw new AdapterException($"headers: more than {MaxHeaders}");
            all.Add(new(Name(header.Name), Values(header)));
        }

        return all.DrainToImmutable();
    }

    private static string Name(string name)
    {
        if (name.Length is 0 or > 256 || name.AsSpan().ContainsAnyExcept(NameCharacters))
            throw new AdapterException("headers: a name is no token of HTTP");
        return OfTheNode.Contains(name) ? throw new AdapterException($"headers: {name} is set by the node") : name;
    }

    private static ImmutableArray<string> Values(JsonProperty header)
    {
        if (header.Value.ValueKind != JsonValueKind.Array)
            throw new AdapterException($"headers.{header.Name}: expected an array of strings");
        return [.. header.Value.EnumerateArray().Select(value =>
            value.ValueKind != JsonValueKind.String ? throw new AdapterException($"headers.{header.Name}: expected an array of strings")
            : value.GetString()!.Any(c => c != '\t' && char.IsControl(c)) ? throw new AdapterException($"headers.{header.Name}: a value holds a control character")
            : value.GetString()!)];
    }
}
