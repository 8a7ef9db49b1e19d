using System.Buffers;
using System.Collections.Immutable;

namespace ActorNode.Jobs.Adapters.Http;

/// <summary>The path of a request: cleaned, and with the segments of the parameter "extPath".</summary>
internal static class UrlPath
{
    // What may stand in a path as its author wrote it, codes included.
    private static readonly SearchValues<char> Written = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~!$&'()*+,;=:@/[]%");

    /// <summary>The path, from its first slash on.</summary>
    /// <exception cref="AdapterException">A percent sign begins no code.</exception>
    public static string Extend(string path, ImmutableArray<string> more)
    {
        var decoded = PercentCode.Decode(path, plusIsSpace: false) ?? throw new AdapterException("invalid URL escape in the path");
        var clean = Clean(more.Select(PercentCode.Bytes).Prepend(decoded));
        // A path that was clean stays as it was written: which of its characters are codes is its author's.
        return clean == decoded && !path.AsSpan().ContainsAnyExcept(Written)
            ? path
            : PercentCode.Encode(clean, PercentCode.PathCharacters, spaceIsPlus: false);
    }

    private static string Clean(IEnumerable<string> parts)
    {
        var segments = new List<string>();
        foreach (var segment in parts.SelectMany(part => part.Split('/')))
        {
            if (segment is "" or ".")
                continue;
            if (segment != "..")
                segments.Add(segment);
            else if (segments.Count > 0)
                segments.RemoveAt(segments.Count - 1);
        }

        return "/" + string.Join('/', segments);
    }
}
