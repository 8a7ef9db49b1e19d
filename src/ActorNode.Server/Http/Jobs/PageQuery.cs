using System.Globalization;
using System.Text;
using System.Text.Json;
using ActorNode.Jobs.Listing;

namespace ActorNode.Server.Http.Jobs;

/// <summary>Which part of a list is asked for: <c>size</c>, <c>page</c> from 1 on, <c>sort</c>.</summary>
internal readonly record struct PageQuery(int Size, long Page, bool NewestFirst)
{
    private const int DefaultSize = 25;

    /// <summary>The same for a list of the store.</summary>
    public PageOf Part => new((Page - 1) * Size, Size, NewestFirst);

    /// <exception cref="ApiException">422 for what is no such number.</exception>
    public static PageQuery Of(HttpRequest request, int maxSize)
    {
        var size = (int)Number(request, "size", Math.Min(DefaultSize, maxSize), maxSize);
        // So that no offset overflows.
        var page = Number(request, "page", 1, int.MaxValue);
        return new PageQuery(size, page, request.Query["sort"].ToString() switch
        {
            "" or "createdAt" => false,
            "-createdAt" => true,
            _ => throw new ApiException(422, "invalid sort param, error: must be createdAt or -createdAt"),
        });
    }

    /// <summary>The part of a list that is in memory whole.</summary>
    public IEnumerable<T> Slice<T>(IReadOnlyList<T> all)
    {
        var ordered = NewestFirst ? all.Reverse() : all;
        return Part.Offset >= all.Count ? [] : ordered.Skip((int)Part.Offset).Take(Size);
    }

    public void WriteLinks(Utf8JsonWriter json, HttpRequest request, long count)
    {
        var (next, previous) = (Page * Size < count, Page > 1 && count > 0);
        if (count <= Size || !(next || previous))
            return;
        json.WriteStartObject("links"u8);
        if (next)
            json.WriteString("next"u8, Link(request, Page + 1));
        if (previous)
            json.WriteString("prev"u8, Link(request, Page - 1));
        json.WriteEndObject();
    }

    /// <summary>The request's own path and query with another page.</summary>
    private string Link(HttpRequest request, long page)
    {
        var values = request.Query
            .Where(item => item.Key is not ("size" or "page"))
            .SelectMany(item => item.Value, (item, value) => (item.Key, Value: value ?? ""))
            .Append(("page", page.ToString(CultureInfo.InvariantCulture)))
            .Append(("size", Size.ToString(CultureInfo.InvariantCulture)))
            .OrderBy(item => item.Item1, StringComparer.Ordinal);
        var link = new StringBuilder(request.Path.Value).Append('?');
        link.AppendJoin('&', values.Select(item => $"{Uri.EscapeDataString(item.Item1)}={Uri.EscapeDataString(item.Item2)}"));
        return link.ToString();
    }

    private static long Number(HttpRequest request, string name, int missing, int max)
    {
        var values = request.Query[name];
        if (values.Count == 0)
            return missing;
        var problem = values.Count > 1 ? "is given more than once"
            : !long.TryParse(values[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? "is no whole number"
            : number < 1 ? "must be greater than 0"
            : number > max ? $"must be at most {max}"
            : null;
        return problem is null
            ? long.Parse(values[0]!, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture)
            : throw new ApiException(422, $"invalid {name} param, error: {problem}");
    }
}
