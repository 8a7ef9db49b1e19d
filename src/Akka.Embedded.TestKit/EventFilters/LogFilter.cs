using Akka.Event;

namespace Akka.TestKit;

/// <summary>Claims log events; the listener neither prints a claimed one nor offers it to a later filter.</summary>
internal sealed class LogFilter(Func<LogEvent, bool> matches, string description)
{
    /// <summary>Called on the listener's thread for each event that the filter claims.</summary>
    public event Action<LogEvent>? Matched;

    public bool Claims(LogEvent logEvent)
    {
        if (!matches(logEvent))
            return false;
        Matched?.Invoke(logEvent);
        return true;
    }

    public override string ToString() => description;

    public static LogFilter Level<TEvent>(TextMatch message, TextMatch source) where TEvent : LogEvent =>
        new(e => e is TEvent && source.Accepts(e.LogSource) && message.Accepts(e.Message?.ToString()),
            $"{typeof(TEvent).Name}{message}{source}");

    /// <summary>An error with a cause of this type; the text may be the event's or the cause's.</summary>
    public static LogFilter Exception(Type type, TextMatch message, TextMatch source, bool checkInner)
    {
        return new LogFilter(
            e => e is Error { Cause: { } cause }
                && source.Accepts(e.LogSource)
                && (checkInner ? WithInner(cause) : [cause]).Any(x => Fits(x, e)),
            $"Error with {type.Name}{message}{source}");

        bool Fits(Exception cause, LogEvent e) =>
            type.IsInstanceOfType(cause) && (message.Accepts(e.Message?.ToString()) || message.Accepts(cause.Message));
    }

    public static LogFilter DeadLetter(Func<DeadLetter, bool> matches, TextMatch source, string description) =>
        new(e => e is Warning { Message: DeadLetter letter } && source.Accepts(e.LogSource) && matches(letter), $"{description}{source}");

    private static IEnumerable<Exception> WithInner(Exception cause) =>
        cause is AggregateException several
            ? several.InnerExceptions.SelectMany(WithInner).Prepend(several)
            : cause.InnerException is { } inner ? WithInner(inner).Prepend(cause) : [cause];
}
