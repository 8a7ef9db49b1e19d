using System.Text.RegularExpressions;
using Akka.Actor;
using Akka.Event;

namespace Akka.TestKit;

/// <summary>
/// Says which log events a test expects or wants muted. Needs <see cref="TestEventListener"/> among <c>akka.loggers</c>, and events of
/// a level that the system logs. A chain by <see cref="IEventFilterApplier.And"/> takes what any of its filters takes.
/// </summary>
public class EventFilterFactory
{
    private readonly TestKitBase _testkit;
    private readonly ActorSystem _system;
    private readonly IReadOnlyList<LogFilter> _earlier;

    internal EventFilterFactory(TestKitBase testkit) : this(testkit, testkit.Sys)
    {
    }

    internal EventFilterFactory(TestKitBase testkit, ActorSystem system, IReadOnlyList<LogFilter>? earlier = null)
    {
        _testkit = testkit;
        _system = system;
        _earlier = earlier ?? [];
    }

    public IEventFilterApplier Exception<TException>(Regex pattern, string? source = null) where TException : Exception =>
        Exception(typeof(TException), pattern, source);

    public IEventFilterApplier Exception<TException>(string? message = null, string? start = null, string? contains = null,
        string? source = null) where TException : Exception =>
        Exception(typeof(TException), message, start, contains, source);

    public IEventFilterApplier Exception(Type exceptionType, Regex pattern, string? source = null, bool checkInnerExceptions = false) =>
        Apply(LogFilter.Exception(exceptionType, TextMatch.Message(pattern), TextMatch.Source(source), checkInnerExceptions));

    public IEventFilterApplier Exception(Type exceptionType, string? message = null, string? start = null, string? contains = null,
        string? source = null, bool checkInnerExceptions = false) =>
        Apply(LogFilter.Exception(exceptionType, TextMatch.Message(message, start, contains), TextMatch.Source(source), checkInnerExceptions));

    public IEventFilterApplier Debug(string? message = null, string? start = null, string? contains = null, string? source = null) =>
        Level<Debug>(TextMatch.Message(message, start, contains), source);

    public IEventFilterApplier Debug(Regex pattern, string? source = null) => Level<Debug>(TextMatch.Message(pattern), source);

    public IEventFilterApplier Info(string? message = null, string? start = null, string? contains = null, string? source = null) =>
        Level<Info>(TextMatch.Message(message, start, contains), source);

    public IEventFilterApplier Info(Regex pattern, string? source = null) => Level<Info>(TextMatch.Message(pattern), source);

    public IEventFilterApplier Warning(string? message = null, string? start = null, string? contains = null, string? source = null) =>
        Level<Warning>(TextMatch.Message(message, start, contains), source);

    public IEventFilterApplier Warning(Regex pattern, string? source = null) => Level<Warning>(TextMatch.Message(pattern), source);

    public IEventFilterApplier Error(string? message = null, string? start = null, string? contains = null, string? source = null) =>
        Level<Error>(TextMatch.Message(message, start, contains), source);

    public IEventFilterApplier Error(Regex pattern, string? source = null) => Level<Error>(TextMatch.Message(pattern), source);

    public IEventFilterApplier ForLogLevel(LogLevel logLevel, string? message = null, string? start = null, string? contains = null,
        string? source = null) =>
        ForLevel(logLevel, TextMatch.Message(message, start, contains), source);

    public IEventFilterApplier ForLogLevel(LogLevel logLevel, Regex pattern, string? source = null) =>
        ForLevel(logLevel, TextMatch.Message(pattern), source);

    public IEventFilterApplier DeadLetter() => Apply(LogFilter.DeadLetter(_ => true, TextMatch.Any, "dead letter"));

    public IEventFilterApplier DeadLetter<TMessage>(string? source = null) => DeadLetter(typeof(TMessage), source);

    public IEventFilterApplier DeadLetter<TMessage>(Func<TMessage, bool> isMatch, string? source = null) =>
        DeadLetter(typeof(TMessage), message => isMatch((TMessage)message), source);

    public IEventFilterApplier DeadLetter(Type type, string? source = null) => DeadLetter(type, _ => true, source);

    public IEventFilterApplier DeadLetter(Type type, Func<object, bool> isMatch, string? source = null) =>
        Apply(LogFilter.DeadLetter(letter => type.IsInstanceOfType(letter.Message) && isMatch(letter.Message), TextMatch.Source(source),
            $"dead letter of type {type.Name}"));

    public IEventFilterApplier Custom(Predicate<LogEvent> predicate) => Apply(new LogFilter(e => predicate(e), "custom filter"));

    public IEventFilterApplier Custom<TLogEvent>(Predicate<TLogEvent> predicate) where TLogEvent : LogEvent =>
        Apply(new LogFilter(e => e is TLogEvent typed && predicate(typed), $"custom filter on {typeof(TLogEvent).Name}"));

    private IEventFilterApplier ForLevel(LogLevel level, TextMatch message, string? source) => level switch
    {
        LogLevel.DebugLevel => Level<Debug>(message, source),
        LogLevel.InfoLevel => Level<Info>(message, source),
        LogLevel.WarningLevel => Level<Warning>(message, source),
        LogLevel.ErrorLevel => Level<Error>(message, source),
        _ => throw new ArgumentOutOfRangeException(nameof(level), level, "Unknown log level")
    };

    private IEventFilterApplier Level<TEvent>(TextMatch message, string? source) where TEvent : LogEvent =>
        Apply(LogFilter.Level<TEvent>(message, TextMatch.Source(source)));

    private EventFilterApplier Apply(LogFilter filter) => new(_testkit, _system, [.. _earlier, filter]);
}
