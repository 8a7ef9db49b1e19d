using Akka.Actor.Internal;
using Akka.Dispatch;
using Akka.Dispatch.MessageQueues;

namespace Akka.Actor;

/// <summary>
/// A mailbox whose order is that of a queue of its own, such as a priority queue. The cell's queue holds one token for each message
/// of it: so a turn is given, suspended and ended as always, and the queue is asked when a token's turn has come.
/// </summary>
internal sealed class QueuedMailbox(MailboxType type) : MailboxPolicy
{
    private static readonly object Token = new();

    private IActorRef _owner = ActorRefs.Nobody;
    private ActorSystemImpl? _system;
    private IMessageQueue? _queue;

    /// <summary>Before the first message can come.</summary>
    public void Open(IActorRef owner, ActorSystemImpl system)
    {
        _owner = owner;
        _system = system;
        _queue = type.Create(owner, system);
    }

    public override bool TryAccept(ref object message, ref IActorRef sender)
    {
        Accept(ref message, ref sender);
        return true;
    }

    public override void Accept(ref object message, ref IActorRef sender)
    {
        _queue!.Enqueue(_owner, new Envelope(message, sender));
        message = Token;
    }

    public override bool TryRelease(ref object message, ref IActorRef sender)
    {
        if (!_queue!.TryDequeue(out var envelope))
            return false;
        (message, sender) = (envelope.Message, envelope.Sender);
        return true;
    }

    public override void Close() => _queue!.CleanUp(_owner, new DeadLetterQueue(_system!));

    private sealed class DeadLetterQueue(ActorSystemImpl system) : IMessageQueue
    {
        public bool HasMessages => false;

        public int Count => 0;

        public void Enqueue(IActorRef receiver, Envelope envelope) =>
            ((LocalActorRef)receiver).Cell.ToDeadLetters(envelope.Message, envelope.Sender ?? system.DeadLetters);

        public bool TryDequeue(out Envelope envelope)
        {
            envelope = default;
            return false;
        }

        public void CleanUp(IActorRef owner, IMessageQueue deadletters)
        {
        }
    }
}
