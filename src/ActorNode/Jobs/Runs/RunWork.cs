namespace ActorNode.Jobs.Runs;

/// <summary>How long a run may yet work: times in which it waits for something outside do not count. Begins anew with the node.</summary>
/// <param name="limit">The longest; null: no limit.</param>
internal sealed class RunWork(TimeSpan? limit, TimeProvider clock)
{
    private TimeSpan _worked;
    private DateTimeOffset? _since;

    /// <summary>The longest that the run may work.</summary>
    public TimeSpan? Limit => limit;

    /// <summary>The run works from now on. What it has left, when it did not work before and there is a limit.</summary>
    public TimeSpan? Begin()
    {
        if (limit is null || _since is not null)
            return null;
        _since = clock.GetUtcNow();
        return Left;
    }

    /// <summary>What a run that works has left; null: there is no limit.</summary>
    public TimeSpan? Left
    {
        get
        {
            var worked = _worked + (_since is { } since ? clock.GetUtcNow() - since : TimeSpan.Zero);
            return limit is not { } longest ? null : longest > worked ? longest - worked : TimeSpan.Zero;
        }
    }

    /// <summary>The run does not work from now on. Whether it did.</summary>
    public bool End()
    {
        if (_since is not { } since)
            return false;
        _worked += clock.GetUtcNow() - since;
        _since = null;
        return true;
    }
}
