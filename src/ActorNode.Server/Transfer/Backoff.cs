namespace ActorNode.Server.Transfer;

/// <summary>Waits between repeats: doubled each time up to a cap. What the other side asks for counts where it is longer, up to a minute.</summary>
internal struct Backoff(TimeSpan min, TimeSpan max)
{
    private static readonly TimeSpan LongestAsked = TimeSpan.FromMinutes(1);
    private TimeSpan _next = min;

    /// <summary>The next wait.</summary>
    public TimeSpan Next(TimeSpan? asked)
    {
        var wait = _next;
        _next = TimeSpan.FromTicks(Math.Min(_next.Ticks * 2, max.Ticks));
        return asked is { } longer && longer > wait ? longer < LongestAsked ? longer : LongestAsked : wait;
    }
}
