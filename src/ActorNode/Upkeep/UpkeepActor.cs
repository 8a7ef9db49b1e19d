using ActorNode.Protocol.Services;
using ActorNode.Protocol.Upkeep;
using Akka.Actor;

namespace ActorNode.Upkeep;

/// <summary>Supervises channel upkeep and answers for it.</summary>
public sealed class UpkeepActor : ReceiveActor
{
    /// <summary>What it is called among the services.</summary>
    public const string ServiceName = "upkeep";

    private readonly UpkeepContext _context;
    private readonly IActorRef _services;
    private readonly DateTimeOffset _since;

    public static Props Props(UpkeepContext context, IActorRef services) => Akka.Actor.Props.Create(() => new UpkeepActor(context, services));

    public UpkeepActor(UpkeepContext context, IActorRef services)
    {
        _context = context;
        _services = services;
        _since = _context.Clock.GetUtcNow();
        Receive<UpkeepQueries.GetUpkeep>(_ => Sender.Tell(new UpkeepStatus { State = UpkeepState.Starting, Since = _since, Events = new EventPumpStatus() }));
        Receive<UpkeepCommands.Stop>(_ => Sender.Tell(new UpkeepReplies.Stopped(null)));
    }

    protected override void PreStart() => _services.Tell(new ServiceCommands.Report(ServiceName, ServiceState.Ready));
}
