using System.Globalization;
using System.Text;

namespace Akka.Event;

/// <summary>Makes text of a template and its arguments.</summary>
public interface ILogMessageFormatter
{
    string Format(string format, params object[] args);

    string Format(string format, IEnumerable<object> args);
}

/// <summary>
/// Understands numbered holes ({0}, {1:N2}) and named ones ({JobId}), which take the arguments in order. It never throws: a
/// hole without an argument stays as it is written.
/// </summary>
public class DefaultLogMessageFormatter : ILogMessageFormatter
{
    public static readonly DefaultLogMessageFormatter Instance = new();

    private DefaultLogMessageFormatter()
    {
    }

    public string Format(string format, params object[] args) => Fill(format, args);

    public string Format(string format, IEnumerable<object> args) => Fill(format, args as IReadOnlyList<object> ?? [.. args]);

    private static string Fill(string format, IReadOnlyList<object> args)
    {
        if (args.Count == 0 && !format.Contains("{{", StringComparison.Ordinal) && !format.Contains("}}", StringComparison.Ordinal))
            return format;
        var text = new StringBuilder(format.Length + 16 * args.Count);
        var named = 0;
        for (var i = 0; i < format.Length; i++)
        {
            var c = format[i];
            if ((c is '{' or '}') && i + 1 < format.Length && format[i + 1] == c)
            {
                text.Append(c);
                i++;
                continue;
            }

            var end = c == '{' ? format.IndexOf('}', i) : -1;
            if (end < 0)
            {
                text.Append(c);
                continue;
            }

            if (!TryAppendHole(text, format.AsSpan(i + 1, end - i - 1), args, ref named))
                text.Append(format, i, end - i + 1);
            i = end;
        }

        return text.ToString();
    }

    private static bool TryAppendHole(StringBuilder text, ReadOnlySpan<char> hole, IReadOnlyList<object> args, ref int named)
    {
        var colon = hole.IndexOf(':');
        var name = colon < 0 ? hole : hole[..colon];
        var comma = name.IndexOf(',');
        var width = 0;
        if (comma >= 0)
        {
            if (!int.TryParse(name[(comma + 1)..], NumberStyles.Integer, CultureInfo.InvariantCulture, out width))
                return false;
            name = name[..comma];
        }

        if (name.IsEmpty)
            return false;
        var position = int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : named++;
        if (position >= args.Count)
            return false;
        var value = args[position];
        string? filled;
        try
        {
            filled = value is IFormattable formattable
                ? formattable.ToString(colon < 0 ? null : hole[(colon + 1)..].ToString(), CultureInfo.InvariantCulture)
                : value?.ToString() ?? "null";
        }
        catch (FormatException)
        {
            filled = value.ToString();
        }

        text.Append(width > 0 ? filled?.PadLeft(width) : width < 0 ? filled?.PadRight(-width) : filled);
        return true;
    }
}

/// <summary>A template with its arguments, formatted when it is printed.</summary>
public abstract class LogMessage
{
    protected readonly ILogMessageFormatter Formatter;

    public LogMessage(ILogMessageFormatter formatter, string format)
    {
        Formatter = formatter;
        Format = format;
    }

    public string Format { get; }

    /// <summary>The arguments, in the order of the template's holes.</summary>
    public abstract IEnumerable<object> Parameters();

    /// <summary>For a formatter that failed: template and arguments as they are.</summary>
    public abstract string Unformatted();
}

internal sealed class TemplateMessage(ILogMessageFormatter formatter, string format, object[] args) : LogMessage(formatter, format)
{
    public override IEnumerable<object> Parameters() => args;

    public override string Unformatted() => $"{Format} [{string.Join(", ", args)}]";

    public override string ToString() => Formatter.Format(Format, args);
}
