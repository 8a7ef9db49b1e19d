using Akka.Dispatch;
using Akka.Dispatch.SysMsg;
using Akka.Event;

namespace Akka.Actor;

// The mailbox: two queues and one scheduling word.
//
// User messages are a linked queue of many producers and one consumer: a producer swaps itself in as the tail and then links
// its predecessor, without a lock or a retry. The cell itself is the first, empty node, so an idle actor owns no node.
// Messages put back to the front (stash) are a private list of the consumer. System messages are a stack that the consumer
// takes as a whole and reverses.
//
// The consumer is whoever owns the Scheduled bit: from the moment somebody set it until the turn cleared it. Everything that
// is not marked volatile here is touched by the consumer alone; ownership passes through interlocked operations on the word.
internal sealed partial class ActorCell : MailboxLink, IRunnable
{
    private const int Scheduled = 1;
    private const int Suspended = 2;
    private const int Closed = 4;

    [ThreadStatic]
    private static ActorCell? _current;

    private MailboxLink _tail;
    private MailboxLink _head;
    private MailboxNode? _front;
    private SystemMessage? _systemMessages;
    private int _state = Scheduled;
    private int _suspensions;

    /// <summary>The cell whose turn runs on this thread. A test kit lends its test actor's to the test's thread.</summary>
    internal static ActorCell? Current
    {
        get => _current;
        set => _current = value;
    }

    internal static IActorRef? CurrentSelf => _current?.Self;

    internal static IActorRef? CurrentSender => _current?._sender;

    internal bool IsTerminated => (Volatile.Read(ref _state) & Closed) != 0;

    internal bool HasMessages => _front is not null || Volatile.Read(ref _head.NextNode) is not null;

    /// <summary>Counts by walking: for tests and diagnostics, exact only on the actor's own turn.</summary>
    internal int NumberOfMessages
    {
        get
        {
            var count = 0;
            for (var node = _front; node is not null; node = node.NextNode)
                count++;
            for (var node = Volatile.Read(ref _head.NextNode); node is not null; node = Volatile.Read(ref node.NextNode))
                count++;
            return count;
        }
    }

    internal void Tell(object message, IActorRef? sender)
    {
        sender ??= _system.DeadLetters;
        if (_system.SerializesMessages)
            message = _system.Serialization.RoundTrip(message);
        if ((Volatile.Read(ref _state) & Closed) != 0 || (_bound is not null && !_bound.TryReserve()))
        {
            ToDeadLetters(message, sender);
            return;
        }

        Enqueue(message, sender);
    }

    private void Enqueue(object message, IActorRef sender)
    {
        var node = new MailboxNode { Message = message, MessageSender = sender };
        var previous = Interlocked.Exchange(ref _tail, node);
        Volatile.Write(ref previous.NextNode, node);

        // The swap above is a full fence. If the word says Scheduled, the consumer has yet to clear it and then looks again;
        // if it says Suspended, the consumer looks when it resumes.
        if ((Volatile.Read(ref _state) & (Scheduled | Suspended)) == 0)
            ScheduleTurn();
    }

    internal void SendSystemMessage(SystemMessage message)
    {
        SystemMessage? top;
        do
        {
            top = Volatile.Read(ref _systemMessages);
            message.Next = top;
        }
        while (Interlocked.CompareExchange(ref _systemMessages, message, top) != top);

        if ((Volatile.Read(ref _state) & Scheduled) == 0)
            ScheduleTurn();
    }

    /// <summary>Gives the new cell, which is born scheduled, its first turn.</summary>
    internal void Start() => _dispatcher.Execute(this);

    void IThreadPoolWorkItem.Execute() => Run();

    /// <summary>One turn: the system's messages, then up to <c>throughput</c> of the user's.</summary>
    public void Run()
    {
        var outer = _current;
        _current = this;
        try
        {
            if (_phase == Phase.Unborn)
                Create();
            RunSystemMessages();
            RunUserMessages();
        }
        catch (Exception e)
        {
            // Nothing that user code throws comes here. The actor must not stay scheduled for ever all the same.
            _system.PublishError(e, Self.ToString(), GetType(), "The turn of an actor failed");
        }
        finally
        {
            _current = outer;
        }

        EndTurn();
    }

    /// <summary>Queues what the cell tells itself: not subject to the bound, not serialized.</summary>
    internal void EnqueueOwn(object message, IActorRef sender)
    {
        _bound?.ReserveAlways();
        Enqueue(message, sender);
    }

    /// <summary>Puts a message before all that wait. On the actor's turn only.</summary>
    internal void EnqueueFirst(Envelope envelope)
    {
        if (envelope.Message is Terminated terminated)
            _watch?.RequeueTerminated(terminated.ActorRef);
        _front = new MailboxNode { Message = envelope.Message, MessageSender = envelope.Sender, NextNode = _front };
    }

    internal void ToDeadLetters(object message, IActorRef sender)
    {
        // A dead letter on its way to a subscriber that stopped has been published already.
        if (message is not DeadLetter)
            _system.DeadLetters.Tell(new DeadLetter(message, sender, Self), sender);
    }

    private void ScheduleTurn()
    {
        if ((Interlocked.Or(ref _state, Scheduled) & Scheduled) == 0)
            _dispatcher.Execute(this);
    }

    private void EndTurn()
    {
        if (Runnable())
        {
            _dispatcher.Execute(this);
            return;
        }

        Interlocked.And(ref _state, ~Scheduled);
        if (Runnable())
            ScheduleTurn();
    }

    private bool Runnable() =>
        Volatile.Read(ref _systemMessages) is not null || ((Volatile.Read(ref _state) & Suspended) == 0 && HasMessages);

    private void RunSystemMessages()
    {
        while (Volatile.Read(ref _systemMessages) is not null)
        {
            SystemMessage? ordered = null;
            for (var message = Interlocked.Exchange(ref _systemMessages, null); message is not null;)
            {
                var next = message.Next;
                message.Next = ordered;
                ordered = message;
                message = next;
            }

            for (; ordered is not null; ordered = ordered.Next)
                RunSystemMessage(ordered);
        }
    }

    private void RunSystemMessage(SystemMessage message)
    {
        if (_phase == Phase.Dead)
        {
            message.Undeliverable();
            return;
        }

        try
        {
            message.Apply(this);
        }
        catch (Exception e)
        {
            HandleFailure(e, null);
        }
    }

    private void RunUserMessages()
    {
        var left = _dispatcher.Throughput;
        var deadline = _dispatcher.TurnDeadline();
        while ((_state & (Suspended | Closed)) == 0 && TryDequeue(out var message, out var sender))
        {
            Invoke(message, sender);
            if (Volatile.Read(ref _systemMessages) is not null)
                RunSystemMessages();
            if (--left <= 0 || (deadline != 0 && Environment.TickCount64 >= deadline))
                break;
        }

        if ((_state & Closed) != 0)
            Drain();
    }

    /// <summary>Everything left in a closed mailbox is a dead letter, also what came in while it was closed.</summary>
    private void Drain()
    {
        while (TryDequeue(out var message, out var sender))
            ToDeadLetters(message, sender);
    }

    private bool TryDequeue(out object message, out IActorRef sender)
    {
        var node = _front;
        if (node is not null)
        {
            _front = node.NextNode;
            message = node.Message!;
            sender = node.MessageSender!;
            return true;
        }

        node = Volatile.Read(ref _head.NextNode);
        if (node is null)
        {
            message = sender = null!;
            return false;
        }

        // The node becomes the empty one. The old one must not point at younger nodes: dead but promoted, it would keep them alive.
        _head.NextNode = null;
        _head = node;
        message = node.Message!;
        sender = node.MessageSender!;
        node.Message = null;
        node.MessageSender = null;
        _bound?.Release();
        return true;
    }

    private void SuspendMailbox()
    {
        if (_suspensions++ == 0)
            Interlocked.Or(ref _state, Suspended);
    }

    private void ResumeMailbox()
    {
        if (_suspensions > 0 && --_suspensions == 0 && _phase == Phase.Alive)
            Interlocked.And(ref _state, ~Suspended);
    }

    private void CloseMailbox()
    {
        _suspensions = 0;
        Interlocked.Or(ref _state, Closed);
        Interlocked.And(ref _state, ~Suspended);
        Drain();
    }
}
