using System.Collections.Immutable;

namespace ActorNode.Jobs.Adapters.Http;

/// <summary>The query of a request: that of its address and the pairs of the parameter "queryParams", sorted by key and encoded anew.</summary>
internal static class UrlQuery
{
    /// <summary>The query with its question mark; empty where there is none.</summary>
    public static string Extend(string query, ImmutableArray<KeyValuePair<string, string>> more)
    {
        var pairs = Read(query);
        var known = pairs.Select(pair => pair.Key).ToHashSet(StringComparer.Ordinal);
        foreach (var (key, value) in more)
        {
            // Of several values of a key the first counts, and what the address has comes first.
            if (known.Add(PercentCode.Bytes(key)))
                pairs.Add(new(PercentCode.Bytes(key), PercentCode.Bytes(value)));
        }

        var encoded = pairs.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{Encode(pair.Key)}={Encode(pair.Value)}");
        return pairs.Count == 0 ? "" : "?" + string.Join('&', encoded);
    }

    private static List<KeyValuePair<string, string>> Read(string query)
    {
        var pairs = new List<KeyValuePair<string, string>>();
        foreach (var pair in query.Split(['&', ';'], StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = pair.IndexOf('=');
            // A pair with a broken code means nothing.
            if (PercentCode.Decode(equals < 0 ? pair : pair[..equals], plusIsSpace: true) is { } key
                && PercentCode.Decode(equals < 0 ? "" : pair[(equals + 1)..], plusIsSpace: true) is { } value)
            {
                pairs.Add(new(key, value));
            }
        }

        return pairs;
    }

    private static string Encode(string bytes) => PercentCode.Encode(bytes, PercentCode.QueryCharacters, spaceIsPlus: true);
}
