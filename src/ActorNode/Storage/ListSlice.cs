using ActorNode.Jobs.Listing;

namespace ActorNode.Storage;

/// <summary>A page as the entries <c>Start .. End - 1</c> of a list that is in ascending order, whichever way the page is read.</summary>
internal readonly record struct ListSlice(long Start, long End)
{
    public static ListSlice Of(PageOf page, long count)
    {
        var offset = Math.Clamp(page.Offset, 0, count);
        var length = Math.Clamp(page.Limit, 0, count - offset);
        return page.NewestFirst ? new(count - offset - length, count - offset) : new(offset, offset + length);
    }

    public int Length => (int)(End - Start);
}
