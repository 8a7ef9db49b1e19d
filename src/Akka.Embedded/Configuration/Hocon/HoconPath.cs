using System.Text;

namespace Akka.Configuration.Hocon;

/// <summary>Dotted paths: <c>a.b."key.with.dots".c</c>.</summary>
internal static class HoconPath
{
    /// <summary>Characters that end an unquoted value; a key is also ended by a dot.</summary>
    public const string ReservedInValue = "$\"{}[]:=,#`^?!@*&\\";

    public static IReadOnlyList<string> Split(string path)
    {
        if (!path.Contains('"', StringComparison.Ordinal))
            return path.Split('.');

        var keys = new List<string>();
        var key = new StringBuilder();
        var quoted = false;
        foreach (var c in path)
        {
            switch (c)
            {
                case '"':
                    quoted = !quoted;
                    break;
                case '.' when !quoted:
                    keys.Add(key.ToString());
                    key.Clear();
                    break;
                default:
                    key.Append(c);
                    break;
            }
        }

        keys.Add(key.ToString());
        return keys;
    }

    public static string Join(string parent, string key) => parent.Length == 0 ? Key(key) : parent + "." + Key(key);

    /// <summary>A key as it must be written to be read as one key again.</summary>
    public static string Key(string key) =>
        key.Length > 0 && !key.Contains('.', StringComparison.Ordinal) && IsPlain(key) && key != "include" ? key : Quote(key);

    /// <summary>Text as it must be written to be read as the same text again.</summary>
    public static string Text(string text) => text.Length > 0 && IsPlain(text) ? text : Quote(text);

    private static bool IsPlain(string text)
    {
        foreach (var c in text)
        {
            if (char.IsWhiteSpace(c) || char.IsControl(c) || ReservedInValue.Contains(c, StringComparison.Ordinal))
                return false;
        }

        // "+" and "//" would be read as an operator and as a comment.
        return !text.EndsWith('+') && !text.Contains("//", StringComparison.Ordinal);
    }

    private static string Quote(string text)
    {
        var quoted = new StringBuilder(text.Length + 2).Append('"');
        foreach (var c in text)
        {
            _ = c switch
            {
                '"' => quoted.Append("\\\""),
                '\\' => quoted.Append("\\\\"),
                '\n' => quoted.Append("\\n"),
                '\r' => quoted.Append("\\r"),
                '\t' => quoted.Append("\\t"),
                < ' ' => quoted.Append("\\u").Append(((int)c).ToString("x4", System.Globalization.CultureInfo.InvariantCulture)),
                _ => quoted.Append(c),
            };
        }

        return quoted.Append('"').ToString();
    }
}
