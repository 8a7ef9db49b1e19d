using System.Collections.Concurrent;

namespace Akka.Hosting.Logging;

/// <summary>The holes of a message template: <c>{Name}</c>, <c>{@Name}</c>, <c>{Name,10:format}</c>; doubled braces are text.</summary>
internal static class MessageTemplate
{
    // Templates are literals of the program, so this is small; the bound holds even if some are composed.
    private const int MaximumCached = 1_000;

    private static readonly ConcurrentDictionary<string, IReadOnlyList<string>> Cache = new(StringComparer.Ordinal);

    /// <summary>The names in the order in which arguments fill them.</summary>
    public static IReadOnlyList<string> Holes(string template)
    {
        if (Cache.TryGetValue(template, out var known))
            return known;
        var holes = Parse(template);
        if (Cache.Count < MaximumCached)
            Cache.TryAdd(template, holes);
        return holes;
    }

    private static List<string> Parse(string template)
    {
        var holes = new List<string>();
        for (var i = 0; i < template.Length; i++)
        {
            if (template[i] != '{')
                continue;
            if (i + 1 < template.Length && template[i + 1] == '{')
            {
                i++;
                continue;
            }

            var end = template.IndexOf('}', i);
            if (end < 0)
                break;
            var hole = template[(i + 1)..end];
            var name = hole.Split([',', ':'], 2)[0].TrimStart('@', '$').Trim();
            if (name.Length > 0)
                holes.Add(name);
            i = end;
        }

        return holes;
    }
}
