namespace ActorNode.Server.Sandbox.Parts;

/// <summary>How fast a count grows, from one look to the next. Looks that follow each other too quickly say what the one before said.</summary>
internal sealed class Rate(TimeProvider clock)
{
    private static readonly TimeSpan Least = TimeSpan.FromMilliseconds(500);

    private long _count;
    private long _at = clock.GetTimestamp();
    private double _perSecond;

    /// <summary>Growth a second, given the count now.</summary>
    public double Of(long count)
    {
        var elapsed = clock.GetElapsedTime(_at);
        if (elapsed < Least)
            return _perSecond;
        _perSecond = (count - _count) / elapsed.TotalSeconds;
        (_count, _at) = (count, clock.GetTimestamp());
        return _perSecond;
    }
}
