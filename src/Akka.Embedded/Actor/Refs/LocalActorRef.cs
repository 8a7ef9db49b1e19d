using Akka.Actor.Internal;
using Akka.Dispatch;
using Akka.Dispatch.SysMsg;

namespace Akka.Actor;

/// <summary>The reference of an actor in this process. Its path is built when somebody asks for it.</summary>
internal sealed class LocalActorRef : InternalActorRefBase
{
    private ActorPath? _path;

    public LocalActorRef(ActorSystemImpl system, Props props, MessageDispatcher dispatcher, MailboxPolicy? policy, IInternalActorRef parent,
        string name, long uid)
    {
        Name = name;
        Uid = uid;
        Cell = new ActorCell(system, this, props, dispatcher, policy, parent);
    }

    /// <summary>A guardian: its path is given.</summary>
    public LocalActorRef(ActorSystemImpl system, Props props, MessageDispatcher dispatcher, IInternalActorRef parent, ActorPath path)
        : this(system, props, dispatcher, null, parent, path.Name, path.Uid) => _path = path;

    public string Name { get; }

    public long Uid { get; }

    public ActorCell Cell { get; }

    public override ActorPath Path => _path ??= new ChildActorPath(Parent.Path, Name, Uid);

    public override IInternalActorRef Parent => Cell.Parent;

    public override IActorRefProvider Provider => Cell.System.Provider;

    public override bool IsTerminated => Cell.IsTerminated;

    public override bool IsLocal => true;

    internal override long IncarnationId => Uid;

    public override void Resume(Exception? causedByFailure = null) => Cell.SendSystemMessage(new Resume(causedByFailure));

    public override void Start() => Cell.Start();

    public override void Stop() => Cell.SendSystemMessage(new Terminate());

    public override void Restart(Exception cause) => Cell.SendSystemMessage(new Recreate(cause));

    public override void Suspend() => Cell.SendSystemMessage(new Suspend());

    public override void SendSystemMessage(ISystemMessage message) => Cell.SendSystemMessage((SystemMessage)message);

    public override IActorRef GetChild(IReadOnlyList<string> name)
    {
        IInternalActorRef current = this;
        for (var i = 0; i < name.Count; i++)
        {
            switch (name[i])
            {
                case "":
                    break;
                case "..":
                    current = current.Parent;
                    break;
                case var element when current is LocalActorRef local:
                    if (local.Cell.FindChild(element) is not { } child)
                        return ActorRefs.Nobody;
                    current = child;
                    break;
                default:
                    return current.GetChild([.. name.Skip(i)]);
            }
        }

        return current;
    }

    protected override void TellInternal(object message, IActorRef sender) => Cell.Tell(message, sender);
}
