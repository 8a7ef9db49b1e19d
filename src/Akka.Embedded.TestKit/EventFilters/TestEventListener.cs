using Akka.Actor;
using Akka.Dispatch.SysMsg;
using Akka.Event;

namespace Akka.TestKit;

/// <summary>The logger of test systems: prints what no filter claims. Dead letters and unhandled messages count as warnings.</summary>
public class TestEventListener : DefaultLogger
{
    // Mutes of the same filter may nest: each is undone by one unmute.
    private readonly List<LogFilter> _filters = [];

    protected override bool Receive(object message)
    {
        switch (message)
        {
            case InitializeLogger initialize:
                foreach (var channel in new[] { typeof(Mute), typeof(Unmute), typeof(DeadLetter), typeof(UnhandledMessage) })
                    initialize.LoggingBus.Subscribe(Self, channel);
                Sender.Tell(new LoggerInitialized());
                break;
            case Mute mute:
                _filters.AddRange(mute.Filters);
                break;
            case Unmute unmute:
                foreach (var filter in unmute.Filters)
                    _filters.Remove(filter);
                break;
            case LogEvent logEvent:
                if (!IsClaimed(logEvent))
                    Print(logEvent);
                break;
            case DeadLetter { Message: not Terminate } letter:
                OnDeadLetter(letter);
                break;
            case DeadLetter:
                // Stopping what has stopped is how systems end.
                break;
            case UnhandledMessage unhandled:
                OnUnhandled(unhandled);
                break;
            default:
                Print(new Debug(Self.Path.ToString(), GetType(), message));
                break;
        }

        return true;
    }

    private bool IsClaimed(LogEvent logEvent)
    {
        foreach (var filter in _filters)
        {
            if (filter.Claims(logEvent))
                return true;
        }

        return false;
    }

    private void OnDeadLetter(DeadLetter letter)
    {
        var path = letter.Recipient.Path.ToString();
        if (!IsClaimed(new Warning(path, letter.Recipient.GetType(), letter)))
        {
            Print(new Warning(path, letter.Recipient.GetType(),
                $"Received dead {(letter.Message is ISystemMessage ? "system message" : "letter")} from {letter.Sender}: {letter.Message}"));
        }
    }

    private void OnUnhandled(UnhandledMessage unhandled)
    {
        var warning = new Warning(unhandled.Recipient.Path.ToString(), unhandled.Recipient.GetType(),
            $"Unhandled message from {unhandled.Sender}: {unhandled.Message}");
        if (!IsClaimed(warning))
            Print(warning);
    }

    internal sealed record Mute(IReadOnlyList<LogFilter> Filters) : INoSerializationVerificationNeeded;

    internal sealed record Unmute(IReadOnlyList<LogFilter> Filters) : INoSerializationVerificationNeeded;
}
