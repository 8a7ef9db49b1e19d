using System.Collections.Immutable;
using ActorNode.Protocol.Services;
using Akka;
using Akka.Actor;
using Akka.Event;
using Akka.Hosting;

namespace ActorNode.Services;

/// <summary>
/// Knows the state of each service from what services report of themselves, and answers for the whole node. Holds no work and never
/// waits. Nothing survives a restart of the process: services report again when they start.
/// </summary>
public sealed class ServicesActor : UntypedActor
{
    private readonly TimeProvider _clock;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private ImmutableArray<ServiceStatus> _services = [];
    private bool _stopping;

    public static Props Props(TimeProvider clock) => Akka.Actor.Props.Create(() => new ServicesActor(clock));

    public ServicesActor(TimeProvider clock) => _clock = clock;

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ServiceCommands.Report report:
                OnReport(report);
                break;
            case ServiceQueries.GetServices:
                Sender.Tell(new ServiceReplies.Services(_services));
                break;
            case ServiceCommands.BeginStopping:
                OnStopping();
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void OnReport(ServiceCommands.Report report)
    {
        var state = _stopping && report.State != ServiceState.Stopped ? ServiceState.Stopping : report.State;
        var index = IndexOf(report.Name);
        var old = index < 0
            ? new ServiceStatus(report.Name, ServiceState.Starting, _clock.GetUtcNow(), [], Restarts: 0, LastError: null)
            : _services[index];
        var status = old with
        {
            State = state,
            Since = state == old.State && !report.Restarted ? old.Since : _clock.GetUtcNow(),
            DependsOn = report.DependsOn.IsDefault ? old.DependsOn : report.DependsOn,
            Restarts = old.Restarts + (report.Restarted ? 1 : 0),
            LastError = report.Error ?? old.LastError,
        };
        _services = index < 0 ? _services.Add(status) : _services.SetItem(index, status);
        if (index < 0 || old.State != status.State)
            _log.Info("Service {Service} is {State}", status.Name, status.State);
    }

    private void OnStopping()
    {
        _stopping = true;
        foreach (var service in _services)
            OnReport(new ServiceCommands.Report(service.Name, ServiceState.Stopping));
    }

    private int IndexOf(string name)
    {
        for (var i = 0; i < _services.Length; i++)
            if (_services[i].Name == name)
                return i;
        return -1;
    }
}

/// <summary>Starts the services actor, before everything that reports to it.</summary>
public static class ServicesHosting
{
    /// <summary>Starts <c>/user/services</c> and, when the node shuts down, marks every service as stopping before anything closes.</summary>
    public static AkkaConfigurationBuilder WithServices(this AkkaConfigurationBuilder builder) =>
        builder.WithActors((system, registry) =>
        {
            var services = system.ActorOf(ServicesActor.Props(new SchedulerClock(system.Scheduler)), "services");
            registry.Register<ServicesActor>(services);
            CoordinatedShutdown.Get(system).AddTask(CoordinatedShutdown.PhaseBeforeServiceUnbind, "services-not-ready", () =>
            {
                services.Tell(ServiceCommands.BeginStopping.Instance);
                return Task.FromResult(Done.Instance);
            });
        });
}
