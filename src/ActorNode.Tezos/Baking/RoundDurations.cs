namespace ActorNode.Tezos.Baking;

/// <summary>
/// When rounds begin. Each round of a level is longer than the one before, so that bakers who do not hear of each other find together again. All
/// follows from the predecessor's time: nobody has to tell anybody.
/// </summary>
/// <param name="First">How long round 0 lasts.</param>
/// <param name="Increment">How much longer each further round lasts.</param>
public sealed record RoundDurations(TimeSpan First, TimeSpan Increment)
{
    /// <summary>How long a round lasts.</summary>
    public TimeSpan Of(int round) => First + Increment * round;

    /// <summary>When a round begins at the level after the predecessor's.</summary>
    public DateTimeOffset Start(BlockInfo predecessor, int round)
    {
        ArgumentNullException.ThrowIfNull(predecessor);
        return predecessor.Timestamp + Of(predecessor.Round) + First * round + Increment * ((long)round * (round - 1) / 2);
    }

    /// <summary>The round that it is at the level after the predecessor's; 0 also before that has begun.</summary>
    public int At(BlockInfo predecessor, DateTimeOffset now)
    {
        var round = 0;
        while (now >= Start(predecessor, round + 1))
            round++;
        return round;
    }
}
