using Akka.Actor;

namespace Akka.Event;

/// <summary>
/// Logs dead letters, unhandled and dropped messages: the first <c>akka.log-dead-letters</c>, then none for
/// <c>akka.log-dead-letters-suspend-duration</c>.
/// </summary>
public class DeadLetterListener : ActorBase
{
    private readonly EventStream _eventStream = Context.System.EventStream;
    private readonly int _maxCount = Context.System.Settings.LogDeadLetters;
    private readonly TimeSpan _suspension = Context.System.Settings.LogDeadLettersSuspendDuration;
    private int _count;
    private DateTimeOffset? _suspendedUntil;

    protected override void PreStart()
    {
        _eventStream.Subscribe(Self, typeof(DeadLetter));
        _eventStream.Subscribe(Self, typeof(Dropped));
        _eventStream.Subscribe(Self, typeof(UnhandledMessage));
    }

    protected override void PreRestart(Exception reason, object message)
    {
    }

    protected override void PostRestart(Exception reason)
    {
    }

    protected override void PostStop() => _eventStream.Unsubscribe(Self);

    protected override bool Receive(object message)
    {
        if (message is not AllDeadLetters letter)
            return false;
        var now = Context.System.Scheduler.Now;
        _count++;
        if (_suspendedUntil is { } until)
        {
            if (now < until)
                return true;
            // This one is logged.
            Report(letter, $", of which {_count - _maxCount - 1} were not logged. The counter will be reset now");
            _suspendedUntil = null;
            _count = 0;
            return true;
        }

        var last = _maxCount != int.MaxValue && _count >= _maxCount;
        if (!last)
            Report(letter, "");
        else if (_suspension == Timeout.InfiniteTimeSpan || _suspension <= TimeSpan.Zero)
            ReportLast(letter);
        else
        {
            Report(letter, $", no more dead letters will be logged in next [{_suspension}]");
            _suspendedUntil = now + _suspension;
        }

        return true;
    }

    private void ReportLast(AllDeadLetters letter)
    {
        Report(letter, ", no more dead letters will be logged");
        Context.Stop(Self);
    }

    private void Report(AllDeadLetters letter, string done)
    {
        var what = letter switch
        {
            UnhandledMessage => "was unhandled",
            Dropped dropped => $"was dropped: {dropped.Reason}",
            _ => "was not delivered"
        };
        var kind = letter is UnhandledMessage ? "unhandled messages" : letter is Dropped ? "dropped messages" : "dead letters";
        _eventStream.Publish(new Info(letter.Recipient.Path.ToString(), letter.Recipient.GetType(),
            $"Message [{letter.Message.GetType().Name}] from {letter.Sender?.ToString() ?? "NoSender"} to {letter.Recipient} {what}. [{_count}] {kind} encountered{done}. "
            + "This logging can be turned off or adjusted with configuration settings 'akka.log-dead-letters' and 'akka.log-dead-letters-during-shutdown'."));
    }
}
