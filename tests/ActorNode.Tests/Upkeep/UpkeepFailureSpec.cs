using ActorNode.Protocol.Services;
using ActorNode.Protocol.Upkeep;
using ActorNode.Tests.Upkeep.Support;
using ActorNode.Upkeep;
using Akka.Actor;
using Xunit;

namespace ActorNode.Tests.Upkeep;

/// <summary>Failures: of the store, of the loop, of its family.</summary>
public sealed class UpkeepFailureSpec : UpkeepSpec
{
    private static readonly UpkeepSettings NoRetries = new() { Persistence = new UpkeepPersistenceSettings { Retries = 0 } };

    [Fact(DisplayName = "A store that fails so often and then works: the manager is saved, nothing is lost, readiness goes down and comes back")]
    public async Task Store_outage()
    {
        await StartedAsync(Lightning.Least);
        await ReportAsync(ServiceState.Ready);
        Lightning.Store.FailWrites(UpkeepKey.Manager, 3);
        Lightning.Monitor.Defer(2);
        Lightning.Manager.Change();
        for (var i = 1; i <= 3; i++)
        {
            var down = await StatusAsync(s => s.Persistence[0].FailuresInARow == i && s.Persistence[0].NextAttempt is not null, $"failure {i}");
            Assert.Equal("test", down.Persistence[0].LastError);
            Assert.True(down.Persistence[0].PersistedVersion < down.Persistence[0].Version);
            Scheduler.Advance(TimeSpan.FromSeconds(1));
        }

        await Calls.WhenCalledAsync("monitor.flush 2");
        Assert.Contains("manager: test", (await ReportAsync(ServiceState.Degraded)).Error, StringComparison.Ordinal);
        await ReportAsync(ServiceState.Ready);
        var up = await StatusAsync(s => s.Persistence[0].FailuresInARow == 0, "the recovery");
        Assert.Equal((3L, 0L), (up.Persistence[0].Failures, up.Restarts));
        Assert.Equal(Lightning.Manager.Version, Lightning.Store.Manager);
    }

    [Fact(DisplayName = "A.10/3 and 4: a manager that cannot be written ends the loop with that error, and nothing is persisted finally")]
    public async Task Manager_persist_error()
    {
        await StartedAsync(settings: NoRetries);
        await RestAsync();
        Calls.Clear();
        Lightning.Store.FailWrites(UpkeepKey.Manager, 1);
        Lightning.Monitor.Defer(1);
        Lightning.Manager.Change();
        var status = await StatusAsync(s => s.State == UpkeepState.BackingOff, "the back-off");
        Assert.Equal("manager could not be persisted: test", status.LastError);
        Assert.Equal("manager could not be persisted: test", (await ReportAsync(ServiceState.Restarting)).Error);
        Assert.All(["store.wrote manager", "store.write scorer", "store.write network_graph", "peers.disconnect", "monitor.flush 1"], call => Assert.DoesNotContain(call, Calls.All));
    }

    [Fact(DisplayName = "restart after error: back-off, startup again, and the manager is written although nothing changed it since (dirty flag after failure)")]
    public async Task Restart()
    {
        await StartedAsync(Lightning.Least, NoRetries);
        await RestAsync();
        Lightning.Store.FailWrites(UpkeepKey.Manager, 1);
        Lightning.Manager.Change();
        var version = Lightning.Manager.Version;
        await StatusAsync(s => s.State == UpkeepState.BackingOff, "the back-off");
        Calls.Clear();
        Scheduler.Advance(TimeSpan.FromMilliseconds(999));
        Assert.Empty(Calls.All);
        Scheduler.Advance(TimeSpan.FromMilliseconds(201));
        await Calls.WhenCalledAsync("rest");
        Assert.Equal(["manager.tick", "monitor.rebroadcast"], Calls.All.Take(2));
        await ReportAsync(ServiceState.Ready);
        Assert.True(Lightning.Store.Manager >= version);
        Assert.Equal((UpkeepState.Running, 1L), ((await StatusAsync()).State, (await StatusAsync()).Restarts));
    }

    [Fact(DisplayName = "stop() during a back-off runs the final sequence once")]
    public async Task Stop_while_down()
    {
        await StartedAsync(Lightning.Least, NoRetries);
        await RestAsync();
        Lightning.Store.FailWrites(UpkeepKey.Manager, 1);
        Lightning.Manager.Change();
        await StatusAsync(s => s.State == UpkeepState.BackingOff, "the back-off");
        Calls.Clear();
        Assert.Equal(new UpkeepReplies.Stopped(null), await StopAsync());
        Scheduler.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(new UpkeepReplies.Stopped(null), await StopAsync());
        Assert.Equal((1, 0), (Calls.Count("store.wrote manager"), Calls.Count("manager.tick")));
        Assert.Equal(Lightning.Manager.Version, Lightning.Store.Manager);
    }

    [Fact(DisplayName = "max restarts -> stop node: upkeep is given up, not ready, and asks for the end of the node; its policy may keep the node")]
    public async Task Given_up()
    {
        await StartedAsync(Lightning.Least, NoRetries with { MaxRestarts = 2 });
        var watcher = CreateTestProbe();
        Upkeep.Tell(UpkeepCommands.WatchCompletion.Instance, watcher.Ref);
        Lightning.Store.FailWrites(UpkeepKey.Manager, int.MaxValue);
        Lightning.Manager.Change();
        for (var i = 1; i <= 2; i++)
        {
            await StatusAsync(s => s.State == UpkeepState.BackingOff && s.Restarts == i, $"back-off {i}");
            Scheduler.Advance(TimeSpan.FromMinutes(2));
        }

        await StatusAsync(s => s.State == UpkeepState.Failed, "the end");
        Assert.Equal("manager could not be persisted: test", (await watcher.ExpectMsgAsync<UpkeepReplies.Stopped>(Patience)).Error);
        await ReportAsync(ServiceState.Failed);
        var asked = await Services.FishForMessageAsync(m => m is ServiceEvents.NodeStopAsked, Patience);
        Assert.Equal(new ServiceEvents.NodeStopAsked("upkeep", "manager could not be persisted: test"), asked);
    }

    [Fact(DisplayName = "reset after stable 5 min: a loop that ran so long has all its restarts again")]
    public async Task Stable()
    {
        await StartedAsync(Lightning.Least, NoRetries with { MaxRestarts = 1 });
        for (var i = 1; i <= 3; i++)
        {
            await AdvanceAsync(TimeSpan.FromMinutes(5));
            Lightning.Store.FailWrites(UpkeepKey.Manager, 1);
            Lightning.Manager.Change();
            await StatusAsync(s => s.State == UpkeepState.BackingOff && s.Restarts == i, $"back-off {i}");
            var rests = Calls.Count("rest");
            Scheduler.Advance(TimeSpan.FromSeconds(2));
            await Calls.WhenCalledAsync("rest", rests + 1);
        }
    }

    [Fact(DisplayName = "LM failure: tried again, then it ends the loop as the manager does; as best effort it does not")]
    public async Task Liquidity_failure()
    {
        Calls.Fail("liquidity.persist", 2);
        await StartedAsync(settings: new UpkeepSettings { Persistence = new UpkeepPersistenceSettings { Retries = 1 } });
        await StatusAsync(s => s.Persistence.Single(p => p.Name == "liquidity_manager").NextAttempt is not null, "the failure");
        Scheduler.Advance(TimeSpan.FromMilliseconds(100));
        var status = await StatusAsync(s => s.State == UpkeepState.BackingOff, "the back-off");
        Assert.Contains("liquidity_manager could not be persisted", status.LastError, StringComparison.Ordinal);
        Scheduler.Advance(TimeSpan.FromSeconds(2));
        await StatusAsync(s => s.State == UpkeepState.Running && s.Persistence.All(p => p.FailuresInARow == 0), "the recovery");
    }

    [Theory(DisplayName = "A part of the family that is killed is replaced, and the loop starts again with it")]
    [InlineData("event-pump")]
    [InlineData("manager-writer")]
    [InlineData("clock-guard")]
    [InlineData("loop")]
    public async Task Killed(string part)
    {
        await StartedAsync();
        await RestAsync();
        Sys.ActorSelection($"/user/upkeep/{part}").Tell(Kill.Instance, ActorRefs.NoSender);
        await StatusOrRestartAsync();
        Calls.Clear();
        Lightning.Manager.Offer(new SomeEvent("a"));
        await Calls.WhenCalledAsync("handle a");
        await Calls.WhenAsync(_ => Lightning.Store.Manager == Lightning.Manager.Version, "the manager's write");
    }

    [Fact(DisplayName = "A write that does not end in time has failed and is made again")]
    public async Task Hanging_write()
    {
        await StartedAsync(Lightning.Least);
        await RestAsync();
        Lightning.Store.Hold();
        var writes = Calls.Count("store.write manager");
        Lightning.Manager.Change();
        await Calls.WhenCalledAsync("store.write manager", writes + 1);
        Scheduler.Advance(TimeSpan.FromSeconds(30));
        var down = await StatusAsync(s => s.Persistence[0].NextAttempt is not null, "the failure");
        Assert.Contains("did not end within", down.Persistence[0].LastError, StringComparison.Ordinal);
        Lightning.Store.LetGo();
        Scheduler.Advance(TimeSpan.FromSeconds(1));
        await StatusAsync(s => s.Persistence[0] is { FailuresInARow: 0, Writing: false }, "the recovery");
        Assert.Equal(Lightning.Manager.Version, Lightning.Store.Manager);
    }

    [Fact(DisplayName = "manager dirty -> persist: a loop that begins while a write of the one before is under way flushes nothing before its own write is durable")]
    public async Task Overlapping_write()
    {
        Lightning.Manager.TickChanges = false;
        await StartedAsync(Lightning.Least);
        await RestAsync();
        Lightning.Store.Hold();
        Lightning.Manager.Change();
        await Calls.WhenCalledAsync("store.write manager", Calls.Count("store.write manager") + 1);
        Sys.ActorSelection("/user/upkeep/loop").Tell(Kill.Instance, ActorRefs.NoSender);
        await StatusAsync(s => s.State == UpkeepState.BackingOff, "the back-off");

        // A peer changes the manager after the new loop asked whether it had changed, and defers an operation that belongs to the change.
        Calls.Clear();
        Calls.Block("monitor.count");
        Scheduler.Advance(TimeSpan.FromSeconds(2));
        await Calls.WhenCalledAsync("monitor.count");
        Lightning.Manager.Change(signal: false);
        Lightning.Monitor.Defer(1);
        Calls.Release("monitor.count");
        await Calls.WhenCalledAsync("manager.encode");
        await TurnAsync("loop");
        await TurnAsync("manager-writer");

        Lightning.Store.LetGoAndHold();
        await Calls.WhenCalledAsync("store.write manager");
        await TurnAsync("loop");
        Assert.Equal(1, Lightning.Store.Manager);
        Assert.DoesNotContain("monitor.flush 1", Calls.All);

        Lightning.Store.LetGo();
        await Calls.WhenCalledAsync("monitor.flush 1");
        Assert.Equal(2, Lightning.Store.Manager);
    }

    [Fact(DisplayName = "Persistence of the manager waits for the batch of events (#1674): also when the event pump failed and its source is still at work")]
    public async Task Source_at_work_for_a_dead_pump()
    {
        var hangs = new TaskCompletionSource<EventResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        Lightning.Handler.Answer = (_, _) => new ValueTask<EventResult>(hangs.Task);
        await StartedAsync(Lightning.Least);
        Calls.Block("manager.replayed");
        Lightning.Manager.Offer(new SomeEvent("a"));
        await Calls.WhenCalledAsync("handle a");
        Sys.ActorSelection("/user/upkeep/event-pump").Tell(Kill.Instance, ActorRefs.NoSender);
        await Calls.WhenCalledAsync("manager.replayed");
        await StatusAsync(s => s.State == UpkeepState.BackingOff, "the back-off");
        Calls.Clear();
        Scheduler.Advance(TimeSpan.FromSeconds(2));
        await StatusAsync();
        for (var i = 0; i < 3; i++)
        {
            await TurnAsync("loop");
            await TurnAsync("event-pump");
        }

        Assert.Empty(Calls.All);
        Calls.Release("manager.replayed");
        await Calls.WhenCalledAsync("manager.tick");
    }

    [Fact(DisplayName = "stop-node-when-given-up = off: upkeep is given up and failed, and nobody asks for the end of the node; stop() still persists everything")]
    public async Task Given_up_without_the_node()
    {
        await StartedAsync(Lightning.Least, NoRetries with { MaxRestarts = 0, StopNodeWhenGivenUp = false });
        await RestAsync();
        Lightning.Store.FailWrites(UpkeepKey.Manager, 1);
        Lightning.Manager.Change();
        await StatusAsync(s => s.State == UpkeepState.Failed, "the end");
        Assert.Equal(new UpkeepReplies.Stopped(null), await StopAsync());
        Assert.Equal(Lightning.Manager.Version, Lightning.Store.Manager);

        var heard = new List<object>();
        await Services.FishForMessageAsync(
            message =>
            {
                heard.Add(message);
                return message is ServiceCommands.Report { State: ServiceState.Stopped };
            },
            Patience);
        Assert.Contains(heard, message => message is ServiceCommands.Report { State: ServiceState.Failed });
        Assert.DoesNotContain(heard, message => message is ServiceEvents.NodeStopAsked);
    }

    [Fact(DisplayName = "The upkeep actor itself fails: it begins anew with what it knew, replays go on, and the manager is persisted")]
    public async Task Upkeep_itself_restarts()
    {
        await StartedAsync(Lightning.Least);
        Lightning.Handler.Refuse("a", 1);
        Lightning.Manager.Offer(new SomeEvent("a"));
        await StatusAsync(s => s.Events.Replays == 1, "the replay");
        var passes = (await StatusAsync()).Passes;
        var watcher = CreateTestProbe();
        Upkeep.Tell(UpkeepCommands.WatchCompletion.Instance, watcher.Ref);

        await RestAsync();
        Calls.Clear();
        Lightning.Manager.Change(signal: false);

        // This node has no scorer: a message that only a defect sends.
        Upkeep.Tell(ScorerLearned.Instance);
        await Calls.WhenCalledAsync("rest");
        Assert.Equal(["manager.tick", "monitor.rebroadcast"], Calls.All.SkipWhile(c => c != "manager.tick").Take(2));
        await RestAsync();
        Scheduler.Advance(TimeSpan.FromSeconds(1));
        await Calls.WhenCalledAsync("handle a");
        var status = await StatusAsync(s => s.Events.Handled == 1, "the event");
        Assert.True(status.Passes > passes);
        Assert.Equal((UpkeepState.Running, 1L), (status.State, status.Events.Replays));
        Assert.Equal(new UpkeepReplies.Stopped(null), await StopAsync());
        Assert.Equal(new UpkeepReplies.Stopped(null), await watcher.ExpectMsgAsync<UpkeepReplies.Stopped>(Patience));
        Assert.Equal(Lightning.Manager.Version, Lightning.Store.Manager);
    }

    private async Task StatusOrRestartAsync()
    {
        await StatusAsync(s => s.State == UpkeepState.BackingOff, "the back-off");
        Scheduler.Advance(TimeSpan.FromSeconds(2));
        await StatusAsync(s => s.State == UpkeepState.Running, "the restart");
    }
}
