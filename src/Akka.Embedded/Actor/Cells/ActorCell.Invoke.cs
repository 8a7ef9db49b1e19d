using Akka.Event;

namespace Akka.Actor;

// One user message: what the cell handles itself, and the behaviour for the rest.
internal sealed partial class ActorCell
{
    /// <summary>Handles a message at once, on the calling thread. For test kits; the actor must have no turn meanwhile.</summary>
    internal void InvokeDirectly(object message, IActorRef sender)
    {
        var outer = _current;
        _current = this;
        var (outerMessage, outerSender) = (_turn.Message, _turn.Sender);
        (_turn.Message, _turn.Sender) = (message, sender);
        try
        {
            ReceiveMessage(message);
        }
        finally
        {
            (_turn.Message, _turn.Sender) = (outerMessage, outerSender);
            _current = outer;
        }
    }

    private void Invoke(object message, IActorRef sender)
    {
        _turn.Message = message;
        _turn.Sender = sender;
        _turn.IsStashed = false;
        try
        {
            // A timer's message counts by what it carries: it may be marked, it may be a poison pill.
            if (message is not TimerMessage timer)
                Handle(message);
            else if (timer.Owner.TryAccept(timer))
                Handle(_turn.Message = timer.Message);
        }
        catch (Exception e)
        {
            HandleFailure(e, null);
        }

        _turn.Message = null;
        _turn.Sender = null;
    }

    private void Handle(object message)
    {
        if (message is IAutoReceivedMessage)
            AutoReceive(message);
        else
            ReceiveMessage(message);
        if (_seldom is { ReceiveTimeout: { } timeout, AwaitedTasks: 0 })
            timeout.AfterMessage(message);
    }

    private void ReceiveMessage(object message)
    {
        var actor = _actor!;
        if (!_system.LogsReceived || actor is not ILogReceive)
        {
            actor.InvokeAroundReceive(CurrentBehavior, message);
            return;
        }

        var outcome = actor.InvokeAroundReceive(CurrentBehavior, message) ? "handled" : "unhandled";
        _system.PublishDebug(Self.Path.ToString(), actor.GetType(), $"received {outcome} message {message} from {Sender.Path}");
    }

    private void AutoReceive(object message)
    {
        if (_system.Settings.DebugAutoReceive)
            _system.PublishDebug(Self.Path.ToString(), _actor!.GetType(), $"received AutoReceiveMessage {message}");
        switch (message)
        {
            case PoisonPill:
                Self.Stop();
                break;
            case Kill:
                throw new ActorKilledException("Kill");
            case Terminated terminated:
                if (_seldom?.Watch is { } watch && watch.TakeQueuedTerminated(terminated.ActorRef, out var custom))
                    ReceiveMessage(_turn.Message = custom ?? terminated);
                break;
            case Identify identify:
                Sender.Tell(new ActorIdentity(identify.MessageId, Self), Self);
                break;
            case ActorSelectionMessage selection:
                Akka.Actor.ActorSelection.Deliver(Self, Sender, selection);
                break;
            default:
                // Markers of other components: not ours to handle.
                ReceiveMessage(message);
                break;
        }
    }

    internal void PublishUnhandled(object message)
    {
        if (message is Terminated terminated)
            throw new DeathPactException(terminated.ActorRef);
        _system.EventStream.Publish(new UnhandledMessage(message, Sender, Self));
    }
}
