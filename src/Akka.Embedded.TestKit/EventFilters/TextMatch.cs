using System.Text.RegularExpressions;
using Akka.Actor;

namespace Akka.TestKit;

/// <summary>A condition on a text of a log event, with the words that a failing test shows.</summary>
internal sealed class TextMatch
{
    public static readonly TextMatch Any = new(_ => true, "");

    private readonly Func<string, bool> _accepts;
    private readonly string _words;

    private TextMatch(Func<string, bool> accepts, string words)
    {
        _accepts = accepts;
        _words = words;
    }

    public bool Accepts(string? text) => _accepts(text ?? "null");

    public override string ToString() => _words;

    /// <summary>The first condition given counts.</summary>
    public static TextMatch Message(string? message, string? start, string? contains)
    {
        if (message is not null)
            return new TextMatch(text => text == message, $" == \"{message}\"");
        if (start is not null)
            return new TextMatch(text => text.StartsWith(start, StringComparison.Ordinal), $" starts with \"{start}\"");
        return contains is not null
            ? new TextMatch(text => text.Contains(contains, StringComparison.Ordinal), $" contains \"{contains}\"")
            : Any;
    }

    public static TextMatch Message(Regex pattern) => new(pattern.IsMatch, $" matches /{pattern}/");

    /// <summary>A log source as it is, or the path of an actor without its address.</summary>
    public static TextMatch Source(string? source) => source is null
        ? Any
        : new TextMatch(text => string.Equals(text, source, StringComparison.OrdinalIgnoreCase)
            || ActorPath.TryParse(text, out var path)
                && string.Equals(path!.ToStringWithoutAddress(), source, StringComparison.OrdinalIgnoreCase), $" from {source}");
}
