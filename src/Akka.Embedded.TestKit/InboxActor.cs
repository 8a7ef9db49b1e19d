using Akka.Actor;

namespace Akka.TestKit;

/// <summary>Receives for a test: everything that is not one of its own commands goes to the inbox, in arrival order.</summary>
internal sealed class InboxActor(Inbox inbox) : ActorBase
{
    private readonly DelegatingSupervisorStrategy _strategy = new();
    private AutoPilot _autoPilot = AutoPilot.NoAutoPilot;
    private Func<object, bool>? _ignore;

    protected override SupervisorStrategy SupervisorStrategy() => _strategy;

    protected override bool Receive(object message)
    {
        switch (message)
        {
            case SetIgnore command:
                _ignore = command.Ignore;
                break;
            case SetAutoPilot command:
                _autoPilot = command.AutoPilot;
                break;
            case WatchActor command:
                Context.Watch(command.Actor);
                break;
            case UnwatchActor command:
                Context.Unwatch(command.Actor);
                break;
            case Spawn command:
                Start(command);
                break;
            default:
                Keep(message);
                break;
        }

        return true;
    }

    protected override void PostStop()
    {
        // What the test has not looked at is a dead letter like the rest of a stopped actor's mailbox. The test may still expect it.
        foreach (var envelope in inbox.Snapshot())
            Context.System.DeadLetters.Tell(new Event.DeadLetter(envelope.Message, envelope.Sender, Self), envelope.Sender);
    }

    private void Start(Spawn command)
    {
        try
        {
            var child = command.Name is { } name ? Context.ActorOf(command.Props, name) : Context.ActorOf(command.Props);
            if (command.Strategy is { } strategy)
                _strategy.Update(child, strategy);
            command.Started.TrySetResult(child);
        }
        catch (Exception cause)
        {
            // The test asked, the test hears of it; this actor has done nothing wrong.
            command.Started.TrySetException(cause);
        }
    }

    private void Keep(object message)
    {
        var next = _autoPilot.Run(Sender, message);
        if (next is not KeepRunning)
            _autoPilot = next;
        if (_ignore is null || !_ignore(message))
            inbox.Add(new RealMessageEnvelope(message, Sender));
    }

    internal sealed record SetIgnore(Func<object, bool>? Ignore) : INoSerializationVerificationNeeded;

    internal sealed record SetAutoPilot(AutoPilot AutoPilot) : INoSerializationVerificationNeeded;

    internal sealed record WatchActor(IActorRef Actor) : INoSerializationVerificationNeeded;

    internal sealed record UnwatchActor(IActorRef Actor) : INoSerializationVerificationNeeded;

    internal sealed record Spawn(Props Props, string? Name, SupervisorStrategy? Strategy) : INoSerializationVerificationNeeded
    {
        public TaskCompletionSource<IActorRef> Started { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
