using Akka.Dispatch.SysMsg;

namespace Akka.Actor;

internal sealed partial class ActorCell
{
    private static readonly LocalActorRef[] NoChildren = [];

    private Children? _children;

    public IActorRef ActorOf(Props props, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(props);
        if (name is not null)
            CheckName(name);
        return StartChild(props, name, systemService: false);
    }

    public IActorRef Child(string name) => (IActorRef?)FindChild(name) ?? ActorRefs.Nobody;

    public IEnumerable<IActorRef> GetChildren() => ChildRefs();

    public void Stop(IActorRef child)
    {
        if (child is LocalActorRef local && _children is not null && _children.Contains(local))
            _children.MarkDying(local);
        ((IInternalActorRef)child).Stop();
    }

    /// <summary>The living child of this name; it may be asked from any thread.</summary>
    internal LocalActorRef? FindChild(string name)
    {
        // A name may carry the incarnation: name#uid.
        var hash = name.IndexOf('#', StringComparison.Ordinal);
        var plain = hash < 0 ? name : name[..hash];
        if (Volatile.Read(ref _children) is not { } children || !children.TryGet(plain, out var child))
            return null;
        return hash < 0 || long.TryParse(name.AsSpan(hash + 1), out var uid) && uid == child.Uid ? child : null;
    }

    internal LocalActorRef[] ChildRefs() => Volatile.Read(ref _children)?.Refs() ?? NoChildren;

    internal LocalActorRef StartChild(Props props, string? name, bool systemService)
    {
        if (_turn.Phase is Phase.Terminating or Phase.Dead)
            throw new InvalidOperationException($"Cannot create a child of {Self}: it is terminating or terminated");
        var children = _children ?? Interlocked.CompareExchange(ref _children, new Children(), null) ?? _children;
        var child = _system.NewLocalActor(props, Self, name ?? children.NextAnonymousName(), systemService);
        if (!children.TryAdd(child))
            throw new InvalidActorNameException($"Actor name \"{name}\" is not unique!");

        // A guardian may have begun to terminate on its own turn while another thread added this child.
        if (_turn.Phase is Phase.Terminating or Phase.Dead)
            child.Stop();
        child.Cell.Start();
        if (_system.Settings.DebugLifecycle)
            DebugLifecycle($"now supervising {child.Path}");
        return child;
    }

    internal void HandleChildTerminated(LocalActorRef child)
    {
        if (_children is null || !_children.Remove(child))
            return;
        try
        {
            _actor?.Strategy.HandleChildTerminated(this, child, _children.AsRefs());
        }
        catch (Exception e)
        {
            HandleFailure(e, null);
        }

        switch (_turn.Phase)
        {
            case Phase.Terminating when _children.IsEmpty:
                FinishTermination();
                break;
            case Phase.Alive when PendingRecreation is { } cause && !_children.AnyDying:
                FinishRecreate(cause);
                break;
        }
    }

    private static void CheckName(string name)
    {
        if (name.Length == 0)
            throw new InvalidActorNameException("Actor name must not be empty.");
        if (!ActorPath.IsValidPathElement(name))
            throw new InvalidActorNameException(
                $"Illegal actor name [{name}]. Actor paths MUST: not start with `$`, include only ASCII letters and can only contain these special characters: {ActorPath.ValidSymbols}.");
    }

    private void StopChildren()
    {
        foreach (var child in ChildRefs())
            Stop(child);
    }

    private void SuspendChildren(LocalActorRef? except)
    {
        foreach (var child in ChildRefs())
        {
            if (!ReferenceEquals(child, except))
                child.SendSystemMessage(new Suspend());
        }
    }
}
