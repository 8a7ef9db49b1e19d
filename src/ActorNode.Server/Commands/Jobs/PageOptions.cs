using System.CommandLine;
using System.Globalization;

namespace ActorNode.Server.Commands.Jobs;

/// <summary>Which part of a list is shown.</summary>
internal sealed class PageOptions(bool sorted)
{
    private readonly Option<int?> _page = Whole("--page", "Which page, from 1 on. [default: 1]");
    private readonly Option<int?> _size = Whole("--size", "How many on a page. [default: 25]");
    private readonly Option<bool> _newest = new("--newest") { Description = "The newest first." };

    public Symbol[] Symbols => sorted ? [_page, _size, _newest] : [_page, _size];

    /// <summary>The part as a query, with what else is asked for.</summary>
    public string Query(ParseResult parsed, params (string Name, string? Value)[] more)
    {
        (string Name, string? Value)[] all =
        [
            .. more,
            ("page", parsed.GetValue(_page)?.ToString(CultureInfo.InvariantCulture)),
            ("size", parsed.GetValue(_size)?.ToString(CultureInfo.InvariantCulture)),
            ("sort", sorted && parsed.GetValue(_newest) ? "-createdAt" : null),
        ];
        var query = string.Join('&', all.Where(item => item.Value is not null).Select(item => $"{item.Name}={Uri.EscapeDataString(item.Value!)}"));
        return query.Length == 0 ? "" : $"?{query}";
    }

    /// <summary>The number of a page, or of entries.</summary>
    public static Option<int?> Whole(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "N",
        CustomParser = result => OptionValue.Of(
            result,
            $"a whole number from 1 to {int.MaxValue}",
            text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n >= 1 ? n : (int?)null),
    };
}
