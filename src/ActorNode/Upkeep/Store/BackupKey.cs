using ActorNode.Storage;

namespace ActorNode.Upkeep.Store;

/// <summary>What is to be written to a place. Without bytes: a removal.</summary>
internal sealed record Change(UpkeepStamp Stamp, ReadOnlyMemory<byte>? Bytes)
{
    public Task ApplyAsync(IUpkeepReplica replica, UpkeepKey key) =>
        Bytes is { } bytes ? replica.PutAsync(key, new UpkeepValue(Stamp, bytes)) : replica.RemoveAsync(key, Stamp);
}

/// <summary>
/// One key of one backup: at most one write under way and one that waits, the newest. A write that failed, or came while the backup did not
/// work, leaves a mark instead of its bytes: the value is read from the primary when it can be written. Used under its backup's lock.
/// </summary>
internal sealed class BackupKey
{
    private long _running;
    private long _required;
    private bool _gone;
    private Change? _next;
    private (long Sequence, Acknowledgement By)? _awaited;

    /// <summary>Whether a task works on the key.</summary>
    public bool IsRunning { get; private set; }

    /// <summary>Whether the backup's value must be brought up to date from the primary.</summary>
    public bool IsStale { get; private set; }

    /// <summary>The last write that the backup holds for sure.</summary>
    public long Written { get; private set; }

    /// <summary>Since when the backup may lack the last write; null: it does not.</summary>
    public DateTimeOffset? BehindSince { get; private set; }

    /// <summary>The key has no value any more, nothing is to be done and nobody will ask for it: it may be forgotten.</summary>
    public bool IsForgettable => _gone && !IsRunning && !IsStale && _next is null && _required >= Written;

    /// <summary>A new write, in place of one that waits.</summary>
    public void Offer(Change change, DateTimeOffset now)
    {
        _next = change;
        BehindSince ??= now;
    }

    /// <summary>The value is to be read from the primary.</summary>
    public void MarkStale(DateTimeOffset now)
    {
        IsStale = true;
        BehindSince ??= now;
    }

    /// <summary>The primary holds the write: it must come here, too. True: it has.</summary>
    public bool Require(long sequence, Acknowledgement? by, DateTimeOffset now)
    {
        _required = sequence;
        if (Written >= sequence)
        {
            by?.Add();
            return true;
        }

        if (by is not null)
            _awaited = (sequence, by);
        if (_next?.Stamp.Sequence < sequence)
            _next = null;
        if (_next is null && !(IsRunning && _running >= sequence))
            MarkStale(now);
        return false;
    }

    /// <summary>
    /// Takes what is to be done next; false: nothing. Null in <paramref name="change"/>: read it from the primary, which then holds
    /// everything up to <paramref name="holds"/>.
    /// </summary>
    public bool TryBegin(out Change? change, out long holds)
    {
        change = _next;
        holds = change is null ? _required : change.Stamp.Sequence;
        IsRunning = _next is not null || IsStale;
        _running = _next?.Stamp.Sequence ?? 0;
        _next = null;
        IsStale = false;
        return IsRunning;
    }

    /// <summary>The write is durable in the backup, and with it all of the key's up to <paramref name="holds"/>.</summary>
    public void Done(Change change, long holds, DateTimeOffset now)
    {
        Written = Math.Max(Written, holds);
        _gone = change.Bytes is null;
        if (_awaited is { } awaited && awaited.Sequence <= Written)
        {
            _awaited = null;
            awaited.By.Add();
        }

        BehindSince = _next is null && !IsStale ? null : now;
    }

    /// <summary>The write failed, or was not begun.</summary>
    public void Failed(DateTimeOffset now)
    {
        IsRunning = false;
        _next = null;
        MarkStale(now);
    }

    /// <summary>The task that worked on the key ends.</summary>
    public void Rest() => IsRunning = false;
}
