using System.Diagnostics;
using ActorNode.Protocol.Services;
using ActorNode.Protocol.Upkeep;
using ActorNode.Tests.Upkeep.Support;
using ActorNode.Upkeep;
using Akka.Actor;
using Xunit;

namespace ActorNode.Tests.Upkeep;

/// <summary>The end of upkeep: its order, its result, its time.</summary>
public sealed class UpkeepStopSpec : UpkeepSpec
{
    [Fact(DisplayName = "stop(): peers are disconnected, then manager, deferred operations, scorer, graph and liquidity manager, in this order")]
    public async Task Final_order()
    {
        await StartedAsync();
        await RestAsync();
        Lightning.Monitor.Defer(4);
        Calls.Clear();
        Assert.Equal(new UpkeepReplies.Stopped(null), await StopAsync());

        string[] order =
        [
            "peers.disconnect", "monitor.count", "manager.encode", "store.write manager", "store.wrote manager", "monitor.flush 4",
            "store.write scorer", "store.wrote scorer", "store.write network_graph", "store.wrote network_graph",
        ];

        // The liquidity manager's persistence of the last pass may still have been under way.
        Assert.Equal(order, Calls.All.SkipWhile(c => c != "peers.disconnect").Where(c => c != "liquidity.persist"));
        Assert.Equal("liquidity.persist", Calls.All[^1]);
        Assert.Equal(UpkeepState.Stopped, (await StatusAsync()).State);
        await ReportAsync(ServiceState.Stopped);
        Assert.False(Lightning.Manager.HasSubscribers);
    }

    [Fact(DisplayName = "stop(): the graph is written even when rapid gossip was never synced, and the manager even when it is not dirty")]
    public async Task Final_writes_are_unconditional()
    {
        Lightning.Gossip.IsRapid = true;
        Lightning.Gossip.Synced = false;
        await StartedAsync();
        await RestAsync();
        Calls.Clear();
        await StopAsync();
        Assert.Equal((1, 1), (Calls.Count("store.wrote manager"), Calls.Count("store.wrote network_graph")));
    }

    [Fact(DisplayName = "stop(): the first error ends the sequence, is the result, and makes the node's end a failure; every later stop gets the same reply")]
    public async Task First_error_is_the_result()
    {
        await StartedAsync(settings: new UpkeepSettings { Persistence = new UpkeepPersistenceSettings { Retries = 0 } });
        Lightning.Store.FailWrites(UpkeepKey.Scorer, 1);
        Calls.Clear();
        var result = await StopAsync();
        Assert.Equal("scorer could not be persisted: test", result.Error);
        Assert.Equal(1, Calls.Count("store.wrote manager"));
        Assert.DoesNotContain("store.write network_graph", Calls.All);
        Assert.Equal(result, await StopAsync());
        Assert.Equal(1, Calls.Count("store.wrote manager"));
        var failed = await Services.FishForMessageAsync(m => m is ServiceEvents.NodeStopAsked, Patience);
        Assert.Equal("upkeep", ((ServiceEvents.NodeStopAsked)failed).Name);
    }

    [Fact(DisplayName = "A.10/5 and 6: a graph that cannot be written does not stop the loop, but stop() returns the error of its final write, after manager and scorer")]
    public async Task Final_graph_error()
    {
        // Without the liquidity manager, whose write may be under way when time is moved.
        Lightning.Store.FailWrites(UpkeepKey.NetworkGraph, int.MaxValue);
        await StartedAsync(Lightning.All with { LiquidityManager = null }, new UpkeepSettings { Persistence = new UpkeepPersistenceSettings { Retries = 0 } });
        await RestAsync();
        Scheduler.Advance(TimeSpan.FromMinutes(1));
        await StatusAsync(s => s.Persistence.Single(p => p.Name == "network_graph").Failures == 1, "the failure");
        Assert.Equal(0, (await StatusAsync()).Restarts);
        Calls.Clear();
        Assert.Equal("network_graph could not be persisted: test", (await StopAsync()).Error);
        Assert.Equal((1, 1), (Calls.Count("store.wrote manager"), Calls.Count("store.wrote scorer")));
    }

    [Fact(DisplayName = "stop(): a final write is tried again as the settings say, also of the graph")]
    public async Task Final_retries()
    {
        await StartedAsync();
        Lightning.Store.FailWrites(UpkeepKey.NetworkGraph, 1);
        Upkeep.Tell(UpkeepCommands.Stop.Instance, Replies.Ref);
        await StatusAsync(s => s.Persistence.Single(p => p.Name == "network_graph").NextAttempt is not null, "the failure");
        Scheduler.Advance(TimeSpan.FromMilliseconds(100));
        Assert.Equal(new UpkeepReplies.Stopped(null), await Replies.ExpectMsgAsync<UpkeepReplies.Stopped>(Patience));
    }

    [Fact(DisplayName = "stop() overtakes queued work: with a thousand events and every tick due, the step under way is the last one")]
    public async Task Stop_overtakes()
    {
        await StartedAsync(Lightning.Least);
        await RestAsync();
        Calls.Clear();
        Calls.Block("manager.tick");
        Scheduler.Advance(TimeSpan.FromHours(1));
        await Calls.WhenCalledAsync("manager.tick");
        Lightning.Manager.Offer([.. Enumerable.Range(0, 1_000).Select(i => new SomeEvent($"e{i}"))]);
        Upkeep.Tell(UpkeepCommands.Stop.Instance, Replies.Ref);
        await StatusAsync(s => s.State == UpkeepState.Stopping, "the stop");
        Calls.Release("manager.tick");
        await Replies.ExpectMsgAsync<UpkeepReplies.Stopped>(Patience);
        Assert.Equal("peers.disconnect", Calls.All.SkipWhile(c => c != "manager.tick").ElementAt(1));
        Assert.DoesNotContain("handle e0", Calls.All);
    }

    [Fact(DisplayName = "stop(): a handler that runs is told to end; one that does not is left behind after its grace, and everything is persisted")]
    public async Task Stop_with_a_hanging_handler()
    {
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Lightning.Handler.Answer = async (_, token) =>
        {
            token.Register(() => cancelled.TrySetResult());
            await Task.Delay(Timeout.InfiniteTimeSpan, CancellationToken.None);
            return EventResult.Handled;
        };
        await StartedAsync(Lightning.Least);
        Lightning.Manager.Offer(new SomeEvent("a"));
        await Calls.WhenCalledAsync("handle a");
        Upkeep.Tell(UpkeepCommands.Stop.Instance, Replies.Ref);
        await cancelled.Task.WaitAsync(Patience);
        Scheduler.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(new UpkeepReplies.Stopped(null), await Replies.ExpectMsgAsync<UpkeepReplies.Stopped>(Patience));
        Assert.Equal(Lightning.Manager.Version, Lightning.Store.Manager);
        Assert.Single(Lightning.Manager.Events);
    }

    [Fact(DisplayName = "stop() during the startup: the step under way ends, and everything is persisted without a pass")]
    public async Task Stop_during_startup()
    {
        Calls.Block("manager.tick");
        Start(Lightning.Least);
        await Calls.WhenCalledAsync("manager.tick");
        Upkeep.Tell(UpkeepCommands.Stop.Instance, Replies.Ref);
        Upkeep.Tell(UpkeepCommands.Stop.Instance, Replies.Ref);
        await StatusAsync(s => s.State == UpkeepState.Stopping, "the stop");
        Calls.Release("manager.tick");
        Assert.Equal(new UpkeepReplies.Stopped(null), await Replies.ExpectMsgAsync<UpkeepReplies.Stopped>(Patience));
        Assert.Equal(new UpkeepReplies.Stopped(null), await Replies.ExpectMsgAsync<UpkeepReplies.Stopped>(Patience));
        Assert.Equal(1, Calls.Count("store.wrote manager"));
        Assert.Equal(Lightning.Manager.Version, Lightning.Store.Manager);
        Assert.DoesNotContain("manager.events", Calls.All);
    }

    [Theory(DisplayName = "stop(): a part that fails meanwhile is replaced, and does not keep the manager from being persisted")]
    [InlineData("event-pump")]
    [InlineData("clock-guard")]
    [InlineData("manager-writer")]
    public async Task Part_fails_during_stop(string part)
    {
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Lightning.Handler.Answer = async (_, token) =>
        {
            token.Register(() => cancelled.TrySetResult());
            await Task.Delay(Timeout.InfiniteTimeSpan, CancellationToken.None);
            return EventResult.Handled;
        };
        await StartedAsync(Lightning.Least);
        Lightning.Manager.Offer(new SomeEvent("a"));
        await Calls.WhenCalledAsync("handle a");
        Upkeep.Tell(UpkeepCommands.Stop.Instance, Replies.Ref);
        await cancelled.Task.WaitAsync(Patience);
        await StatusAsync();
        Sys.ActorSelection($"/user/upkeep/{part}").Tell(Kill.Instance, ActorRefs.NoSender);
        await Replies.AwaitAssertAsync(
            () =>
            {
                // However far the replacement is: the handler's grace ends some time.
                Scheduler.Advance(TimeSpan.FromSeconds(1));
                Assert.True(Replies.HasMessages);
            },
            TimeSpan.FromSeconds(25));
        Assert.Equal(new UpkeepReplies.Stopped(null), await Replies.ExpectMsgAsync<UpkeepReplies.Stopped>(Patience));
        Assert.Equal(Lightning.Manager.Version, Lightning.Store.Manager);
        Upkeep.Tell(new UpkeepCommands.RetryParked("x"), Replies.Ref);
        Assert.Equal(new UpkeepReplies.Refused("upkeep stops"), await Replies.ExpectMsgAsync<UpkeepReplies.Refused>(Patience));
    }

    [Fact(DisplayName = "stop(): the upkeep actor itself fails meanwhile; who asked still gets the result, and everything is persisted")]
    public async Task Upkeep_fails_during_stop()
    {
        await StartedAsync(Lightning.Least);
        await RestAsync();
        Lightning.Store.Hold();
        Calls.Clear();
        Upkeep.Tell(UpkeepCommands.Stop.Instance, Replies.Ref);
        await Calls.WhenCalledAsync("store.write manager");
        Lightning.Manager.Change(signal: false);

        // This node has no scorer: a message that only a defect sends.
        Upkeep.Tell(ScorerLearned.Instance);
        await Calls.WhenCalledAsync("manager.encode", 2);
        Lightning.Store.LetGo();
        Assert.Equal(new UpkeepReplies.Stopped(null), await Replies.ExpectMsgAsync<UpkeepReplies.Stopped>(Patience));
        Assert.Equal(Lightning.Manager.Version, Lightning.Store.Manager);
    }

    [Fact(DisplayName = "stop(): what never ends is given up after final-timeout, with an error")]
    public async Task Final_timeout()
    {
        await StartedAsync(Lightning.Least);
        Calls.Block("peers.disconnect");
        Upkeep.Tell(UpkeepCommands.Stop.Instance, Replies.Ref);
        await Calls.WhenCalledAsync("peers.disconnect");
        Scheduler.Advance(TimeSpan.FromSeconds(30));
        Assert.Contains("within", (await Replies.ExpectMsgAsync<UpkeepReplies.Stopped>(Patience)).Error, StringComparison.Ordinal);
        Calls.Release("peers.disconnect");
    }

    [Fact(DisplayName = "stop() while the manager's write waits for its next attempt: it is tried at once")]
    public async Task Stop_during_a_back_off()
    {
        await StartedAsync(Lightning.Least);
        await RestAsync();
        Lightning.Store.FailWrites(UpkeepKey.Manager, 1);
        Lightning.Manager.Change();
        await StatusAsync(s => s.Persistence[0].NextAttempt is not null, "the failure");
        Assert.Equal(new UpkeepReplies.Stopped(null), await StopAsync());
        Assert.Equal(Lightning.Manager.Version, Lightning.Store.Manager);
    }

    [Fact(DisplayName = "join(): who watches hears the result when it ends, or at once afterwards; it is on the event stream too")]
    public async Task Completion()
    {
        var states = CreateTestProbe();
        Sys.EventStream.Subscribe(states.Ref, typeof(UpkeepEvents.StateChanged));
        await StartedAsync(Lightning.Least);
        var watcher = CreateTestProbe();
        Upkeep.Tell(UpkeepCommands.WatchCompletion.Instance, watcher.Ref);
        await StopAsync();
        Assert.Equal(new UpkeepReplies.Stopped(null), await watcher.ExpectMsgAsync<UpkeepReplies.Stopped>(Patience));
        Upkeep.Tell(UpkeepCommands.WatchCompletion.Instance, watcher.Ref);
        Assert.Equal(new UpkeepReplies.Stopped(null), await watcher.ExpectMsgAsync<UpkeepReplies.Stopped>(Patience));
        await states.FishForMessageAsync(m => m is UpkeepEvents.StateChanged { State: UpkeepState.Stopped, Error: null }, Patience);
    }

    [Fact(DisplayName = "Stop latency: of twenty upkeeps with idle handlers, the quickest half end within 50 ms")]
    public async Task Stop_latency()
    {
        // The median of many: a single stop may be delayed by whatever else the machine does.
        var times = new List<TimeSpan>();
        for (var i = 0; i < 20; i++)
        {
            var lightning = new FakeLightning();
            var upkeep = Sys.ActorOf(UpkeepActor.Props(Context(lightning.All), Services.Ref));
            await lightning.Log.WhenCalledAsync("rest");
            var started = Stopwatch.GetTimestamp();
            upkeep.Tell(UpkeepCommands.Stop.Instance, Replies.Ref);
            await Replies.ExpectMsgAsync<UpkeepReplies.Stopped>(Patience);
            times.Add(Stopwatch.GetElapsedTime(started));
        }

        times.Sort();
        Assert.InRange(times[times.Count / 2], TimeSpan.Zero, TimeSpan.FromMilliseconds(50));
    }
}
