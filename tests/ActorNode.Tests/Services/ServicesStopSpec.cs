using ActorNode.Protocol.Services;
using ActorNode.Services;
using ActorNode.Tests.Support;
using Xunit;

namespace ActorNode.Tests.Services;

/// <summary>How services end: order, grace, second signal, phases.</summary>
public sealed class ServicesStopSpec : ServicesSpec
{
    [Fact(DisplayName = "C.2 phases: a fast stop is Bootstrap, BootstrapComplete, Running, ShutdownStarted, ShutdownRuntimes, Terminated")]
    public async Task Fast_phases()
    {
        var run = await OneReadyAsync();
        Services.Tell(new ServiceCommands.Stop(ShutdownKind.Fast, "test"));
        await run.Shutdown.WhenRequested.WaitAsync(Patience);
        run.Return();
        Assert.Equal([NodePhase.ShutdownStarted, NodePhase.ShutdownRuntimes, NodePhase.Terminated], await PhasesAsync(3));
        await ReplyAsync<ServiceReplies.AllStopped>();
    }

    [Fact(DisplayName = "C.2 phases: a graceful stop is GracefulTerminate, ShutdownStarted, ShutdownGracePeriod, ShutdownRuntimes, Terminated")]
    public async Task Graceful_phases()
    {
        var run = await OneReadyAsync();
        Services.Tell(new ServiceCommands.Stop(ShutdownKind.Graceful, "test"));
        Assert.Equal([NodePhase.GracefulTerminate, NodePhase.ShutdownStarted, NodePhase.ShutdownGracePeriod], await PhasesAsync(3));
        run.Return();
        Assert.Equal([NodePhase.ShutdownRuntimes, NodePhase.Terminated], await PhasesAsync(2));
    }

    [Fact(DisplayName = "C.2 phases: whoever follows late gets the last phase at once and every later one, none twice")]
    public async Task Late_follower()
    {
        var run = await OneReadyAsync();
        var late = CreateTestProbe();
        Services.Tell(ServiceCommands.FollowPhases.Instance, late.Ref);
        Assert.Equal(NodePhase.Running, (await late.ExpectMsgAsync<ServiceEvents.PhaseChanged>(Patience)).Phase);
        Services.Tell(new ServiceCommands.Stop(ShutdownKind.Graceful, "why"));
        var next = await late.ExpectMsgAsync<ServiceEvents.PhaseChanged>(Patience);
        Assert.Equal((NodePhase.GracefulTerminate, "why"), (next.Phase, next.Reason));
        run.Return();
        await ReplyAsync<ServiceReplies.AllStopped>();

        Services.Tell(ServiceCommands.FollowPhases.Instance, CreateTestProbe().Ref);
        Assert.Equal(NodePhase.Terminated, (await AllAsync()).Phase);
    }

    [Fact(DisplayName = "C.2 shutdown watch: kind, reason and deadline are visible, and whoever looks late sees them at once")]
    public async Task Late_look()
    {
        using var gate = new ManualResetEventSlim();
        await AddAsync("late", new ServiceStub { OnStart = _ => gate.Wait() });
        await BeginAsync();
        var run = await Stub("late").NextRunAsync();
        await StateAsync("late", ServiceState.Starting);
        Services.Tell(new ServiceCommands.Stop(ShutdownKind.Graceful, "test"));
        await StateAsync("late", ServiceState.Stopping);
        await run.Shutdown.WhenRequested.WaitAsync(Patience);
        gate.Set();
        Assert.Equal(new ShutdownRequest(ShutdownKind.Graceful, "test", Scheduler.Now + Settings.GracePeriod), run.Shutdown.Request);
        Assert.True(run.Shutdown.Token.IsCancellationRequested);
        Assert.False(run.Shutdown.FastToken.IsCancellationRequested);
        run.Return();
        await ReplyAsync<ServiceReplies.AllStopped>();
    }

    [Fact(DisplayName = "C.2 shutdown watch: a second, fast request ends the grace period: every service is told at once")]
    public async Task Second_request()
    {
        await AddAsync("a", new ServiceStub());
        await AddAsync("b", new ServiceStub(), new ServiceOptions { DependsOn = ["a"] });
        await BeginAsync();
        var a = await Stub("a").NextRunAsync();
        a.Ready.NotifyReady();
        var b = await Stub("b").NextRunAsync();
        await StateAsync("b", ServiceState.Starting);

        Services.Tell(new ServiceCommands.Stop(ShutdownKind.Graceful, "first"));
        await b.Shutdown.WhenRequested.WaitAsync(Patience);
        await AllAsync();
        Assert.Null(a.Shutdown.Request);
        Services.Tell(new ServiceCommands.Stop(ShutdownKind.Graceful, "again"));
        await AllAsync();
        Assert.False(b.Shutdown.FastToken.IsCancellationRequested);

        Services.Tell(new ServiceCommands.Stop(ShutdownKind.Fast, "second"));
        var fast = await a.Shutdown.WhenRequested.WaitAsync(Patience);
        Assert.Equal(("second", ShutdownKind.Fast), (fast.Reason, fast.Kind));
        await UntilCancelledAsync(b.Shutdown.FastToken);
        a.Return();
        b.Return();
        for (var asker = 0; asker < 3; asker++)
            Assert.Empty((await ReplyAsync<ServiceReplies.AllStopped>()).LeftBehind);
    }

    [Fact(DisplayName = "C.2 grace: services end in reverse order of their dependencies, and the stop is over as soon as the last one has ended")]
    public async Task Reverse_order()
    {
        Services.Tell(new ServiceCommands.Report("part", ServiceState.Ready, DependsOn: []));
        await AddAsync("a", new ServiceStub());
        await AddAsync("b1", new ServiceStub(), new ServiceOptions { DependsOn = ["a", "part"] });
        await AddAsync("b2", new ServiceStub(), new ServiceOptions { DependsOn = ["a"] });
        await AddAsync("c", new ServiceStub(), new ServiceOptions { DependsOn = ["b1"] });
        await BeginAsync();
        var runs = new Dictionary<string, ServiceStub.Run>();
        foreach (var name in new[] { "a", "b1", "b2", "c" })
        {
            runs[name] = await Stub(name).NextRunAsync();
            runs[name].Ready.NotifyReady();
        }

        await PhaseAsync(NodePhase.Running);
        Services.Tell(new ServiceCommands.Stop(ShutdownKind.Graceful, "test"));
        await runs["c"].Shutdown.WhenRequested.WaitAsync(Patience);
        await runs["b2"].Shutdown.WhenRequested.WaitAsync(Patience);
        await AllAsync();
        Assert.Null(runs["b1"].Shutdown.Request);
        runs["b2"].Return();
        await StateAsync("b2", ServiceState.Stopped);
        Assert.Null(runs["a"].Shutdown.Request);
        runs["c"].Return();
        await runs["b1"].Shutdown.WhenRequested.WaitAsync(Patience);
        Assert.Null(runs["a"].Shutdown.Request);
        runs["b1"].Return();
        await runs["a"].Shutdown.WhenRequested.WaitAsync(Patience);
        runs["a"].Return();

        // No time has passed.
        Assert.Empty((await ReplyAsync<ServiceReplies.AllStopped>()).LeftBehind);
    }

    [Fact(DisplayName = "C.2 grace: a service that ignores the stop has the whole grace period, then the fast timeout, and is then left behind")]
    public async Task Grace_length()
    {
        await AddAsync("below", new ServiceStub());
        await AddAsync("deaf", new ServiceStub(), new ServiceOptions { DependsOn = ["below"] });
        await BeginAsync();
        var below = await Stub("below").NextRunAsync();
        below.Ready.NotifyReady();
        var deaf = await Stub("deaf").NextRunAsync();
        deaf.Ready.NotifyReady();
        await PhaseAsync(NodePhase.Running);
        Services.Tell(new ServiceCommands.Stop(ShutdownKind.Graceful, "test"));
        await deaf.Shutdown.WhenRequested.WaitAsync(Patience);
        await StateAsync("deaf", ServiceState.Stopping);
        await PhaseAsync(NodePhase.ShutdownGracePeriod);

        Scheduler.Advance(Settings.GracePeriod - TimeSpan.FromMilliseconds(1));
        await AllAsync();
        Assert.Null(below.Shutdown.Request);
        Assert.Equal(ShutdownKind.Graceful, deaf.Shutdown.Request!.Kind);

        Scheduler.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(NodePhase.ShutdownRuntimes, await NextPhaseAsync());
        await below.Shutdown.WhenRequested.WaitAsync(Patience);
        await UntilCancelledAsync(deaf.Shutdown.FastToken);
        below.Return();
        await StateAsync("below", ServiceState.Stopped);
        Assert.NotEqual(NodePhase.Terminated, (await AllAsync()).Phase);
        Scheduler.Advance(Settings.FastTimeout);
        Assert.Equal(["deaf"], (await ReplyAsync<ServiceReplies.AllStopped>()).LeftBehind.AsEnumerable());
        Assert.Equal(NodePhase.Terminated, await NextPhaseAsync());
        deaf.Return();
    }

    [Fact(DisplayName = "C.2 dependencies: a stop ends every wait at once; what waited never starts, and nothing can be added any more")]
    public async Task Stop_while_waiting()
    {
        await AddAsync("a", new ServiceStub());
        await AddAsync("b", new ServiceStub(), new ServiceOptions { DependsOn = ["a"] });
        await BeginAsync();
        var run = await Stub("a").NextRunAsync();
        await StateAsync("a", ServiceState.Starting);
        Services.Tell(new ServiceCommands.Stop(ShutdownKind.Graceful, "test"));
        await StateAsync("b", ServiceState.Stopped);
        await run.Shutdown.WhenRequested.WaitAsync(Patience);
        run.Ready.NotifyReady();
        Services.Tell(new ServicesActor.Add(new ServiceStub().Definition("c")));
        Assert.Equal("service 'c': the node is stopping", (await ReplyAsync<ServiceReplies.Refused>()).Problem);
        run.Return();
        await ReplyAsync<ServiceReplies.AllStopped>();
        Assert.True(Stub("b").Quiet);
    }

    [Fact(DisplayName = "C.2 grace: a stop before the beginning, without services, or after the end is answered at once")]
    public async Task Nothing_to_stop()
    {
        await AddAsync("a", new ServiceStub());
        Services.Tell(new ServiceCommands.Stop(ShutdownKind.Graceful, "test"));
        await ReplyAsync<ServiceReplies.AllStopped>();
        Services.Tell(new ServiceCommands.Stop(ShutdownKind.Fast, "test"));
        await ReplyAsync<ServiceReplies.AllStopped>();
        Assert.True(Stub("a").Quiet);
    }

    [Fact(DisplayName = "C.2 grace: a service that fails while it stops is neither restarted nor a reason to stop again; its error is kept")]
    public async Task Fails_on_the_way()
    {
        await AddAsync("a", new ServiceStub(), new ServiceOptions { OnFailure = EndPolicy.StopNode });
        await BeginAsync();
        var run = await Stub("a").NextRunAsync();
        await StateAsync("a", ServiceState.Starting);
        Services.Tell(new ServiceCommands.Stop(ShutdownKind.Graceful, "test"));
        await run.Shutdown.WhenRequested.WaitAsync(Patience);
        run.Throw(new IOException("could not flush"));
        await ReplyAsync<ServiceReplies.AllStopped>();
        Assert.Equal("could not flush", (await StatusAsync("a")).LastError);
        Assert.Empty(NodeStops);
    }

    private async Task<ServiceStub.Run> OneReadyAsync()
    {
        await AddAsync("a", new ServiceStub());
        await BeginAsync();
        var run = await Stub("a").NextRunAsync();
        run.Ready.NotifyReady();
        Assert.Equal([NodePhase.Bootstrap, NodePhase.BootstrapComplete, NodePhase.Running], await PhasesAsync(3));
        return run;
    }

    private async Task<NodePhase[]> PhasesAsync(int count)
    {
        var phases = new NodePhase[count];
        for (var i = 0; i < count; i++)
            phases[i] = await NextPhaseAsync();
        return phases;
    }

    private static async Task UntilCancelledAsync(CancellationToken token)
    {
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = token.Register(cancelled.SetResult);
        await cancelled.Task.WaitAsync(Patience, CancellationToken.None);
    }
}
