using ActorNode.Protocol.Jobs;

namespace ActorNode.Jobs.Scheduling;

/// <summary>
/// One schedule or single time of a job: the tick that comes next, and whether it is under way. One tick is under way at a time, so that a job
/// gets an initiator's ticks in order. Decides by the clock that it is given; belongs to one thread.
/// </summary>
internal sealed class TickEntry
{
    private readonly Initiator _initiator;
    private readonly CronSchedule? _schedule;
    private readonly DateTimeOffset _endAt;

    /// <summary>Of the ticks up to here the policy has already decided that each is made up for.</summary>
    private DateTimeOffset _madeUpFor;

    /// <param name="job">The job.</param>
    /// <param name="initiator">Its initiator.</param>
    /// <param name="schedule">The schedule; null: the initiator's single time.</param>
    /// <param name="next">The tick that comes next.</param>
    /// <param name="endAt">No tick after this.</param>
    public TickEntry(JobId job, Initiator initiator, CronSchedule? schedule, DateTimeOffset next, DateTimeOffset endAt)
    {
        JobId = job;
        _initiator = initiator;
        _schedule = schedule;
        _endAt = endAt;
        Next = next;
        WakeAt = FireAt;
    }

    public JobId JobId { get; }

    public int InitiatorId => _initiator.Id;

    public string? Schedule => _initiator.Schedule;

    /// <summary>The tick that comes next or is under way.</summary>
    public DateTimeOffset Next { get; private set; }

    /// <summary>When to look at it again. Its heap must hear of a change.</summary>
    public DateTimeOffset WakeAt { get; private set; }

    /// <summary>The tick was sent and is not answered.</summary>
    public bool IsUnderWay { get; private set; }

    /// <summary>How often the tick was sent.</summary>
    public int Attempts { get; private set; }

    /// <summary>Its place in the heap.</summary>
    public int Place { get; set; }

    /// <summary>No tick will come any more.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>The time of the next tick with its jitter. Later ticks never overtake: they are not looked at before.</summary>
    private DateTimeOffset FireAt => Next.AddSaturated(TickSpread.Of(JobId, InitiatorId, Next.UtcTicks, _initiator.Jitter));

    /// <summary>It is time to look: sends the tick, for the first time or again, or finds that it has to wait.</summary>
    public DueTick Look(DateTimeOffset now, SchedulerSettings settings)
    {
        var missed = ApplyPolicy(now, settings);
        if (HasEnded)
            return new DueTick(null, missed, default, 0);
        if (Attempts == 0 && FireAt > now)
        {
            WakeAt = FireAt;
            return new DueTick(null, missed, default, 0);
        }

        IsUnderWay = true;
        Attempts++;
        WakeAt = now.AddSaturated(settings.AnswerTimeout);
        return new DueTick(new JobCommands.Tick(JobId, InitiatorId, Next), missed, now - FireAt, Attempts);
    }

    /// <summary>The tick is taken, or never will be: the one after it is next.</summary>
    public void Settle() => GoOn(_schedule?.Next(Next));

    /// <summary>The job could not take it now.</summary>
    public void Retry(DateTimeOffset now, SchedulerSettings settings)
    {
        IsUnderWay = false;
        Postpone(now, Backoff(settings));
    }

    /// <summary>Look again later.</summary>
    public void Postpone(DateTimeOffset now, TimeSpan pause) => WakeAt = now.AddSaturated(pause);

    /// <summary>The ticks from the next one on, as far as they are known to come.</summary>
    public IEnumerable<SchedulerReplies.PlannedTick> Preview()
    {
        for (DateTimeOffset? at = HasEnded ? null : Next; at <= _endAt; at = _schedule?.Next(at.Value))
            yield return new SchedulerReplies.PlannedTick(InitiatorId, at.Value);
    }

    private void GoOn(DateTimeOffset? next)
    {
        IsUnderWay = false;
        Attempts = 0;
        HasEnded = next is null || next > _endAt;
        if (HasEnded)
            return;
        Next = next!.Value;
        WakeAt = FireAt;
    }

    /// <summary>Drops what was missed and is not made up for. A single time is never missed.</summary>
    private Missed ApplyPolicy(DateTimeOffset now, SchedulerSettings settings)
    {
        var upTo = now - settings.MissedAfter - _initiator.Jitter;
        if (_schedule is null || Next > upTo || Next <= _madeUpFor)
            return Missed.None;
        switch (_initiator.Missed)
        {
            case MissedTickPolicy.Once:
                var latest = _schedule.Latest(Next, upTo) ?? Next;
                if (latest == Next)
                    return Missed.None;
                GoOn(latest);
                return Missed.ButLatest;
            case MissedTickPolicy.All:
                _madeUpFor = upTo;
                var oldest = OldestWithin(settings.MaxMissed, upTo);
                if (oldest == Next)
                    return Missed.None;
                GoOn(oldest);
                return Missed.ButSome;
            default:
                GoOn(_schedule.Next(Next, upTo));
                return Missed.All;
        }
    }

    /// <summary>The oldest of so many last ticks.</summary>
    private DateTimeOffset OldestWithin(int count, DateTimeOffset upTo)
    {
        if (_schedule!.Preview(Next, count).Count(time => time <= upTo) < count)
            return Next;
        var oldest = _schedule.Latest(Next, upTo) ?? Next;
        for (var i = 1; i < count && oldest > Next; i++)
            oldest = _schedule.Latest(Next, oldest.AddTicks(-1)) ?? Next;
        return oldest;
    }

    private TimeSpan Backoff(SchedulerSettings settings)
    {
        var doubled = settings.MinBackoff * Math.Pow(2, Math.Min(Attempts - 1, 30));
        var pause = doubled < settings.MaxBackoff ? doubled : settings.MaxBackoff;
        // Many jobs that failed together come back apart.
        return pause + TickSpread.Of(JobId, InitiatorId, Attempts, pause / 5);
    }
}

/// <summary>What became of ticks that were missed.</summary>
internal enum Missed
{
    None,
    All,
    ButLatest,
    ButSome,
}

/// <summary>What a look at an entry led to.</summary>
/// <param name="Tick">To be sent; null: nothing.</param>
/// <param name="Missed">What was dropped.</param>
/// <param name="Lateness">How long after its time.</param>
/// <param name="Attempt">Which time it is sent.</param>
internal readonly record struct DueTick(JobCommands.Tick? Tick, Missed Missed, TimeSpan Lateness, int Attempt);

internal static class SaturatedTime
{
    /// <summary>The sum, or the end of time.</summary>
    public static DateTimeOffset AddSaturated(this DateTimeOffset time, TimeSpan span) =>
        DateTimeOffset.MaxValue - time > span ? time + span : DateTimeOffset.MaxValue;
}
