using ActorNode.Protocol.Services;
using ActorNode.Services;
using ActorNode.Tests.Support;
using Xunit;

namespace ActorNode.Tests.Services;

/// <summary>How background services start, run, fail and come back.</summary>
public sealed class ServiceRunsSpec : ServicesSpec
{
    [Fact(DisplayName = "C.2 start: the plain form is ready at once, may return at any time, and is then complete; the node stays ready")]
    public async Task Plain_form()
    {
        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Services.Tell(new ServicesActor.Add(new ServiceDefinition("plain", () => new Plain(end.Task), new ServiceOptions())));
        await ReplyAsync<ServiceReplies.Added>();
        await BeginAsync();
        await StateAsync("plain", ServiceState.Ready);
        end.SetResult();
        await StateAsync("plain", ServiceState.Completed);
        Assert.True((await AllAsync()).Ready);
    }

    [Fact(DisplayName = "C.2 start: a service that implements neither form is ready and complete at once")]
    public async Task Neither_form()
    {
        Services.Tell(new ServicesActor.Add(new ServiceDefinition("nothing", () => new Nothing(), new ServiceOptions())));
        await BeginAfterReplyAsync();
        await StateAsync("nothing", ServiceState.Completed);
    }

    [Fact(DisplayName = "C.2 ready notifier: a service that notifies is not ready before, its dependents wait, and the bootstrap waits for all of them")]
    public async Task Bootstrap_waits()
    {
        await AddAsync("second", new ServiceStub(), new ServiceOptions { DependsOn = ["first"] });
        await AddAsync("first", new ServiceStub());
        await BeginAsync();
        Assert.Equal(NodePhase.Bootstrap, await NextPhaseAsync());
        var first = await Stub("first").NextRunAsync();
        Assert.True(Stub("second").Quiet);
        Assert.Equal(ServiceState.Waiting, (await StatusAsync("second")).State);
        Scheduler.Advance(TimeSpan.FromMilliseconds(50));
        first.Ready.NotifyReady();
        var second = await Stub("second").NextRunAsync();
        Assert.Equal(NodePhase.Bootstrap, (await AllAsync()).Phase);
        Scheduler.Advance(TimeSpan.FromMilliseconds(100));
        second.Ready.NotifyReady();
        Assert.Equal(NodePhase.BootstrapComplete, await NextPhaseAsync());
        Assert.Equal(NodePhase.Running, await NextPhaseAsync());
        Assert.True((await AllAsync()).Ready);
    }

    [Fact(DisplayName = "C.2 dependencies: who waits says so from time to time, fails when it waited too long, and starts nevertheless when it may")]
    public async Task Progress()
    {
        await AddAsync("slow", new ServiceStub());
        await AddAsync("a", new ServiceStub(), new ServiceOptions { DependsOn = ["slow"], DependencyTimeout = TimeSpan.FromSeconds(25) });
        await BeginAsync();
        var slow = await Stub("slow").NextRunAsync();
        await StateAsync("slow", ServiceState.Starting);
        await ChildIsIdleAsync("a");
        for (var seconds = 10; seconds <= 20; seconds += 10)
        {
            Scheduler.Advance(TimeSpan.FromSeconds(10));
            var waiting = await EventAsync<ServiceEvents.WaitingForDependencies>();
            Assert.Equal(("slow", TimeSpan.FromSeconds(seconds)), (Assert.Single(waiting.Missing), waiting.Waited));
            await ChildIsIdleAsync("a");
        }

        Scheduler.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal("waited 25 s for slow", (await StateAsync("a", ServiceState.Failed)).Error);
        slow.Ready.NotifyReady();
        await Stub("a").NextRunAsync();
    }

    [Fact(DisplayName = "C.2 panic: a service that throws is restarted as a new instance after its back-off; its dependents go on and are told")]
    public async Task Panic()
    {
        await AddAsync("a", new ServiceStub());
        await AddAsync("b", new ServiceStub(), new ServiceOptions { DependsOn = ["a"] });
        await BeginAsync();
        var first = await Stub("a").NextRunAsync();
        first.Ready.NotifyReady();
        var dependent = await Stub("b").NextRunAsync();
        dependent.Ready.NotifyReady();
        await StateAsync("b", ServiceState.Ready);

        first.Throw(new InvalidOperationException("boom"));
        Assert.Equal("boom", (await StateAsync("a", ServiceState.Restarting)).Error);
        await first.Disposed;
        Assert.Equal(new ServiceEvents.DependencyDown("b", "a"), await EventAsync<ServiceEvents.DependencyDown>());
        Assert.Equal(("a", false), await dependent.NextChangeAsync());
        Assert.False((await AllAsync()).Ready);

        Scheduler.Advance(Settings.MinBackoff);
        var second = await Stub("a").NextRunAsync();
        Assert.NotSame(first, second);
        second.Ready.NotifyReady();
        Assert.Equal(new ServiceEvents.DependencyUp("b", "a"), await EventAsync<ServiceEvents.DependencyUp>());
        Assert.Equal(("a", true), await dependent.NextChangeAsync());
        var status = await StatusAsync("a");
        Assert.Equal((1, "boom"), (status.Restarts, status.LastError));
    }

    [Fact(DisplayName = "C.2 panic: a constructor that throws is a failed run like any other")]
    public async Task Constructor_throws()
    {
        var broken = new ServiceDefinition("a", () => throw new InvalidDataException("no such section"), new ServiceOptions { OnFailure = EndPolicy.Ignore });
        Services.Tell(new ServicesActor.Add(broken));
        await BeginAfterReplyAsync();
        Assert.Equal("no such section", (await StateAsync("a", ServiceState.Failed)).Error);
    }

    [Fact(DisplayName = "C.2 panic: a service that is given up takes those who wait for it along; the node goes on, not ready")]
    public async Task Given_up()
    {
        await AddAsync("a", new ServiceStub(), new ServiceOptions { MaxRestarts = 1 });
        await AddAsync("b", new ServiceStub(), new ServiceOptions { DependsOn = ["a"] });
        await BeginAsync();
        (await Stub("a").NextRunAsync()).Throw(new InvalidOperationException("boom"));
        await StateAsync("a", ServiceState.Restarting);
        Scheduler.Advance(Settings.MinBackoff);
        (await Stub("a").NextRunAsync()).Throw(new InvalidOperationException("boom"));
        Assert.Equal("dependency 'a' failed: given up after 1 restarts in a row: boom", (await StateAsync("b", ServiceState.Failed)).Error);
        Assert.False((await AllAsync()).Ready);
        Assert.Empty(NodeStops);
    }

    [Fact(DisplayName = "C.2 panic: a service whose policy is to stop the node does so, once, with its name and its error")]
    public async Task Stops_node()
    {
        await AddAsync("a", new ServiceStub(), new ServiceOptions { OnFailure = EndPolicy.StopNode });
        await AddAsync("b", new ServiceStub(), new ServiceOptions { DependsOn = ["a"], OnFailure = EndPolicy.StopNode });
        await BeginAsync();
        (await Stub("a").NextRunAsync()).Throw(new InvalidOperationException("boom"));
        Assert.Equal(new ServiceEvents.NodeStopAsked("a", "boom"), await EventAsync<ServiceEvents.NodeStopAsked>());
        await StateAsync("b", ServiceState.Failed);
        await AllAsync();
        Assert.Equal(["service 'a': boom"], NodeStops);
    }

    [Theory(DisplayName = "C.2 ready notifier: a run that ends without Ready lets its dependents start under Ready, and not under FailDependents")]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Ready_on_drop(bool throws)
    {
        await AddAsync("seed", new ServiceStub(), new ServiceOptions { ReadyOnDrop = ReadyOnDrop.Ready, OnFailure = EndPolicy.Ignore });
        await AddAsync("strict", new ServiceStub(), new ServiceOptions { OnFailure = EndPolicy.Ignore });
        await AddAsync("after-seed", new ServiceStub(), new ServiceOptions { DependsOn = ["seed"] });
        await AddAsync("after-strict", new ServiceStub(), new ServiceOptions { DependsOn = ["strict"] });
        await BeginAsync();
        foreach (var name in new[] { "seed", "strict" })
        {
            var run = await Stub(name).NextRunAsync();
            if (throws)
                run.Throw(new InvalidOperationException("boom"));
            else
                run.Return();
        }

        await Stub("after-seed").NextRunAsync();
        await StateAsync("after-strict", ServiceState.Failed);
        Assert.True(Stub("after-strict").Quiet);
    }

    [Fact(DisplayName = "C.2 ready notifier: un-ready at run time costs the node's readiness, and dependents are told; ready again restores both")]
    public async Task Unready()
    {
        await AddAsync("a", new ServiceStub());
        await AddAsync("b", new ServiceStub(), new ServiceOptions { DependsOn = ["a"] });
        await BeginAsync();
        var run = await Stub("a").NextRunAsync();
        run.Ready.NotifyReady();
        (await Stub("b").NextRunAsync()).Ready.NotifyReady();
        await PhaseAsync(NodePhase.Running);
        run.Ready.NotifyUnready("no peers");
        Assert.Equal(new ServiceEvents.DependencyDown("b", "a"), await EventAsync<ServiceEvents.DependencyDown>());
        var status = await StatusAsync("a");
        Assert.Equal((ServiceState.Degraded, "no peers"), (status.State, status.LastError));
        run.Ready.NotifyReady();
        Assert.Equal(new ServiceEvents.DependencyUp("b", "a"), await EventAsync<ServiceEvents.DependencyUp>());
        Assert.True((await AllAsync()).Ready);
    }

    [Fact(DisplayName = "C.2 threads: services that block their threads delay neither the node nor each other; each has threads of its name")]
    public async Task Blocking()
    {
        using var gate = new ManualResetEventSlim();
        try
        {
            for (var i = 0; i < 50; i++)
                await AddAsync($"blocking-{i}", new ServiceStub { OnStart = _ => gate.Wait() });
            await AddAsync("other", new ServiceStub());
            await BeginAsync();
            for (var i = 0; i < 50; i++)
                Assert.Equal($"blocking-{i}", (await Stub($"blocking-{i}").NextRunAsync()).Thread);
            (await Stub("other").NextRunAsync()).Ready.NotifyReady();
            await StateAsync("other", ServiceState.Ready);
            Assert.Equal(51, (await AllAsync()).All.Length);
        }
        finally
        {
            gate.Set();
        }
    }

    [Fact(DisplayName = "A defect in a service's actor neither ends its run nor forgets it")]
    public async Task Defect()
    {
        await AddAsync("a", new ServiceStub());
        await BeginAsync();
        var run = await Stub("a").NextRunAsync();
        await StateAsync("a", ServiceState.Starting);
        Clock.FailOnce();
        run.Ready.NotifyReady();
        await AwaitConditionAsync(() => Task.FromResult(Clock.HasFailed), Patience);
        run.Ready.NotifyReady();
        await StateAsync("a", ServiceState.Ready);
        Assert.False(run.Shutdown.Token.IsCancellationRequested);
        Assert.Equal(0, (await StatusAsync("a")).Restarts);
    }

    private async Task BeginAfterReplyAsync()
    {
        await ReplyAsync<ServiceReplies.Added>();
        await BeginAsync();
    }

    /// <summary>The actor of a service has done everything that it was told so far, its timers included.</summary>
    private async Task ChildIsIdleAsync(string name)
    {
        var probe = CreateTestProbe();
        Sys.ActorSelection(Services.Path / name).Tell(new Akka.Actor.Identify(name), probe.Ref);
        await probe.ExpectMsgAsync<Akka.Actor.ActorIdentity>(Patience);
    }

    private sealed class Plain(Task end) : IBackgroundService
    {
        public Task StartAsync(ShutdownWatch shutdown) => end;
    }

    private sealed class Nothing : IBackgroundService;
}
