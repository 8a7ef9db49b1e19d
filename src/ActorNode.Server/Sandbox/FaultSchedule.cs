using System.Collections.Immutable;

namespace ActorNode.Server.Sandbox;

/// <summary>Which fault comes when. Pure: the seed decides.</summary>
internal static class FaultSchedule
{
    public static readonly TimeSpan First = TimeSpan.FromSeconds(1);
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan LeastPause = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// Every fault once, in an order that follows from the seed, spread over the first two thirds of the time; without a time one after the
    /// other with a pause between them, round after round.
    /// </summary>
    public static ImmutableArray<TimeSpan> Times(int faults, TimeSpan? time)
    {
        if (faults == 0)
            return [];
        var pause = time is { } limit ? (limit * 2 / 3 - First) / faults : Pause;
        return [.. Enumerable.Range(0, faults).Select(i => First + i * (pause > LeastPause ? pause : LeastPause))];
    }

    /// <summary>The faults in the order of this round.</summary>
    public static ImmutableArray<T> Order<T>(IEnumerable<T> faults, int seed, int round)
    {
        var shuffled = faults.ToArray();
        new Random(HashCode(seed, round)).Shuffle(shuffled);
        return [.. shuffled];
    }

    /// <summary>The same in every process, unlike that of the runtime.</summary>
    private static int HashCode(int seed, int round) => unchecked(seed * 31 + round);
}
