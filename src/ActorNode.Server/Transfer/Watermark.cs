namespace ActorNode.Server.Transfer;

/// <summary>A place in the input: bytes before it, and the number of the line that starts there.</summary>
public readonly record struct InputPlace(long Offset, long Line) : IComparable<InputPlace>
{
    /// <inheritdoc/>
    public int CompareTo(InputPlace other) => Offset.CompareTo(other.Offset);
}

/// <summary>
/// Up to where everything is done, while parts of the input are finished out of order. A part that failed stays open, so that the mark never
/// passes it. Thread-safe.
/// </summary>
public sealed class Watermark(InputPlace start)
{
    private readonly Lock _lock = new();
    private readonly SortedSet<InputPlace> _open = [];
    private InputPlace _read = start;

    /// <summary>The first place that is not done.</summary>
    public InputPlace Place
    {
        get
        {
            lock (_lock)
                return _open.Count > 0 ? _open.Min : _read;
        }
    }

    /// <summary>A part that begins here is under way.</summary>
    public void Open(InputPlace first)
    {
        lock (_lock)
            _open.Add(first);
    }

    /// <summary>The part that began here is done.</summary>
    public void Close(InputPlace first)
    {
        lock (_lock)
            _open.Remove(first);
    }

    /// <summary>The input was read up to here; each line before belongs to a part that was opened, or needs none.</summary>
    public void Read(InputPlace next)
    {
        lock (_lock)
            _read = next;
    }
}
