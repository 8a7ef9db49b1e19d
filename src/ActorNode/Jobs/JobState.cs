using System.Collections.Immutable;
using ActorNode.Jobs.Runs;
using ActorNode.Protocol.Jobs;

namespace ActorNode.Jobs;

/// <summary>A job as its journal tells it. Pure.</summary>
internal sealed record JobState
{
    /// <summary>A job that does not exist.</summary>
    public static readonly JobState None = new();

    /// <summary>Null: there is no such job.</summary>
    public JobSpec? Spec { get; private init; }

    /// <summary>Null: it is not archived.</summary>
    public DateTimeOffset? ArchivedAt { get; private init; }

    /// <summary>Runs that are accepted and not settled.</summary>
    public ImmutableDictionary<RunId, RunAccepted> Unfinished { get; private init; } = ImmutableDictionary<RunId, RunAccepted>.Empty;

    /// <summary>The latest scheduled time that was taken, by initiator.</summary>
    public ImmutableSortedDictionary<int, DateTimeOffset> Ticks { get; private init; } = ImmutableSortedDictionary<int, DateTimeOffset>.Empty;

    /// <summary>The state after an event.</summary>
    public JobState Apply(IJobEvent jobEvent) => jobEvent switch
    {
        JobCreated created => this with { Spec = created.Spec },
        JobArchived archived => this with { ArchivedAt = archived.At },
        RunAccepted accepted => this with
        {
            Unfinished = Unfinished.SetItem(accepted.Run, accepted),
            Ticks = accepted.Tick is { } tick ? Ticks.SetItem(accepted.Initiator, tick) : Ticks,
        },
        TickDropped dropped => this with { Ticks = Ticks.SetItem(dropped.Initiator, dropped.Tick) },
        RunsSettled settled => this with { Unfinished = Unfinished.RemoveRange(settled.Runs) },
        _ => throw new InvalidOperationException($"{jobEvent.GetType().Name} is no event of a job"),
    };

    /// <summary>Unfinished runs in the order in which they were accepted, which is not that of a clock that was set back meanwhile.</summary>
    public IEnumerable<RunAccepted> InOrder() => Unfinished.Values.OrderBy(run => run.Number);

    /// <summary>Why no run may start now, or null. Both ends of the job's time belong to it.</summary>
    public (RunRefusal Reason, string Detail)? Refusal(DateTimeOffset now)
    {
        if (ArchivedAt is not null)
            return (RunRefusal.Archived, $"Job {Spec!.Id} is archived");
        if (Spec!.StartAt is { } start && now < start)
            return (RunRefusal.NotStarted, $"Job runner: Job {Spec.Id} unstarted: {Words(now)} before job's start time {Words(start)}");
        if (Spec.EndAt is { } end && now > end)
            return (RunRefusal.Ended, $"Job runner: Job {Spec.Id} ended: {Words(now)} past job's end time {Words(end)}");
        return null;
    }

    /// <summary>What a snapshot keeps.</summary>
    public JobSnapshot ToSnapshot() => new(Spec!, ArchivedAt, [.. InOrder()], [.. Ticks.Select(tick => new JobSnapshot.TakenTick(tick.Key, tick.Value))]);

    /// <summary>The state that a snapshot keeps.</summary>
    public static JobState Of(JobSnapshot snapshot) => new()
    {
        Spec = snapshot.Spec,
        ArchivedAt = snapshot.ArchivedAt,
        Unfinished = snapshot.Unfinished.ToImmutableDictionary(run => run.Run),
        Ticks = snapshot.Ticks.ToImmutableSortedDictionary(tick => tick.Initiator, tick => tick.At),
    };

    private static string Words(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.FFFFFFF +0000 UTC", System.Globalization.CultureInfo.InvariantCulture);
}
