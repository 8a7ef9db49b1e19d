using System.CommandLine.Parsing;

namespace ActorNode.Server.Commands;

/// <summary>Reads the values of options, with errors in the words of the configuration.</summary>
internal static class OptionValue
{
    /// <summary>A value type's value.</summary>
    public static T Of<T>(ArgumentResult result, string expected, Func<string, T?> parse)
        where T : struct => Read(result, expected, parse) ?? default;

    /// <summary>A reference type's value.</summary>
    public static T? Of<T>(ArgumentResult result, string expected, Func<string, T?> parse)
        where T : class => Read(result, expected, parse);

    private static T Read<T>(ArgumentResult result, string expected, Func<string, T> parse)
    {
        var text = result.Tokens.Count == 0 ? "" : result.Tokens[^1].Value;
        var value = parse(text);
        if (value is null)
            result.AddError($"{(result.Parent as OptionResult)?.Option.Name ?? result.Argument.Name}: '{text}' is not {expected}");
        return value;
    }
}
