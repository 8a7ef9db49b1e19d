using ActorNode.Protocol.Services;
using ActorNode.Services;
using ActorNode.Tests.Support;
using Akka.Actor;
using Xunit;

namespace ActorNode.Tests.Services;

/// <summary>Parts of the node that report by themselves; the graph; what is added and removed at run time.</summary>
public sealed class ServicesActorSpec : ServicesSpec
{
    [Fact(DisplayName = "A node without services is not ready; with all of them ready it is; with one degraded it is not")]
    public async Task Ready_when_all_are()
    {
        Assert.False((await AllAsync()).Ready);
        Services.Tell(new ServiceCommands.Report("storage", ServiceState.Ready));
        Services.Tell(new ServiceCommands.Report("messages", ServiceState.Ready, DependsOn: ["storage"]));
        Assert.True((await AllAsync()).Ready);
        Services.Tell(new ServiceCommands.Report("storage", ServiceState.Degraded, "disk full"));
        var services = await AllAsync();
        Assert.False(services.Ready);
        Assert.Equal(["storage"], services.All[1].WaitingFor.AsEnumerable());
    }

    [Fact(DisplayName = "A part keeps the time of its last change, its restarts and its last error after it has healed")]
    public async Task Remembers()
    {
        Services.Tell(new ServiceCommands.Report("storage", ServiceState.Ready, DependsOn: []));
        await AllAsync();
        Scheduler.Advance(TimeSpan.FromMinutes(1));
        var changed = Scheduler.Now;
        Services.Tell(new ServiceCommands.Report("storage", ServiceState.Degraded, "disk full"));
        Services.Tell(new ServiceCommands.Report("storage", ServiceState.Ready, Restarted: true));
        await AllAsync();
        Scheduler.Advance(TimeSpan.FromMinutes(1));
        Services.Tell(new ServiceCommands.Report("storage", ServiceState.Ready));

        var status = await StatusAsync("storage");
        Assert.Equal((ServiceState.Ready, changed, 1, "disk full"), (status.State, status.Since, status.Restarts, status.LastError));
    }

    [Fact(DisplayName = "From the beginning of a shutdown no service is ready any more, whatever it says")]
    public async Task Stopping_is_final()
    {
        Services.Tell(new ServiceCommands.Report("storage", ServiceState.Ready));
        Services.Tell(new ServiceCommands.Stop(ShutdownKind.Graceful, "test"));
        await ReplyAsync<ServiceReplies.AllStopped>();
        Services.Tell(new ServiceCommands.Report("storage", ServiceState.Ready));
        Services.Tell(new ServiceCommands.Report("messages", ServiceState.Ready));

        Assert.All((await AllAsync()).All, s => Assert.Equal(ServiceState.Stopping, s.State));
        Services.Tell(new ServiceCommands.Report("storage", ServiceState.Stopped));
        Assert.Equal(ServiceState.Stopped, (await StatusAsync("storage")).State);
    }

    [Fact(DisplayName = "A registered service has its name, and whoever asks later sees that it is ready")]
    public async Task Registered()
    {
        await AddAsync("a", new ServiceStub());
        Assert.Equal("a", (await AllAsync()).All.Single().Name);
        await BeginAsync();
        (await Stub("a").NextRunAsync()).Ready.NotifyReady();
        await StateAsync("a", ServiceState.Ready);
        Assert.True((await AllAsync()).Ready);
    }

    [Theory(DisplayName = "C.2 dependencies: a cycle or an unknown name refuses the start, with the whole cycle, and nothing runs")]
    [InlineData("circular service dependency: a -> b -> a", "b", "a")]
    [InlineData("circular service dependency: a -> a", "a", "a")]
    [InlineData("service 'a' depends on 'x', which does not exist", "x", "a")]
    public async Task Refuses(string problem, string first, string second)
    {
        await AddAsync("a", new ServiceStub(), new ServiceOptions { DependsOn = [first] });
        await AddAsync("b", new ServiceStub(), new ServiceOptions { DependsOn = [second] });
        Services.Tell(ServiceCommands.Begin.Instance);
        Assert.Equal(problem, (await ReplyAsync<ServiceReplies.Refused>()).Problem);
        Assert.All((await AllAsync()).All, s => Assert.Equal(ServiceState.Waiting, s.State));
        Services.Tell(new ServiceCommands.Stop(ShutdownKind.Graceful, "refused"));
        await ReplyAsync<ServiceReplies.AllStopped>();
        Assert.True(Stub("a").Quiet && Stub("b").Quiet);
    }

    [Theory(DisplayName = "A definition that breaks a rule is refused, naming service and rule")]
    [InlineData("", 1, "name is empty")]
    [InlineData("a", 257, "service 'a': threads is 257, but should be from 0 to 256")]
    [InlineData("taken", 1, "service 'taken' exists already")]
    public async Task Bad_definition(string name, int threads, string problem)
    {
        await AddAsync("taken", new ServiceStub());
        Services.Tell(new ServicesActor.Add(new ServiceStub().Definition(name, new ServiceOptions { Threads = threads })));
        Assert.Equal(problem, (await ReplyAsync<ServiceReplies.Refused>()).Problem);
    }

    [Fact(DisplayName = "A service that is added while the node runs starts at once when its dependencies are ready; an unknown one is refused")]
    public async Task Added_at_run_time()
    {
        await AddAsync("a", new ServiceStub());
        await BeginAsync();
        (await Stub("a").NextRunAsync()).Ready.NotifyReady();
        await AddAsync("b", new ServiceStub(), new ServiceOptions { DependsOn = ["a"] });
        await Stub("b").NextRunAsync();

        Services.Tell(new ServicesActor.Add(new ServiceStub().Definition("c", new ServiceOptions { DependsOn = ["x"] })));
        Assert.Equal("service 'c' depends on 'x', which does not exist", (await ReplyAsync<ServiceReplies.Refused>()).Problem);
    }

    [Fact(DisplayName = "A service is removed after its end, not while another needs it; then its name is free")]
    public async Task Removed()
    {
        await AddAsync("a", new ServiceStub());
        await AddAsync("b", new ServiceStub(), new ServiceOptions { DependsOn = ["a"] });
        await BeginAsync();
        (await Stub("a").NextRunAsync()).Ready.NotifyReady();
        var run = await Stub("b").NextRunAsync();
        await StateAsync("b", ServiceState.Starting);

        Services.Tell(new ServiceCommands.Remove("a"));
        Assert.Equal("service 'a' is needed by b", (await ReplyAsync<ServiceReplies.Refused>()).Problem);
        Services.Tell(new ServiceCommands.Remove("x"));
        Assert.Equal("service 'x' does not exist", (await ReplyAsync<ServiceReplies.Refused>()).Problem);

        Services.Tell(new ServiceCommands.Remove("b"));
        Assert.Equal("removed", (await run.Shutdown.WhenRequested.WaitAsync(Patience)).Reason);
        Services.Tell(new ServiceCommands.Remove("b"));
        Assert.Equal("service 'b' is being removed already", (await ReplyAsync<ServiceReplies.Refused>()).Problem);
        run.Return();
        await ReplyAsync<ServiceReplies.Removed>();
        Assert.Equal(["a"], (await AllAsync()).All.Select(s => s.Name));
        await AddAsync("b", new ServiceStub());
        await Stub("b").NextRunAsync();
    }

    [Fact(DisplayName = "A service that depends on a part of the node starts when that reports ready, and hears of it when it fails and heals")]
    public async Task Depends_on_part()
    {
        Services.Tell(new ServiceCommands.Report("storage", ServiceState.Starting, DependsOn: []));
        await AddAsync("a", new ServiceStub(), new ServiceOptions { DependsOn = ["storage"] });
        await BeginAsync();
        Assert.Equal(["storage"], (await StatusAsync("a")).WaitingFor.AsEnumerable());
        Services.Tell(new ServiceCommands.Report("storage", ServiceState.Ready));
        var run = await Stub("a").NextRunAsync();
        Services.Tell(new ServiceCommands.Report("storage", ServiceState.Degraded, "disk full"));
        Assert.Equal(("storage", false), await run.NextChangeAsync());
        Services.Tell(new ServiceCommands.Report("storage", ServiceState.Ready));
        Assert.Equal(("storage", true), await run.NextChangeAsync());
    }

    [Fact(DisplayName = "A restart of the services actor forgets no service and ends no run")]
    public async Task Restarts()
    {
        Services.Tell(new ServiceCommands.Report("storage", ServiceState.Ready, DependsOn: []));
        await AddAsync("a", new ServiceStub(), new ServiceOptions { DependsOn = ["storage"] });
        await BeginAsync();
        var run = await Stub("a").NextRunAsync();
        run.Ready.NotifyReady();
        await PhaseAsync(NodePhase.Running);
        await AllAsync();

        Clock.FailOnce();
        Services.Tell(new ServiceCommands.Report("storage", ServiceState.Ready));
        Assert.Equal(["storage", "a"], (await AllAsync()).All.Select(s => s.Name));
        Assert.True(Clock.HasFailed);
        Assert.True((await AllAsync()).Ready);
        Assert.False(run.Shutdown.Token.IsCancellationRequested);

        run.Ready.NotifyUnready("no peers");
        await StateAsync("a", ServiceState.Degraded);
        Services.Tell(new ServiceCommands.Stop(ShutdownKind.Graceful, "test"));
        await run.Shutdown.WhenRequested.WaitAsync(Patience);
        run.Return();
        await ReplyAsync<ServiceReplies.AllStopped>();
    }

    [Fact(DisplayName = "A service whose actor was killed has failed visibly, and its run is told to end at once")]
    public async Task Actor_killed()
    {
        await AddAsync("a", new ServiceStub());
        await BeginAsync();
        var run = await Stub("a").NextRunAsync();
        run.Ready.NotifyReady();
        await StateAsync("a", ServiceState.Ready);
        Sys.ActorSelection(Services.Path / "a").Tell(Kill.Instance);
        Assert.Equal("its actor ended", (await StateAsync("a", ServiceState.Failed)).Error);
        Assert.Equal(ShutdownKind.Fast, (await run.Shutdown.WhenRequested.WaitAsync(Patience)).Kind);

        Services.Tell(new ServiceCommands.Stop(ShutdownKind.Graceful, "test"));
        run.Return();
        await ReplyAsync<ServiceReplies.AllStopped>();
    }

    [Fact(DisplayName = "A name with characters that no actor name may have is a name all the same")]
    public async Task Any_name()
    {
        await AddAsync("a b/c%é", new ServiceStub());
        await BeginAsync();
        (await Stub("a b/c%é").NextRunAsync()).Ready.NotifyReady();
        await StateAsync("a b/c%é", ServiceState.Ready);
    }
}
