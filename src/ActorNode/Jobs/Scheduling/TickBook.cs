using System.Collections.Immutable;
using ActorNode.Protocol.Jobs;

namespace ActorNode.Jobs.Scheduling;

/// <summary>
/// All schedules and single times of all jobs, in the order in which they have to be looked at. Decides by the clock that it is given; belongs
/// to one thread. Outlives its actor's restarts, and is whole after each call that returns.
/// </summary>
internal sealed class TickBook(SchedulerSettings settings)
{
    private readonly TimeZoneInfo _zone = TimeZones.Find(settings.TimeZone) ?? throw new ArgumentException($"There is no time zone {settings.TimeZone}.", nameof(settings));
    private readonly Dictionary<JobId, ImmutableArray<TickEntry>> _jobs = [];
    private readonly TickHeap _heap = new();

    public int Jobs => _jobs.Count;

    public int Entries => _heap.Count;

    public int UnderWay { get; private set; }

    /// <summary>When there is something to do next.</summary>
    public DateTimeOffset? NextWake => _heap.First?.WakeAt;

    /// <summary>Adds the job, in place of what is known of it. Answers what cannot be scheduled, for the log.</summary>
    public ImmutableArray<string> Add(JobSpec spec, ImmutableArray<JobReplies.LastTick> lastTicks, DateTimeOffset now)
    {
        var problems = ImmutableArray.CreateBuilder<string>();
        var former = _jobs.GetValueOrDefault(spec.Id, []);
        var entries = ImmutableArray.CreateBuilder<TickEntry>();
        foreach (var initiator in spec.Initiators)
        {
            DateTimeOffset? last = null;
            foreach (var tick in lastTicks)
            {
                if (tick.InitiatorId == initiator.Id)
                    last = tick.At;
            }

            try
            {
                if (EntryOf(spec, initiator, last, former.FirstOrDefault(entry => entry.InitiatorId == initiator.Id), now) is { } entry)
                    entries.Add(entry);
            }
            catch (FormatException wrong)
            {
                problems.Add(wrong.Message);
            }
        }

        Remove(spec.Id);
        foreach (var entry in entries)
            _heap.Add(entry);
        if (entries.Count > 0)
            _jobs.Add(spec.Id, entries.DrainToImmutable());
        return problems.DrainToImmutable();
    }

    public void Remove(JobId job)
    {
        if (!_jobs.Remove(job, out var entries))
            return;
        foreach (var entry in entries)
            Forget(entry);
    }

    public void Clear()
    {
        _jobs.Clear();
        _heap.Clear();
        UnderWay = 0;
    }

    /// <summary>Looks at the first entry whose time has come; null: there is none.</summary>
    public DueTick? TakeDue(DateTimeOffset now)
    {
        if (_heap.First is not { } entry || entry.WakeAt > now)
            return null;
        var wasUnderWay = entry.IsUnderWay;
        var due = entry.Look(now, settings);
        Changed(entry, wasUnderWay);
        return due;
    }

    /// <summary>The job took the tick, or will never take it.</summary>
    public void Settle(JobId job, int initiator, DateTimeOffset at)
    {
        if (Find(job, initiator, at) is not { } entry)
            return;
        entry.Settle();
        Changed(entry, wasUnderWay: true);
    }

    /// <summary>The job could not take the tick now.</summary>
    public void Retry(JobId job, int initiator, DateTimeOffset at, DateTimeOffset now)
    {
        if (Find(job, initiator, at) is { } entry)
            Retry(entry, now);
    }

    /// <summary>The job could not take anything now.</summary>
    public void RetryAll(JobId job, DateTimeOffset now)
    {
        foreach (var entry in _jobs.GetValueOrDefault(job, []))
        {
            if (entry.IsUnderWay)
                Retry(entry, now);
        }
    }

    /// <summary>No further tick of this initiator.</summary>
    public void End(JobId job, int initiator)
    {
        if (_jobs.GetValueOrDefault(job, []).FirstOrDefault(entry => entry.InitiatorId == initiator) is { } entry)
            Drop(entry);
    }

    /// <summary>Puts the first entry off, so that what is wrong with it cannot hold up the others.</summary>
    public void PostponeFirst(DateTimeOffset now)
    {
        if (_heap.First is not { } first || first.WakeAt > now)
            return;
        first.Postpone(now, settings.MaxBackoff);
        _heap.Moved(first);
    }

    /// <summary>The next times of a job, in order.</summary>
    public ImmutableArray<SchedulerReplies.PlannedTick> Preview(JobId job, int count) =>
    [
        .. _jobs.GetValueOrDefault(job, [])
            .SelectMany(entry => entry.Preview().Take(count))
            .OrderBy(tick => tick.At).ThenBy(tick => tick.InitiatorId)
            .Take(count),
    ];

    /// <summary>Null: the initiator has no schedule, or no tick will come.</summary>
    /// <exception cref="FormatException">It should have one and has not; the text is the original's.</exception>
    private TickEntry? EntryOf(JobSpec spec, Initiator initiator, DateTimeOffset? last, TickEntry? former, DateTimeOffset now)
    {
        var endAt = spec.EndAt ?? DateTimeOffset.MaxValue;
        if (now > endAt)
            return null;
        if (initiator.Type == InitiatorType.RunAt)
            return EntryAt(spec, initiator, last, endAt);
        if (initiator.Type != InitiatorType.Cron || string.IsNullOrEmpty(initiator.Schedule))
            return null;
        var schedule = CronSchedule.Parse(initiator.Schedule, _zone);
        if (FirstTick(spec, initiator, schedule, last, former, now) is not { } next || next > endAt)
            return null;
        return new TickEntry(spec.Id, initiator, schedule, next, endAt);
    }

    private static TickEntry? EntryAt(JobSpec spec, Initiator initiator, DateTimeOffset? last, DateTimeOffset endAt)
    {
        if (initiator.Time is not { } time)
            throw new FormatException($"RunJobAt: JobSpec {spec.Id} must have initiator with valid run at time: {initiator.Id}");
        return last is null ? new TickEntry(spec.Id, initiator, schedule: null, time, endAt) : null;
    }

    /// <summary>
    /// The first tick that is not taken yet: after the last one that the job took, or after the job was created. The policy to skip looks only
    /// ahead. What the entry before had not sent, or had no answer to, is not missed by being added again.
    /// </summary>
    private static DateTimeOffset? FirstTick(
        JobSpec spec, Initiator initiator, CronSchedule schedule, DateTimeOffset? last, TickEntry? former, DateTimeOffset now)
    {
        if (former is not null && former.Schedule == initiator.Schedule)
            return last >= former.Next ? schedule.Next(former.Next, last.Value) : former.Next;
        var previous = last ?? (spec.CreatedAt < now ? spec.CreatedAt : now);
        var after = initiator.Missed == MissedTickPolicy.Skip && now > previous ? now : previous;
        return schedule.Next(previous, spec.StartAt > after ? spec.StartAt.Value.AddTicks(-1) : after);
    }

    private TickEntry? Find(JobId job, int initiator, DateTimeOffset at)
    {
        foreach (var entry in _jobs.GetValueOrDefault(job, []))
        {
            if (entry.InitiatorId == initiator && entry.IsUnderWay && entry.Next == at)
                return entry;
        }

        return null;
    }

    private void Retry(TickEntry entry, DateTimeOffset now)
    {
        entry.Retry(now, settings);
        Changed(entry, wasUnderWay: true);
    }

    private void Changed(TickEntry entry, bool wasUnderWay)
    {
        UnderWay += (entry.IsUnderWay ? 1 : 0) - (wasUnderWay ? 1 : 0);
        if (entry.HasEnded)
            Drop(entry);
        else
            _heap.Moved(entry);
    }

    private void Drop(TickEntry entry)
    {
        var others = _jobs[entry.JobId].Remove(entry);
        if (others.IsEmpty)
            _jobs.Remove(entry.JobId);
        else
            _jobs[entry.JobId] = others;
        Forget(entry);
    }

    private void Forget(TickEntry entry)
    {
        if (entry.IsUnderWay)
            UnderWay--;
        _heap.Remove(entry);
    }
}
