using ActorNode.Protocol.Services;
using ActorNode.Protocol.Upkeep;
using ActorNode.Tests.Upkeep.Support;
using ActorNode.Upkeep;
using Xunit;

namespace ActorNode.Tests.Upkeep;

/// <summary>The loop over fake ports: what is called, in which order, and when.</summary>
public sealed class UpkeepLoopSpec : UpkeepSpec
{
    private static readonly string[] TickCalls = ["manager.tick", "peers.tick", "onion.tick", "monitor.rebroadcast", "monitor.archive", "sweeper.sweep", "graph.prune"];

    [Fact(DisplayName = "start(): the manager's tick and the rebroadcast come before the first events; peers, messenger, sweeper and graph are left alone")]
    public async Task Starts()
    {
        await StartedAsync();

        string[] besideTheLoop = ["liquidity.persist"];
        var calls = Calls.All.Except(besideTheLoop).ToArray();
        Assert.Equal(["manager.tick", "monitor.rebroadcast", "manager.events", "monitor.events", "onion.events", "peers.process"], calls.Take(6));
        Assert.All(["peers.tick", "onion.tick", "sweeper.sweep", "graph.prune", "store.write scorer"], call => Assert.DoesNotContain(call, calls));
        Assert.Equal(UpkeepState.Running, (await StatusAsync()).State);
        await ReportAsync(ServiceState.Ready);
    }

    [Fact(DisplayName = "A.10/2: the ticks of manager, peers, rebroadcast and messenger are all called when their time has come")]
    public async Task Ticks_are_called()
    {
        await StartedAsync();
        Calls.Clear();
        await AdvanceAsync(TimeSpan.FromMinutes(1));
        Assert.All(["manager.tick", "peers.tick", "onion.tick", "monitor.rebroadcast", "monitor.archive"], call => Assert.Equal(1, Calls.Count(call)));
        await Calls.WhenCalledAsync("sweeper.sweep");
        await Calls.WhenCalledAsync("store.wrote network_graph");

        var status = await StatusAsync();
        var ping = status.Ticks.Single(t => t.Name == "ping");
        Assert.Equal((1L, 0L, Scheduler.Now), (ping.Runs, ping.Failures, ping.Last!.Value));
        Assert.Equal(Scheduler.Now + TimeSpan.FromSeconds(10), ping.Next);
    }

    [Fact(DisplayName = "A.10/1: the manager is persisted when it is dirty, again when it changes again, and the wake is consumed")]
    public async Task Persists_the_manager()
    {
        await StartedAsync(Lightning.Least);
        Lightning.Manager.Change();
        await Calls.WhenAsync(_ => Lightning.Store.Manager == Lightning.Manager.Version, "the manager's write");
        var writes = Calls.Count("store.wrote manager");

        await RestAsync();
        Assert.Equal(writes, Calls.Count("store.wrote manager"));
        Lightning.Manager.Change();
        await Calls.WhenAsync(_ => Lightning.Store.Manager == Lightning.Manager.Version, "the manager's second write");
        Assert.Equal(new UpkeepReplies.Stopped(null), await StopAsync());
    }

    [Fact(DisplayName = "A.10/1: graph and scorer are written too, each after its own time")]
    public async Task Persists_graph_and_scorer()
    {
        await StartedAsync();
        Scheduler.Advance(TimeSpan.FromMinutes(5));
        await Calls.WhenCalledAsync("store.wrote network_graph");
        await Calls.WhenCalledAsync("store.wrote scorer");
        Assert.Equal(("graph", "scores"), (Lightning.Store.Text(UpkeepKey.NetworkGraph), Lightning.Store.Text(UpkeepKey.Scorer)));
    }

    [Fact(DisplayName = "A.10/9: the scorer fades once at the start, then with each of its ticks before it is written")]
    public async Task Scorer_decay()
    {
        await StartedAsync();
        Assert.Equal(1, Calls.Count("scorer.time-passed"));
        Assert.Equal(0, Calls.Count("store.write scorer"));
        Scheduler.Advance(TimeSpan.FromMinutes(5));
        await Calls.WhenCalledAsync("store.wrote scorer");
        Assert.Equal(2, Calls.Count("scorer.time-passed"));
        Assert.True(Array.LastIndexOf(Calls.All, "scorer.time-passed") < Array.IndexOf(Calls.All, "store.write scorer"));
    }

    [Fact(DisplayName = "tick order: a tick's change of the manager is persisted in the same pass, before events and peers")]
    public async Task Tick_before_persist()
    {
        // Without the parts that work beside the loop.
        await StartedAsync(Lightning.Least);
        Calls.Clear();
        await AdvanceAsync(TimeSpan.FromMinutes(1));
        var pass = Calls.All.SkipWhile(c => c != "manager.tick").ToArray();
        Assert.Equal(["manager.tick", "monitor.count", "manager.encode", "store.write manager", "store.wrote manager"], pass.Take(5));
        Assert.True(Array.IndexOf(pass, "store.wrote manager") < Array.IndexOf(pass, "manager.events"));
    }

    [Fact(DisplayName = "manager dirty -> persist: exactly the operations are flushed that waited before the manager was encoded, after it was written")]
    public async Task Flushes_what_the_write_covers()
    {
        await StartedAsync(Lightning.Least);
        await RestAsync();
        Lightning.Monitor.Defer(3);
        Lightning.Store.Hold();
        Calls.Clear();
        Lightning.Manager.Change();
        await Calls.WhenCalledAsync("store.write manager");
        Lightning.Monitor.Defer(2);
        Lightning.Store.LetGo();
        await Calls.WhenCalledAsync("monitor.flush 3");

        string[] order = ["monitor.count", "manager.encode", "store.write manager", "store.wrote manager", "monitor.flush 3"];
        Assert.Equal(order, Calls.All.Where(order.Contains).Take(5));
        Assert.DoesNotContain("monitor.flush 5", Calls.All);

        // The rest goes with the next write.
        Lightning.Manager.Change();
        await Calls.WhenCalledAsync("monitor.flush 2");
    }

    [Fact(DisplayName = "manager dirty -> persist: no event, tick or peer is looked at while the write is under way")]
    public async Task Waits_for_the_write()
    {
        await StartedAsync(Lightning.Least);
        await RestAsync();
        Lightning.Store.Hold();
        Calls.Clear();
        Lightning.Manager.Change();
        await Calls.WhenCalledAsync("store.write manager");
        Lightning.Manager.Offer(new SomeEvent("a"));
        Scheduler.Advance(TimeSpan.FromSeconds(20));
        var status = await StatusAsync(s => s.Persistence[0].Writing, "the write");
        Assert.True(status.Persistence[0].PersistedVersion < status.Persistence[0].Version);
        Assert.All(["handle a", "peers.process", "peers.tick"], call => Assert.DoesNotContain(call, Calls.All));

        Lightning.Store.LetGo();
        await Calls.WhenCalledAsync("handle a");
        await Calls.WhenCalledAsync("peers.tick");
    }

    [Fact(DisplayName = "Persistence of the manager waits for the batch of events (#1674)")]
    public async Task Events_block_persistence()
    {
        var handler = new TaskCompletionSource<EventResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        await StartedAsync(Lightning.Least);
        Lightning.Handler.Answer = (_, _) => new ValueTask<EventResult>(handler.Task);
        Lightning.Manager.Events.Enqueue(new SomeEvent("a"));
        await RestOrHandleAsync("a");
        var writes = Calls.Count("store.write manager");
        Lightning.Manager.Change();
        await StatusAsync(s => s.Events.Current == nameof(SomeEvent), "the event");
        Assert.Equal(writes, Calls.Count("store.write manager"));

        handler.SetResult(EventResult.Handled);
        await Calls.WhenAsync(_ => Lightning.Store.Manager == Lightning.Manager.Version, "the manager's write");
    }

    [Fact(DisplayName = "tick while running: it is due once afterwards, however often its time came")]
    public async Task Ticks_do_not_queue()
    {
        await StartedAsync();
        await RestAsync();
        Calls.Clear();
        Calls.Block("manager.tick");
        Scheduler.Advance(TimeSpan.FromMinutes(1));
        await Calls.WhenCalledAsync("manager.tick");
        for (var i = 0; i < 10; i++)
            Scheduler.Advance(TimeSpan.FromMinutes(1));
        Calls.Release("manager.tick");
        await RestAsync();
        await RestAsync();
        Assert.Equal(1, Calls.Count("peers.tick"));
        Assert.Equal(1, Calls.Count("manager.tick"));
    }

    [Fact(DisplayName = "exception in a tick: logged, counted, and the loop goes on; so many in a row restart it with back-off")]
    public async Task Failing_ticks()
    {
        var settings = new UpkeepSettings { Ticks = new UpkeepTickSettings { MaxFailures = 3 } };
        await StartedAsync(Lightning.Least, settings);
        Calls.Fail("peers.tick", 2);
        await AdvanceAsync(TimeSpan.FromSeconds(10));
        await AdvanceAsync(TimeSpan.FromSeconds(10));
        await AdvanceAsync(TimeSpan.FromSeconds(10));
        var ping = (await StatusAsync()).Ticks.Single(t => t.Name == "ping");
        Assert.Equal((3L, 2L, "peers.tick fails, as the test wants"), (ping.Runs, ping.Failures, ping.LastError));
        Assert.Equal(0, (await StatusAsync()).Restarts);

        Calls.Fail("peers.tick", 3);
        await AdvanceAsync(TimeSpan.FromSeconds(10));
        await AdvanceAsync(TimeSpan.FromSeconds(10));
        await RestAsync();
        Scheduler.Advance(TimeSpan.FromSeconds(10));
        var status = await StatusAsync(s => s.State == UpkeepState.BackingOff, "the back-off");
        Assert.Contains("PeerTick failed 3 times in a row", status.LastError, StringComparison.Ordinal);

        Calls.Clear();
        Scheduler.Advance(TimeSpan.FromSeconds(2));
        await RestAsync();
        Assert.Equal(["manager.tick", "monitor.rebroadcast"], Calls.All.Take(2));
    }

    [Fact(DisplayName = "prune gate: nothing is pruned before the first rapid-gossip sync; the pass after it prunes and saves the graph (A.10/10, 11)")]
    public async Task Rapid_gossip()
    {
        Lightning.Gossip.IsRapid = true;
        Lightning.Gossip.Synced = false;
        await StartedAsync();
        for (var i = 0; i < 5; i++)
            await AdvanceAsync(TimeSpan.FromMinutes(1));
        Assert.True(Calls.Count("manager.tick") >= 3);
        Assert.DoesNotContain("graph.prune", Calls.All);
        Assert.DoesNotContain("store.write network_graph", Calls.All);

        Lightning.Gossip.Synced = true;
        Lightning.Gossip.Signal();
        await Calls.WhenCalledAsync("graph.prune");
        await Calls.WhenCalledAsync("store.wrote network_graph");
        Assert.Equal((ulong)(Scheduler.Now - DateTimeOffset.UnixEpoch).TotalSeconds, Lightning.Gossip.PrunedAt);
        await StatusAsync(s => s.Ticks.Single(t => t.Name == "prune").Runs == 1, "the end of the prune");
        await AdvanceAsync(TimeSpan.FromMinutes(30));
        Assert.Equal(1, Calls.Count("graph.prune"));
    }

    [Fact(DisplayName = "prune gate: a prune runs beside the loop, which ignores further ones until it ended")]
    public async Task Prune_beside_the_loop()
    {
        await StartedAsync();
        Calls.Block("graph.prune");
        await AdvanceAsync(TimeSpan.FromMinutes(1));
        await Calls.WhenCalledAsync("graph.prune");
        await AdvanceAsync(TimeSpan.FromHours(3));
        Assert.Equal(1, Calls.Count("graph.prune"));
        Assert.DoesNotContain("store.write network_graph", Calls.All);
        Calls.Release("graph.prune");
        await Calls.WhenCalledAsync("store.wrote network_graph");
        await StatusAsync(s => s.Ticks.Single(t => t.Name == "prune") is { Runs: 1, Next: not null }, "the end of the prune");
        await AdvanceAsync(TimeSpan.FromHours(1));
        await Calls.WhenCalledAsync("graph.prune", 2);
    }

    [Fact(DisplayName = "prune gate: time unavailable -> the graph is not pruned, and persisted all the same; the scorer does not fade")]
    public async Task Time_unavailable()
    {
        // As on a machine without a battery, before it asked anybody for the time.
        await StartedAsync(clockError: DateTimeOffset.UnixEpoch - Scheduler.Now);
        await AdvanceAsync(TimeSpan.FromMinutes(1));
        await Calls.WhenCalledAsync("store.wrote network_graph");
        await StatusAsync(s => s.Ticks.Single(t => t.Name == "prune") is { Runs: 1, Failures: 0 }, "the end of the prune");
        Scheduler.Advance(TimeSpan.FromMinutes(4));
        await Calls.WhenCalledAsync("store.wrote scorer");
        Assert.All(["graph.prune", "scorer.time-passed"], call => Assert.DoesNotContain(call, Calls.All));
    }

    [Fact(DisplayName = "A.10/5 and 6: graph and scorer that cannot be written do not stop the loop, and are tried again much sooner than their tick")]
    public async Task Best_effort()
    {
        Lightning.Store.FailWrites(UpkeepKey.NetworkGraph, 2);
        Lightning.Store.FailWrites(UpkeepKey.Scorer, 1);
        await StartedAsync();
        Scheduler.Advance(TimeSpan.FromMinutes(5));
        await StatusAsync(s => Failures(s, "network_graph") == 1 && Failures(s, "scorer") == 1, "the failures");
        await RestAsync();
        Scheduler.Advance(TimeSpan.FromSeconds(1));
        await Calls.WhenCalledAsync("store.wrote scorer");
        await StatusAsync(s => Failures(s, "network_graph") == 2, "the second failure");
        Scheduler.Advance(TimeSpan.FromSeconds(2));
        await Calls.WhenCalledAsync("store.wrote network_graph");
        var status = await StatusAsync(s => s.Persistence.All(p => p.FailuresInARow == 0), "the recovery");
        Assert.Equal((UpkeepState.Running, 0L), (status.State, status.Restarts));
        static long Failures(UpkeepStatus status, string name) => status.Persistence.Single(p => p.Name == name).Failures;
    }

    [Fact(DisplayName = "LM persist: each pass, never two at once, and a failure does not silence it for good (#4597)")]
    public async Task Liquidity_manager()
    {
        var settings = new UpkeepSettings { Persistence = new UpkeepPersistenceSettings { LiquidityManagerIsCritical = false } };
        Calls.Fail("liquidity.persist", 1);
        await StartedAsync(settings: settings);
        await StatusAsync(s => s.Persistence.Single(p => p.Name == "liquidity_manager").Failures == 1, "the failure");
        await RestAsync();
        Scheduler.Advance(TimeSpan.FromSeconds(1));
        await StatusAsync(s => s.Persistence.Single(p => p.Name == "liquidity_manager") is { FailuresInARow: 0, PersistedVersion: > 0 }, "the recovery");

        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Lightning.Liquidity.Held = held;
        var calls = Calls.Count("liquidity.persist");
        for (var i = 0; i < 5; i++)
            await RestAsync();
        Lightning.Liquidity.Held = null;
        held.SetResult();
        await StatusAsync(s => s.Persistence.Single(p => p.Name == "liquidity_manager") is { Writing: false } lm && lm.Version == lm.PersistedVersion, "the last persist");
        Assert.False(Lightning.Liquidity.Overlapped);
        Assert.InRange(Calls.Count("liquidity.persist") - calls, 1, 3);
    }

    [Fact(DisplayName = "Sweeper: one call at a time, armed again after its end, also when it fails")]
    public async Task Sweeper()
    {
        await StartedAsync();
        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Lightning.Sweeper.Held = held;
        await AdvanceAsync(TimeSpan.FromSeconds(30));
        await Calls.WhenCalledAsync("sweeper.sweep");
        await AdvanceAsync(TimeSpan.FromMinutes(5));
        Assert.Equal(1, Calls.Count("sweeper.sweep"));
        Lightning.Sweeper.Held = null;
        held.SetException(new IOException("no route"));
        await StatusAsync(s => s.Ticks.Single(t => t.Name == "sweep") is { Failures: 1, LastError: "no route" }, "the failure");
        await AdvanceAsync(TimeSpan.FromSeconds(30));
        await Calls.WhenCalledAsync("sweeper.sweep", 2);
        Assert.False(Lightning.Sweeper.Overlapped);
    }

    [Fact(DisplayName = "A.10/15 and 16: monitors of closed channels are archived 15 s after the start, then every 10 minutes")]
    public async Task Archive()
    {
        await StartedAsync(Lightning.Least);
        await AdvanceAsync(TimeSpan.FromSeconds(14));
        Assert.Equal(0, Calls.Count("monitor.archive"));
        await AdvanceAsync(TimeSpan.FromSeconds(1));
        Assert.Equal(1, Calls.Count("monitor.archive"));
        await AdvanceAsync(TimeSpan.FromMinutes(10));
        Assert.Equal(2, Calls.Count("monitor.archive"));
    }

    [Fact(DisplayName = "A.10/14: upkeep runs with the required parts alone and ends in order")]
    public async Task Least()
    {
        await StartedAsync(Lightning.Least);
        await AdvanceAsync(TimeSpan.FromHours(2));
        var status = await StatusAsync();
        Assert.Equal(["htlc-batch", "freshness", "archive", "ping", "rebroadcast"], status.Ticks.Select(t => t.Name));
        Assert.Equal(["manager"], status.Persistence.Select(p => p.Name));
        Assert.Equal(new UpkeepReplies.Stopped(null), await StopAsync());
    }

    [Fact(DisplayName = "HTLC batch: first after 2 s, then after a random delay of at most 201 ms, and a wait in between ends in time for it")]
    public async Task Htlc_batches()
    {
        Lightning.Manager.NeedsHtlcs = true;
        await StartedAsync(Lightning.Least);
        await AdvanceAsync(TimeSpan.FromMilliseconds(1_999));
        Assert.Equal(0, Calls.Count("manager.htlcs"));
        await AdvanceAsync(TimeSpan.FromMilliseconds(1));
        Assert.Equal(1, Calls.Count("manager.htlcs"));
        await AdvanceAsync(HtlcBatchDelay.Longest);
        Assert.Equal(2, Calls.Count("manager.htlcs"));
    }

    [Fact(DisplayName = "Sleep detection: a tick storm after a suspend of an hour fires each tick once and disconnects everybody once, without a ping")]
    public async Task Tick_storm()
    {
        var resumed = CreateTestProbe();
        Sys.EventStream.Subscribe(resumed.Ref, typeof(UpkeepEvents.Resumed));
        await StartedAsync();
        await RestAsync();
        Calls.Clear();
        Clocks.Suspend(TimeSpan.FromHours(1));
        Scheduler.Advance(TimeSpan.FromHours(1));
        Assert.Equal(TimeSpan.FromHours(1), (await resumed.ExpectMsgAsync<UpkeepEvents.Resumed>(Patience)).Gap);
        await RestAsync();
        await RestAsync();

        Assert.Equal(1, Calls.Count("peers.disconnect"));
        Assert.Equal(0, Calls.Count("peers.tick"));
        Assert.All(["manager.tick", "onion.tick", "monitor.rebroadcast", "monitor.archive"], call => Assert.Equal(1, Calls.Count(call)));
        await Calls.WhenCalledAsync("sweeper.sweep");
        await Calls.WhenCalledAsync("graph.prune");
        Assert.All(TickCalls, call => Assert.InRange(Calls.Count(call), 0, 1));

        // The ping was armed anew.
        await AdvanceAsync(TimeSpan.FromSeconds(9));
        Assert.Equal(0, Calls.Count("peers.tick"));
        await AdvanceAsync(TimeSpan.FromSeconds(1));
        Assert.Equal((1, 1), (Calls.Count("peers.tick"), Calls.Count("peers.disconnect")));
        Assert.Equal(TimeSpan.FromHours(1), (await StatusAsync()).LastSleep);
    }

    [Fact(DisplayName = "Sleep detection: a loop that was busy for an hour is no sleep, and nobody is disconnected")]
    public async Task Busy_is_no_sleep()
    {
        await StartedAsync(Lightning.Least);
        await RestAsync();
        var blocked = Calls.Count("peers.process") + 1;
        Calls.Block("peers.process");
        Lightning.Manager.Signal();
        await Calls.WhenCalledAsync("peers.process", blocked);
        for (var i = 0; i < 60; i++)
        {
            Clocks.Pass(TimeSpan.FromSeconds(1));
            Scheduler.Advance(TimeSpan.FromMinutes(1));
            Sys.ActorSelection("/user/upkeep/clock-guard").Tell(new Akka.Actor.Identify(i), Replies.Ref);
            await Replies.ExpectMsgAsync<Akka.Actor.ActorIdentity>(Patience);
        }

        Calls.Release("peers.process");
        await RestAsync();
        await Calls.WhenCalledAsync("peers.tick");
        Assert.Equal(0, Calls.Count("peers.disconnect"));
    }

    /// <summary>A pass that hangs in the handler.</summary>
    private async Task RestOrHandleAsync(string id)
    {
        Lightning.Manager.Signal();
        await Calls.WhenCalledAsync($"handle {id}");
    }
}
