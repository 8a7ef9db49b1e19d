using ActorNode.Tests.Support;
using ActorNode.Upkeep;
using Xunit;

namespace ActorNode.Tests.Upkeep.Loop;

public sealed class LoopStateSpec
{
    private static readonly UpkeepTickSettings Ticks = new();
    private static readonly LoopPlan Everything = new(Ticks, TimeSpan.FromSeconds(1))
    {
        Gossip = true,
        Scorer = true,
        OnionMessenger = true,
        LiquidityManager = true,
        Sweeper = true,
    };

    private static readonly TimeSpan BatchDelay = TimeSpan.FromMilliseconds(50);

    private DateTimeOffset _now = Some.Time;

    [Fact(DisplayName = "A.3: the manager's tick and the rebroadcast run once at the start, then every timer is armed from now; nothing else runs")]
    public void Startup()
    {
        var (state, steps) = Run(LoopState.Starting(Everything), LoopStep.PeerEvents);

        Assert.Equal([LoopStep.Settle, LoopStep.StartupManagerTick, LoopStep.StartupRebroadcast, LoopStep.Events, LoopStep.PeerEvents], steps);
        foreach (var tick in Enum.GetValues<UpkeepTick>())
            Assert.Equal(_now, state[tick].ArmedAt);
        Assert.Equal(Ticks.FirstPrune, state[UpkeepTick.Prune].Interval);
        Assert.Equal(Ticks.FirstArchive, state[UpkeepTick.Archive].Interval);
        Assert.Equal(Ticks.FirstHtlcBatch, state[UpkeepTick.HtlcBatch].Interval);
    }

    [Fact(DisplayName = "A.4: everything that is due runs in one pass, in the order of the newest generation: tick before persist, peers before the wait")]
    public void Order_of_a_pass()
    {
        var state = AtRest(Everything);
        _now += TimeSpan.FromDays(1);

        // The clock guard found no sleep.
        Assert.Equal(
        [
            LoopStep.ManagerTick, LoopStep.PersistManager, LoopStep.PersistLiquidityManager, LoopStep.ArchiveMonitors, LoopStep.Prune,
            LoopStep.SaveScorer, LoopStep.Sweep, LoopStep.OnionTick, LoopStep.CheckClock, LoopStep.PeerTick,
            LoopStep.Rebroadcast, LoopStep.Events, LoopStep.PeerEvents, LoopStep.HtlcForwards, LoopStep.Wait,
        ], Pass(state.Woken()).Steps);
    }

    [Fact(DisplayName = "Idle wait + wake signals: at most one pass is owed however many wakes come; a wake during a pass calls for another one")]
    public void Wakes_coalesce()
    {
        var state = AtRest(Everything).Woken().Woken().Woken();
        Assert.Same(state, state.Woken());
        (state, _) = Pass(state);
        Assert.Same(state, state.Next(_now));

        var during = state.Woken().Next(_now).Woken();
        (during, _) = Run(during, LoopStep.Wait);
        Assert.True(during.WakePending);
        Assert.Equal(LoopStep.PersistManager, during.Next(_now).Step);
    }

    [Fact(DisplayName = "Periodic tick X: fixed delay from the end of its run; what was due many times runs once, and a stale timer says nothing")]
    public void Fixed_delay()
    {
        var state = AtRest(Everything);
        var stale = state[UpkeepTick.Rebroadcast].Epoch;
        _now += TimeSpan.FromHours(1);
        (state, var steps) = Pass(state.WithTimer(UpkeepTick.Rebroadcast, stale));
        Assert.Equal(1, steps.Count(s => s == LoopStep.Rebroadcast));
        Assert.Equal(_now, state[UpkeepTick.Rebroadcast].ArmedAt);

        Assert.Same(state, state.WithTimer(UpkeepTick.Rebroadcast, stale));
        _now += Ticks.Rebroadcast - TimeSpan.FromTicks(1);
        Assert.DoesNotContain(LoopStep.Rebroadcast, Pass(state.Woken()).Steps);
        _now += TimeSpan.FromTicks(1);
        Assert.Contains(LoopStep.Rebroadcast, Pass(state.Woken()).Steps);
    }

    [Fact(DisplayName = "A clock that was set back delays no tick: its timer fires")]
    public void Clock_set_back()
    {
        var state = AtRest(Everything);
        _now -= TimeSpan.FromHours(5);
        Assert.Contains(LoopStep.ManagerTick, Pass(state.WithTimer(UpkeepTick.Freshness, state[UpkeepTick.Freshness].Epoch)).Steps);
    }

    [Fact(DisplayName = "A clock that was set back brings no tick before its time: two pings in a row would disconnect healthy peers")]
    public void Clock_set_back_hurries_nothing()
    {
        var state = AtRest(Everything);
        _now -= TimeSpan.FromMilliseconds(10);
        Assert.DoesNotContain(Pass(state.Woken()).Steps, step => LoopPlan.TickOf(step) is not null and not UpkeepTick.HtlcBatch);
        Assert.Contains(LoopStep.PeerTick, Pass(state.WithTimer(UpkeepTick.Ping, state[UpkeepTick.Ping].Epoch)).Steps);

        // Batches have no timer.
        Assert.Contains(LoopStep.HtlcForwards, Pass(state.Woken()).Steps);
    }

    [Fact(DisplayName = "A restart of the loop forgets no sleep: peers are still to be disconnected")]
    public void Sleep_over_a_restart()
    {
        var state = AtRest(Everything).Resumed(1).Restarted();
        (state, _) = Run(state, LoopStep.Wait);
        Assert.Contains(LoopStep.DisconnectPeers, Pass(state).Steps);
    }

    [Fact(DisplayName = "Stop overtakes queued work: the step under way ends, the final sequence follows in its order")]
    public void Final_order()
    {
        var state = AtRest(Everything).Woken().Next(_now);
        Assert.Equal(LoopStep.PersistManager, state.Step);
        var (end, steps) = Run(state.Stopping().Woken(), LoopStep.Ended);

        Assert.Equal(LoopStep.Ended, end.Step);
        Assert.Equal(
        [
            LoopStep.PersistManager, LoopStep.FinalDisconnect, LoopStep.FinalManager, LoopStep.FinalScorer, LoopStep.FinalGraph,
            LoopStep.FinalLiquidityManager, LoopStep.Ended,
        ], steps);
    }

    [Fact(DisplayName = "Sleep detection: peers are disconnected in place of the ping, which is armed anew; a sleep heard of twice is one")]
    public void Sleep()
    {
        var state = AtRest(Everything);
        _now += TimeSpan.FromHours(1);
        state = state.Resumed(1).Resumed(1);
        (state, var steps) = Pass(state);

        Assert.Contains(LoopStep.DisconnectPeers, steps);
        Assert.DoesNotContain(LoopStep.PeerTick, steps);
        Assert.DoesNotContain(LoopStep.CheckClock, steps);
        Assert.Equal(1, steps.Count(s => s == LoopStep.ManagerTick));
        Assert.Equal(_now, state[UpkeepTick.Ping].ArmedAt);
        Assert.Same(state, state.Resumed(1));
        Assert.DoesNotContain(LoopStep.DisconnectPeers, Pass(state.Woken()).Steps);
    }

    [Fact(DisplayName = "A late ping asks the clock guard first, and a sleep it knows of comes before the ping")]
    public void Late_ping()
    {
        var state = AtRest(Everything);
        _now += Ticks.Ping + TimeSpan.FromMinutes(1);
        (state, _) = Run(state.Woken().Next(_now), LoopStep.CheckClock);
        var after = state.Resumed(1).Done(_now, default).Next(_now);
        Assert.Equal(LoopStep.DisconnectPeers, after.Step);
        Assert.NotEqual(LoopStep.PeerTick, after.Done(_now, default).Next(_now).Step);
    }

    [Fact(DisplayName = "Prune gate: peers' gossip is pruned after a minute, then hourly, and never twice at once")]
    public void Prune_of_peers_gossip()
    {
        var state = AtRest(Everything);
        _now += Ticks.FirstPrune;
        (state, var steps) = Run(state.Woken().Next(_now), LoopStep.Prune);
        Assert.Contains(LoopStep.Prune, steps);

        state = state.PruneBegun().Done(_now, default);
        _now += TimeSpan.FromHours(2);
        (state, steps) = Pass(state);
        Assert.DoesNotContain(LoopStep.Prune, steps);

        state = state.Pruned(_now, default, null);
        _now += Ticks.Prune - TimeSpan.FromTicks(1);
        Assert.DoesNotContain(LoopStep.Prune, Pass(state.Woken()).Steps);
        _now += TimeSpan.FromTicks(1);
        Assert.Contains(LoopStep.Prune, Pass(state.Woken()).Steps);
    }

    [Fact(DisplayName = "Prune gate: rapid gossip is looked at in each pass until its first sync, pruned at once then, and again only an hour later")]
    public void Prune_of_rapid_gossip()
    {
        var state = AtRest(Everything with { RapidGossip = true }, prunable: false);
        for (var i = 0; i < 3; i++)
        {
            _now += TimeSpan.FromMilliseconds(100);
            (state, var looked) = Pass(state.Woken(), prunable: false);
            Assert.Contains(LoopStep.Prune, looked);
            Assert.False(state.HavePruned);
        }

        // The first-prune timer from the start of the loop does not bring a second one soon after the first.
        _now += Ticks.FirstPrune - TimeSpan.FromSeconds(1);
        (state, _) = Run(state.Woken().Next(_now), LoopStep.Prune);
        state = state.PruneBegun().Done(_now, default).Pruned(_now, default, null);
        (state, _) = Run(state.Next(_now), LoopStep.Wait);
        _now += Ticks.Prune - TimeSpan.FromTicks(1);
        Assert.DoesNotContain(LoopStep.Prune, Pass(state.Woken()).Steps);
    }

    [Fact(DisplayName = "Without gossip, scorer, messenger, liquidity manager and sweeper none of their steps run")]
    public void No_optional_parts()
    {
        var none = new LoopPlan(Ticks, TimeSpan.FromSeconds(1));
        var state = AtRest(none);
        _now += TimeSpan.FromDays(1);
        Assert.Equal(
        [
            LoopStep.ManagerTick, LoopStep.PersistManager, LoopStep.ArchiveMonitors, LoopStep.CheckClock, LoopStep.PeerTick, LoopStep.Rebroadcast,
            LoopStep.Events, LoopStep.PeerEvents, LoopStep.HtlcForwards, LoopStep.Wait,
        ], Pass(state.Woken()).Steps);
        var (_, final) = Run(state.Stopping().Next(_now), LoopStep.Ended);
        Assert.Equal([LoopStep.FinalDisconnect, LoopStep.FinalManager, LoopStep.Ended], final);
    }

    [Fact(DisplayName = "Manager dirty: a version counter, so that a failed write and a restart lose nothing; a restart counts as one more change")]
    public void Dirty_is_a_version()
    {
        var state = AtRest(Everything).ManagerChanged();
        Assert.True(state.ManagerDirty);
        Assert.False(state.ManagerIsPersisted(1).ManagerDirty);
        Assert.True(state.ManagerIsPersisted(1).ManagerChanged().ManagerIsPersisted(1).ManagerDirty);

        var restarted = state.ManagerIsPersisted(1).Restarted();
        Assert.True(restarted.ManagerDirty);
        Assert.Equal(LoopStep.Settle, restarted.Step);
        Assert.All(restarted.Ticks, tick => Assert.Null(tick.ArmedAt));
        Assert.All(restarted.Ticks.Zip(state.Ticks), ticks => Assert.True(ticks.First.Epoch > ticks.Second.Epoch));
    }

    [Fact(DisplayName = "HTLC batch delay: the wait is shorter than 100 ms only when HTLCs are pending and their batch is due sooner")]
    public void Idle_wait()
    {
        var state = AtRest(Everything);
        _now += Ticks.FirstHtlcBatch;
        (state, var steps) = Pass(state.Woken());
        Assert.Contains(LoopStep.HtlcForwards, steps);

        Assert.Equal(Ticks.IdleWait, state.IdleWait(_now, htlcsPending: false));
        Assert.Equal(BatchDelay, state.IdleWait(_now, htlcsPending: true));
        Assert.Equal(TimeSpan.FromTicks(1), state.IdleWait(_now + TimeSpan.FromSeconds(1), htlcsPending: true));
    }

    [Fact(DisplayName = "HTLC batch delays are log-normal around 50 ms, at most 200 ms and a fraction, and never the same for long")]
    public void Htlc_delays()
    {
        var random = new Random(7);
        var delays = Enumerable.Range(0, 20_000).Select(_ => HtlcBatchDelay.Next(random)).Order().ToArray();
        Assert.InRange(delays[0], TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(20));
        Assert.True(delays[^1] <= HtlcBatchDelay.Longest);
        Assert.InRange(delays[delays.Length / 2].TotalMilliseconds, 48, 53);

        // One standard deviation of the logarithm to each side.
        Assert.InRange(delays[(int)(delays.Length * 0.1587)].TotalMilliseconds, 28, 33);
        Assert.InRange(delays[(int)(delays.Length * 0.8413)].TotalMilliseconds, 78, 87);
        Assert.True(delays.Distinct().Count() > 10_000);
    }

    [Fact(DisplayName = "Failures of a step in a row are counted, and one success ends the row")]
    public void Failures_in_a_row()
    {
        var state = AtRest(Everything);
        for (var i = 1; i <= 3; i++)
        {
            _now += Ticks.Ping;
            (state, _) = Run(state.Woken().Next(_now), LoopStep.PeerTick);
            state = state.Done(_now, default, "broken");
            Assert.Equal(i, state.FailuresOf(LoopStep.PeerTick));
            (state, _) = Run(state.Next(_now), LoopStep.Wait);
        }

        Assert.Equal((3, 3, "broken"), (state[UpkeepTick.Ping].Runs, state[UpkeepTick.Ping].Failures, state[UpkeepTick.Ping].LastError));
        _now += Ticks.Ping;
        (state, _) = Pass(state.Woken());
        Assert.Equal(0, state.FailuresOf(LoopStep.PeerTick));
    }

    private LoopState AtRest(LoopPlan plan, bool prunable = true)
    {
        var (state, _) = Run(LoopState.Starting(plan), LoopStep.Wait, prunable);
        return Pass(state, prunable).State;
    }

    /// <summary>Goes on from the wait to the next one.</summary>
    private (LoopState State, List<LoopStep> Steps) Pass(LoopState state, bool prunable = true)
    {
        var next = state.Next(_now);
        Assert.NotEqual(LoopStep.Wait, next.Step);
        return Run(next, LoopStep.Wait, prunable);
    }

    /// <summary>Carries out the present step and those after it, without failures, until one is about to begin.</summary>
    private (LoopState State, List<LoopStep> Steps) Run(LoopState state, LoopStep until, bool prunable = true)
    {
        List<LoopStep> steps = [state.Step];
        while (state.Step != until)
        {
            if (state.Step == LoopStep.Prune)
                state = prunable ? state.PruneBegun().Pruned(_now, default, null) : state.PruneNotYet(_now);
            else if (state.Step == LoopStep.Sweep)
                state = state.SweepBegun().Swept(_now, default, null);
            state = state.Done(_now, default, null, state.Step == LoopStep.HtlcForwards ? BatchDelay : default).Next(_now);
            steps.Add(state.Step);
        }

        return (state, steps);
    }
}
