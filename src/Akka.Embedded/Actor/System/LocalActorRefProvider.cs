using Akka.Actor.Internal;
using Akka.Dispatch;

namespace Akka.Actor;

/// <summary>The roots of the tree, and references by path.</summary>
internal sealed class LocalActorRefProvider : IActorRefProvider
{
    private readonly ActorSystemImpl _system;
    private readonly TempContainer _temp;
    private readonly LocalActorRef _root;

    public LocalActorRefProvider(ActorSystemImpl system, MessageDispatcher dispatcher, Action<Exception> onRootFailure, Action onTermination)
    {
        _system = system;
        DefaultAddress = new Address("akka", system.Name);
        RootPath = new RootActorPath(DefaultAddress);
        DeadLetters = new DeadLetterActorRef(this, RootPath / "deadLetters", system.EventStream);
        IgnoreRef = new IgnoreActorRef(this);
        var above = new AboveRoot(this, RootPath / "_above", onRootFailure, onTermination);
        _root = new LocalActorRef(system, Props.Create(() => new RootGuardian()), dispatcher, above, RootPath);
        _temp = new TempContainer(this, RootPath / "temp", _root);
    }

    public ActorSystemImpl System => _system;

    public IInternalActorRef RootGuardian => _root;

    public LocalActorRef Guardian { get; private set; } = null!;

    public LocalActorRef SystemGuardian { get; private set; } = null!;

    public IActorRef DeadLetters { get; }

    public IActorRef IgnoreRef { get; }

    public ActorPath RootPath { get; }

    public Settings Settings => _system.Settings;

    public IInternalActorRef TempContainer => _temp;

    public Task TerminationTask => _system.WhenTerminated;

    public Address DefaultAddress { get; }

    public void StartGuardians(SupervisorStrategy userStrategy, Props? guardianProps)
    {
        SystemGuardian = _root.Cell.StartChild(Props.Create(() => new Guardian(SupervisorStrategy.DefaultStrategy)), "system", systemService: true);
        Guardian = _root.Cell.StartChild(guardianProps ?? Props.Create(() => new Guardian(userStrategy)), "user", systemService: true);
        _root.Tell(new RootGuardian.Guard(Guardian, SystemGuardian), ActorRefs.NoSender);
    }

    public ActorPath TempPath() => _temp.NextPath();

    public void RegisterTemp(IInternalActorRef actor, ActorPath path) => _temp.Add(path.Name, actor);

    public void UnregisterTemp(ActorPath path) => _temp.Remove(path.Name);

    public IActorRef RootGuardianAt(Address address) => IsOwn(address) ? _root : DeadLetters;

    public Address? GetExternalAddressFor(Address address) => IsOwn(address) ? address : null;

    public IActorRef ResolveActorRef(string path) => ActorPath.TryParse(path, out var parsed)
        ? ResolveActorRef(parsed!)
        : path.StartsWith('/') && ActorPath.TryParse(RootPath, path, out parsed) ? ResolveActorRef(parsed!) : DeadLetters;

    public IActorRef ResolveActorRef(ActorPath actorPath)
    {
        if (!IsOwn(actorPath.Address))
            return DeadLetters;
        var elements = actorPath.Elements;
        var found = elements.Count switch
        {
            0 => _root,
            1 when elements[0] == DeadLetters.Path.Name => DeadLetters,
            _ when elements[0] == "temp" => _temp.GetChild([.. elements.Skip(1)]),
            _ => _root.GetChild(elements)
        };
        // A path without an incarnation takes whoever is there.
        return found.IsNobody() || (actorPath.Uid != ActorPath.UndefinedUid && found.Path.Uid != actorPath.Uid)
            ? new EmptyLocalActorRef(this, actorPath, _system.EventStream)
            : found;
    }

    private bool IsOwn(Address address) => address.HasLocalScope && address.System == _system.Name;
}
