namespace ActorNode.Jobs.Access;

/// <summary>
/// When a persistent actor saves a snapshot, and what goes once it has: of what lies before a snapshot only what lies before the one before it, so
/// that the newest alone is never all that there is. Part of its actor.
/// </summary>
internal sealed class SnapshotSchedule(int every)
{
    private long _savedAt;
    private bool _saving;

    /// <summary>A snapshot was recovered.</summary>
    public void Recovered(long sequence) => _savedAt = sequence;

    /// <summary>Whether to save one now; the answer to it is awaited from here on.</summary>
    public bool Begin(long lastSequence)
    {
        if (_saving || lastSequence - _savedAt < every)
            return false;
        return _saving = true;
    }

    /// <summary>A snapshot is saved. Up to where events and, less one, snapshots may go; 0: nothing.</summary>
    public long Saved(long sequence)
    {
        var before = _savedAt;
        (_savedAt, _saving) = (sequence, false);
        return before;
    }

    /// <summary>It could not be saved: recovery takes longer, nothing else. The next events try again.</summary>
    public void Failed() => _saving = false;
}
