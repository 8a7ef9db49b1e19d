using System.Globalization;
using System.Text;

namespace ActorNode.Server.Commands;

/// <summary>
/// A table of text: columns as wide as what stands in them, one row a line. What is not printable is shown as its code: nothing in a table can
/// move a terminal's cursor or end a row.
/// </summary>
internal static class TextTable
{
    private const string Gap = "  ";
    private const string Cut = "...";

    /// <summary>The table.</summary>
    /// <param name="columns">The heads.</param>
    /// <param name="rows">A cell for each column.</param>
    /// <param name="widest">Longer cells are cut.</param>
    public static string Of(IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows, int widest = int.MaxValue)
    {
        var lines = rows.Select(row => row.Select(cell => Shortened(Printable(cell), widest)).ToArray()).Prepend([.. columns]).ToArray();
        var widths = columns.Select((_, column) => lines.Max(line => line[column].Length)).ToArray();
        var text = new StringBuilder();
        foreach (var line in lines)
            text.AppendLine(string.Join(Gap, line.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd(' '));
        return text.ToString().TrimEnd('\r', '\n');
    }

    /// <summary>The text with codes for what cannot be printed.</summary>
    public static string Printable(string text)
    {
        if (text.All(IsPrintable))
            return text;
        var shown = new StringBuilder(text.Length + 16);
        foreach (var c in text)
            _ = IsPrintable(c) ? shown.Append(c) : shown.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
        return shown.ToString();
    }

    private static bool IsPrintable(char c) =>
        char.GetUnicodeCategory(c) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);

    private static string Shortened(string text, int widest) => text.Length <= widest ? text : text[..(widest - Cut.Length)] + Cut;
}
