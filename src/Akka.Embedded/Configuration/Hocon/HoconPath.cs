using System.Text;

namespace Akka.Configuration.Hocon;

/// <summary>Dotted paths: <c>a.b."key.with.dots".c</c>.</summary>
internal static class HoconPath
{
    /// <summary>Characters that end an unquoted value; a key is also ended by a dot.</summary>
    public const string ReservedInValue = "$\"{}[]:=,#`^?!@*&\\";

    /// <summary>The keys of a path, without quotes.</summary>
    public static IReadOnlyList<string> Split(string path) =>
        path.Contains('"', StringComparison.Ordinal)
            ? SplitRaw(path).ConvertAll(key => key.Replace("\"", "", StringComparison.Ordinal))
            : path.Split('.');

    /// <summary>The keys of a path as they are written.</summary>
    public static List<string> SplitRaw(string path)
    {
        var keys = new List<string>();
        var start = 0;
        var quoted = false;
        for (var i = 0; i < path.Length; i++)
        {
            if (path[i] == '"')
            {
                quoted = !quoted;
            }
            else if (path[i] == '.' && !quoted)
            {
                keys.Add(path[start..i]);
                start = i + 1;
            }
        }

        keys.Add(path[start..]);
        return keys;
    }

    public static string Join(string parent, string key) => parent.Length == 0 ? Key(key) : parent + "." + Key(key);

    /// <summary>A key as it must be written to be read as one key again.</summary>
    public static string Key(string key) =>
        key.Length > 0 && !key.Contains('.', StringComparison.Ordinal) && IsPlain(key) && key != "include" ? key : Quote(key);

    /// <summary>Text as it must be written to be read as the same text again.</summary>
    public static string Text(string text) => text.Length > 0 && IsPlain(text) ? text : Quote(text);

    /// <summary>As <see cref="Text"/>, but everything that JSON may escape is escaped.</summary>
    public static string JsonText(string text)
    {
        if (text.Length > 0 && IsPlain(text) && text.All(c => c is < '\u007f' and not '/'))
            return text;
        var quoted = new StringBuilder(text.Length + 8);
        foreach (var c in Quote(text))
        {
            _ = c switch
            {
                '/' => quoted.Append("\\/"),
                >= '\u007f' => quoted.Append("\\u").Append(((int)c).ToString("x4", System.Globalization.CultureInfo.InvariantCulture)),
                _ => quoted.Append(c),
            };
        }

        return quoted.ToString();
    }

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
                '\b' => quoted.Append("\\b"),
                '\f' => quoted.Append("\\f"),
                < ' ' => quoted.Append("\\u").Append(((int)c).ToString("x4", System.Globalization.CultureInfo.InvariantCulture)),
                _ => quoted.Append(c),
            };
        }

        return quoted.Append('"').ToString();
    }
}
