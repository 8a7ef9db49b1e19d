using System.Globalization;
using ActorNode.Protocol.Messages;

namespace ActorNode.Server.Http;

/// <summary>Reads the fields of a request's path and query; what breaks a rule ends the request with a 400 that names both.</summary>
internal static class RequestFields
{
    /// <summary>The account in the path.</summary>
    public static AccountId Account(HttpContext context) => new(PathId(context, "account"));

    /// <summary>The message id in the path.</summary>
    public static MessageId MessageId(HttpContext context) => new(PathId(context, "id"));

    /// <summary>The consensus key in the path.</summary>
    public static Protocol.Forging.ConsensusKeyId ConsensusKey(HttpContext context) => new(PathId(context, "key"));

    /// <summary>The event id in the path.</summary>
    public static string EventId(HttpContext context) => PathId(context, "id");

    /// <summary>Refuses what the route does not know and what is given twice: a mistyped name must not look as if it had worked.</summary>
    public static void AllowOnly(HttpContext context, params ReadOnlySpan<string> known)
    {
        foreach (var (name, values) in context.Request.Query)
        {
            if (!known.Contains(name))
            {
                var shown = name.Length <= 64 ? $"'{name}'" : "an unknown name";
                throw Bad(shown, known.IsEmpty
                    ? "is no query parameter of this route; it has none"
                    : $"is no query parameter of this route; it takes {string.Join(", ", known)}");
            }

            if (values.Count > 1)
                throw Bad(name, "is given more than once");
        }
    }

    /// <summary>An id in the query, or null.</summary>
    public static string? Text(HttpContext context, string name)
    {
        if (!context.Request.Query.TryGetValue(name, out var values))
            return null;
        var text = values.ToString();
        return TextRule.Problem(text) is { } problem ? throw Bad(name, problem) : text;
    }

    /// <summary>A sequence in the query (0 and up), or null.</summary>
    public static long? Sequence(HttpContext context, string name) =>
        context.Request.Query.TryGetValue(name, out var values) ? ParseSequence(values.ToString(), name) : null;

    /// <summary>A sequence as text: digits only.</summary>
    public static long ParseSequence(string text, string name) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var sequence)
            ? sequence
            : throw Bad(name, $"must be a whole number from 0 to {long.MaxValue}");

    /// <summary>How many at most: 50 unless given.</summary>
    public static int Limit(HttpContext context, int max)
    {
        if (!context.Request.Query.TryGetValue("limit", out var values))
            return Math.Min(50, max);
        return int.TryParse(values.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit >= 1 && limit <= max
            ? limit
            : throw Bad("limit", $"must be a whole number from 1 to {max}");
    }

    /// <summary>A 400 that names field and rule.</summary>
    public static ProblemException Bad(string field, string rule) => new(Problem.BadField(field, rule));

    private static string PathId(HttpContext context, string field)
    {
        var segment = (string)context.GetRouteValue(field)!;
        var problem = PathText.TryDecode(segment, out var text) ?? TextRule.Problem(text);
        return problem is null ? text : throw Bad(field, problem);
    }
}
