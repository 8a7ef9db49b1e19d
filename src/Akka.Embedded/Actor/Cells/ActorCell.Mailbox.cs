using Akka.Dispatch;
using Akka.Dispatch.SysMsg;
using Akka.Event;

namespace Akka.Actor;

// The mailbox: two queues and one scheduling word.
//
// User messages come in order from the queue (ActorCell.Queue). System messages are a stack that the consumer takes as a whole
// and reverses.
//
// The consumer is whoever owns the Scheduled bit: from the moment somebody set it until the turn cleared it. Everything that
// is not marked volatile here is touched by the consumer alone; ownership passes through interlocked operations on the word.
internal sealed partial class ActorCell : IRunnable
{
    /// <summary>An actor that handled so many in one turn is sent a stream; ping-pong is not.</summary>
    private const int StreamLength = 4;
    private const int StreamPause = 50;

    [ThreadStatic]
    private static ActorCell? _current;

    private int _suspensions;

    /// <summary>The cell whose turn runs on this thread. A test kit lends its test actor's to the test's thread.</summary>
    internal static ActorCell? Current
    {
        get => _current;
        set => _current = value;
    }

    internal static IActorRef? CurrentSelf => _current?.Self;

    internal static IActorRef? CurrentSender => _current?._turn.Sender;

    internal bool IsTerminated => (Volatile.Read(ref _state) & Closed) != 0;

    internal void Tell(object message, IActorRef? sender)
    {
        sender ??= _system.DeadLetters;
        if (_system.SerializesMessages)
            message = _system.Serialization.RoundTrip(message);
        if ((Volatile.Read(ref _state) & Closed) != 0 || (_policy is not null && !_policy.TryAccept(ref message, ref sender)))
        {
            ToDeadLetters(message, sender);
            return;
        }

        Enqueue(message, sender);
    }

    private void Enqueue(object message, IActorRef sender)
    {
        Append(message, sender);

        // Taking the place was a full fence. If the word says Scheduled, the consumer has yet to clear it and then sees that the
        // place is taken, though perhaps not yet filled; if it says Suspended, the consumer looks when it resumes.
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
            if (_turn.Phase == Phase.Unborn)
                Create();
            int handled;
            do
            {
                RunSystemMessages();
                handled = RunUserMessages();
            }
            while ((Runnable() && !_dispatcher.OthersWait) || (handled >= StreamLength && MoreComes()));
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

    /// <summary>Queues what the cell tells itself: not subject to a bound, not serialized.</summary>
    internal void EnqueueOwn(object message, IActorRef sender)
    {
        _policy?.Accept(ref message, ref sender);
        Enqueue(message, sender);
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
            _dispatcher.ExecuteLast(this);
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
        if (_turn.Phase == Phase.Dead)
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

    /// <summary>Returns how many it handled.</summary>
    private int RunUserMessages()
    {
        var handled = 0;
        var throughput = _dispatcher.Throughput;
        var deadline = _dispatcher.TurnDeadline();
        while ((_state & (Suspended | Closed)) == 0 && TryDequeue(out var message, out var sender))
        {
            Invoke(message, sender);
            if (Volatile.Read(ref _systemMessages) is not null)
                RunSystemMessages();
            if (++handled >= throughput || (deadline != 0 && Environment.TickCount64 >= deadline))
                break;
        }

        if ((_state & Closed) != 0)
            Drain();
        return handled;
    }

    /// <summary>
    /// Lets a stream of messages get ahead for a moment: cheaper than to follow it message by message, each one fetched from the
    /// sender's processor, and than to be woken again. Only while nobody else wants the thread.
    /// </summary>
    private bool MoreComes()
    {
        if (_dispatcher.OthersWait)
            return false;
        Thread.SpinWait(StreamPause);
        return Runnable();
    }

    /// <summary>Everything left in a closed mailbox is a dead letter, also what came in while it was closed.</summary>
    private void Drain()
    {
        while (TryDequeue(out var message, out var sender))
            ToDeadLetters(message, sender);
    }

    private void SuspendMailbox()
    {
        if (_suspensions++ == 0)
            Interlocked.Or(ref _state, Suspended);
    }

    private void ResumeMailbox()
    {
        if (_suspensions > 0 && --_suspensions == 0 && _turn.Phase == Phase.Alive)
            Interlocked.And(ref _state, ~Suspended);
    }

    private void CloseMailbox()
    {
        _suspensions = 0;
        Interlocked.Or(ref _state, Closed);
        Interlocked.And(ref _state, ~Suspended);
        Drain();
        _policy?.Close();
    }
}
