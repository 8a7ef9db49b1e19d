using ActorNode.Protocol.Services;
using ActorNode.Services;
using ActorNode.Tests.Support;
using Akka.Actor;
using Xunit;

namespace ActorNode.Tests.Services;

public sealed class ServicesActorSpec : NodeSpec
{
    private readonly IActorRef _services;

    public ServicesActorSpec() => _services = Sys.ActorOf(ServicesActor.Props(new SchedulerClock(Sys.Scheduler)));

    [Fact(DisplayName = "A node without services is not ready; with all of them ready it is; with one degraded it is not")]
    public async Task Ready_when_all_are()
    {
        Assert.False((await StateAsync()).Ready);
        _services.Tell(new ServiceCommands.Report("storage", ServiceState.Ready));
        _services.Tell(new ServiceCommands.Report("messages", ServiceState.Ready, DependsOn: ["storage"]));
        Assert.True((await StateAsync()).Ready);
        _services.Tell(new ServiceCommands.Report("storage", ServiceState.Degraded, "disk full"));
        Assert.False((await StateAsync()).Ready);
    }

    [Fact(DisplayName = "A service keeps the time of its last change, its restarts and its last error after it has healed")]
    public async Task Remembers()
    {
        _services.Tell(new ServiceCommands.Report("storage", ServiceState.Ready, DependsOn: []));
        await StateAsync();
        Scheduler.Advance(TimeSpan.FromMinutes(1));
        var changed = Scheduler.Now;
        _services.Tell(new ServiceCommands.Report("storage", ServiceState.Degraded, "disk full"));
        _services.Tell(new ServiceCommands.Report("storage", ServiceState.Ready, Restarted: true));
        await StateAsync();
        Scheduler.Advance(TimeSpan.FromMinutes(1));
        _services.Tell(new ServiceCommands.Report("storage", ServiceState.Ready));

        var status = Assert.Single((await StateAsync()).All);
        Assert.Equal((ServiceState.Ready, changed, 1, "disk full"), (status.State, status.Since, status.Restarts, status.LastError));
    }

    [Fact(DisplayName = "From the beginning of a shutdown no service is ready any more, whatever it says")]
    public async Task Stopping_is_final()
    {
        _services.Tell(new ServiceCommands.Report("storage", ServiceState.Ready));
        _services.Tell(ServiceCommands.BeginStopping.Instance);
        _services.Tell(new ServiceCommands.Report("storage", ServiceState.Ready));
        _services.Tell(new ServiceCommands.Report("messages", ServiceState.Ready));

        Assert.All((await StateAsync()).All, s => Assert.Equal(ServiceState.Stopping, s.State));
        _services.Tell(new ServiceCommands.Report("storage", ServiceState.Stopped));
        Assert.Equal(ServiceState.Stopped, (await StateAsync()).All[0].State);
    }

    private async Task<ServiceReplies.Services> StateAsync()
    {
        _services.Tell(ServiceQueries.GetServices.Instance);
        return await ExpectMsgAsync<ServiceReplies.Services>();
    }
}
