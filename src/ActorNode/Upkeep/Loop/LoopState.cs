using System.Collections.Immutable;

namespace ActorNode.Upkeep;

/// <summary>
/// Where the loop stands and what it decides to do next. Pure: clock and random delays are arguments. One step is under way at a time,
/// <see cref="Step"/>; whatever is noticed meanwhile becomes a bit that the next steps look at, so nothing ever queues up.
/// </summary>
internal sealed record LoopState
{
    private static readonly UpkeepTick[] AllTicks = Enum.GetValues<UpkeepTick>();

    private LoopState(LoopPlan plan)
    {
        Plan = plan;
        Ticks = [.. AllTicks.Select(tick => new TickState { Interval = plan.Has(tick) ? plan.First(tick) : default })];
    }

    public LoopPlan Plan { get; }

    public LoopStep Step { get; private init; } = LoopStep.Settle;

    /// <summary>Something calls for a pass. At the beginning everything is looked at once.</summary>
    public bool WakePending { get; private init; } = true;

    public bool StopAsked { get; private init; }

    /// <summary>The machine slept: peers are to be disconnected.</summary>
    public bool SleepPending { get; private init; }

    /// <summary>Sleeps that were heard of.</summary>
    public long Sleeps { get; private init; }

    private bool ClockChecked { get; init; }

    public bool HavePruned { get; private init; }

    public bool HaveDecayedScorer { get; private init; }

    public bool Pruning { get; private init; }

    public bool Sweeping { get; private init; }

    public ImmutableArray<TickState> Ticks { get; private init; }

    /// <summary>Failures in a row of the steps that have any.</summary>
    public ImmutableDictionary<LoopStep, int> FailuresInARow { get; private init; } = ImmutableDictionary<LoopStep, int>.Empty;

    /// <summary>Changes of the manager that were seen. It is dirty while fewer are persisted: a failed write cannot lose that.</summary>
    public long ManagerVersion { get; private init; }

    public long ManagerPersisted { get; private init; }

    public bool ManagerDirty => ManagerPersisted < ManagerVersion;

    public long Passes { get; private init; }

    public DateTimeOffset? LastPass { get; private init; }

    public TickState this[UpkeepTick tick] => Ticks[(int)tick];

    /// <summary>A loop that begins.</summary>
    public static LoopState Starting(LoopPlan plan) => new(plan);

    /// <summary>
    /// A loop that begins after this one failed: counts go on, the startup runs again, and what the failure may have swallowed of the
    /// manager's changes is made up for by one more.
    /// </summary>
    public LoopState Restarted() => new(Plan)
    {
        Ticks = [.. Ticks.Select((tick, i) => tick.Disarmed() with { Interval = Plan.Has((UpkeepTick)i) ? Plan.First((UpkeepTick)i) : default })],
        ManagerVersion = ManagerVersion + 1,
        ManagerPersisted = ManagerPersisted,
        Passes = Passes,
        LastPass = LastPass,
        Sleeps = Sleeps,
        SleepPending = SleepPending,
    };

    /// <summary>
    /// The step after the one that is done: the next in order that has something to do. At <see cref="LoopStep.Wait"/> it stays while nothing
    /// calls for a pass. A stop overtakes everything but the step under way.
    /// </summary>
    public LoopState Next(DateTimeOffset now)
    {
        if (StopAsked && Step < LoopStep.FinalDisconnect)
            return this with { Step = LoopStep.FinalDisconnect };
        if (Step == LoopStep.Wait)
        {
            if (!WakePending)
                return this;
            // Cleared before anything is looked at: what comes from here on calls for another pass.
            return (this with { WakePending = false, ClockChecked = false }).After(LoopStep.Wait, now);
        }

        return After(Step, now);
    }

    private LoopState After(LoopStep step, DateTimeOffset now)
    {
        do
        {
            step = step == LoopStep.Rebroadcast ? LoopStep.Events : step + 1;
        }
        while (!HasWork(step, now));
        return step == LoopStep.Wait
            ? this with { Step = step, Passes = Passes + 1, LastPass = now }
            : this with { Step = step };
    }

    private bool HasWork(LoopStep step, DateTimeOffset now) => step switch
    {
        LoopStep.PersistLiquidityManager or LoopStep.FinalLiquidityManager => Plan.LiquidityManager,
        LoopStep.Prune => Plan.Gossip && !Pruning && ((Plan.RapidGossip && !HavePruned) || this[UpkeepTick.Prune].IsDue(now)),
        LoopStep.FirstScorerDecay => Plan.Scorer && !HaveDecayedScorer,
        LoopStep.Sweep => !Sweeping && this[UpkeepTick.Sweep].IsDue(now),
        LoopStep.CheckClock => !SleepPending && !ClockChecked && this[UpkeepTick.Ping].IsDue(now) && this[UpkeepTick.Ping].Lateness(now) > Plan.SleepThreshold,
        LoopStep.DisconnectPeers => SleepPending,
        LoopStep.FinalScorer => Plan.Scorer,
        LoopStep.FinalGraph => Plan.Gossip,
        LoopStep.HtlcForwards => this[UpkeepTick.HtlcBatch].IsDueWithoutTimer(now),
        _ => LoopPlan.TickOf(step) is not { } tick || this[tick].IsDue(now),
    };

    /// <summary>The step under way is done, with or without an error.</summary>
    /// <param name="now">The time.</param>
    /// <param name="took">How long it took.</param>
    /// <param name="error">Its failure.</param>
    /// <param name="htlcDelay">The delay of the next batch of HTLCs, drawn when that step was the one.</param>
    public LoopState Done(DateTimeOffset now, TimeSpan took, string? error = null, TimeSpan htlcDelay = default)
    {
        var done = Counted(error);
        if (LoopPlan.TickOf(Step) is { } tick)
            return done.With(tick, this[tick].Ran(now, took, error).Armed(now, Step == LoopStep.HtlcForwards ? htlcDelay : Plan.Interval(tick)));
        return Step switch
        {
            LoopStep.StartupRebroadcast => done.Armed(now),
            LoopStep.FirstScorerDecay => done with { HaveDecayedScorer = true },
            LoopStep.CheckClock => done with { ClockChecked = true },
            LoopStep.DisconnectPeers =>
                (done with { SleepPending = false }).With(UpkeepTick.Ping, this[UpkeepTick.Ping].Armed(now, Plan.Interval(UpkeepTick.Ping))),
            _ => done,
        };
    }

    /// <summary>
    /// The graph may not be pruned yet. Before the first sync of rapid gossip every pass looks again, without a timer.
    /// </summary>
    public LoopState PruneNotYet(DateTimeOffset now) => Plan.RapidGossip && !HavePruned
        ? this
        : With(UpkeepTick.Prune, this[UpkeepTick.Prune].Armed(now, HavePruned ? Plan.Ticks.Prune : Plan.Ticks.FirstPrune));

    /// <summary>A pruning is under way beside the loop; no other begins before it ends.</summary>
    public LoopState PruneBegun() => (this with { Pruning = true }).With(UpkeepTick.Prune, this[UpkeepTick.Prune].Disarmed());

    /// <summary>It ended: the next one follows after the long interval, also when it failed, since rapid gossip would try in every pass.</summary>
    public LoopState Pruned(DateTimeOffset now, TimeSpan took, string? error) => (this with { Pruning = false, HavePruned = true })
        .With(UpkeepTick.Prune, this[UpkeepTick.Prune].Ran(now, took, error).Armed(now, Plan.Ticks.Prune));

    /// <summary>A sweep is under way beside the loop; no other begins before it ends.</summary>
    public LoopState SweepBegun() => (this with { Sweeping = true }).With(UpkeepTick.Sweep, this[UpkeepTick.Sweep].Disarmed());

    /// <summary>It ended, however.</summary>
    public LoopState Swept(DateTimeOffset now, TimeSpan took, string? error) => (this with { Sweeping = false })
        .With(UpkeepTick.Sweep, this[UpkeepTick.Sweep].Ran(now, took, error).Armed(now, Plan.Ticks.Sweep));

    public LoopState Woken() => WakePending ? this : this with { WakePending = true };

    public LoopState WithTimer(UpkeepTick tick, long epoch)
    {
        var fired = this[tick].WithTimer(epoch);
        return fired.Fired && !this[tick].Fired ? With(tick, fired).Woken() : this;
    }

    /// <summary>The clock guard noticed its <paramref name="number"/>-th sleep; it may be heard of twice.</summary>
    public LoopState Resumed(long number) => number <= Sleeps ? this : (this with { Sleeps = number, SleepPending = true }).Woken();

    public LoopState Stopping() => this with { StopAsked = true };

    public LoopState ManagerChanged() => this with { ManagerVersion = ManagerVersion + 1 };

    public LoopState ManagerIsPersisted(long version) => this with { ManagerPersisted = Math.Max(version, ManagerPersisted) };

    /// <summary>How long to wait when nothing calls for a pass: shorter when HTLCs wait for their batch.</summary>
    public TimeSpan IdleWait(DateTimeOffset now, bool htlcsPending)
    {
        if (!htlcsPending || this[UpkeepTick.HtlcBatch].Next is not { } next)
            return Plan.Ticks.IdleWait;
        var batch = next - now;
        return batch <= TimeSpan.Zero ? TimeSpan.FromTicks(1) : batch < Plan.Ticks.IdleWait ? batch : Plan.Ticks.IdleWait;
    }

    /// <summary>Failures in a row of the step that was done last.</summary>
    public int FailuresOf(LoopStep step) => FailuresInARow.GetValueOrDefault(step);

    private LoopState Counted(string? error)
    {
        if (error is not null)
            return this with { FailuresInARow = FailuresInARow.SetItem(Step, FailuresOf(Step) + 1) };
        return FailuresInARow.IsEmpty ? this : this with { FailuresInARow = FailuresInARow.Remove(Step) };
    }

    private LoopState Armed(DateTimeOffset now)
    {
        var ticks = Ticks.ToBuilder();
        foreach (var tick in AllTicks.Where(Plan.Has))
            ticks[(int)tick] = ticks[(int)tick].Armed(now, Plan.First(tick));
        return this with { Ticks = ticks.MoveToImmutable() };
    }

    private LoopState With(UpkeepTick tick, TickState state) => this with { Ticks = Ticks.SetItem((int)tick, state) };
}
