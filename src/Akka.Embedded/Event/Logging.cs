using Akka.Actor;

namespace Akka.Event;

/// <summary>Who logs: a text and a class.</summary>
public readonly struct LogSource
{
    private LogSource(string source, Type type)
    {
        Source = source;
        Type = type;
    }

    public string Source { get; }

    public Type Type { get; }

    public static LogSource Create(object o) => o switch
    {
        IActorContext context => new LogSource(context.Self.Path.ToString(), SourceType(o)),
        IActorRef actor => new LogSource(actor.Path.ToString(), SourceType(o)),
        string text => new LogSource(text, SourceType(o)),
        Type type => new LogSource(Logging.SimpleName(type), type),
        _ => new LogSource(Logging.SimpleName(o), o.GetType())
    };

    public static LogSource Create(object o, ActorSystem system) => o switch
    {
        IActorContext context => new LogSource(FromActor(context, system), SourceType(o)),
        IActorRef actor => new LogSource(FromActorRef(actor, system), SourceType(o)),
        string text => new LogSource(FromString(text, system), SourceType(o)),
        Type type => new LogSource(FromType(type, system), type),
        _ => new LogSource(FromType(o.GetType(), system), o.GetType())
    };

    public static LogSource Create(string source, Type t) => new(source, t);

    public static string FromType(Type t, ActorSystem system) => $"{Logging.SimpleName(t)} ({system})";

    public static string FromString(string source, ActorSystem system) => $"{source} ({system})";

    public static string FromActor(IActorContext actor, ActorSystem system) => FromActorRef(actor.Self, system);

    public static string FromActorRef(IActorRef a, ActorSystem system) => a.Path.ToStringWithAddress(((ExtendedActorSystem)system).Provider.DefaultAddress);

    public static Type SourceType(object o) => o switch
    {
        Type type => type,
        IActorContext context => context.Props.Type,
        string => typeof(DummyClassForStringSources),
        LocalActorRef local => local.Cell.Props.Type,
        _ => o.GetType()
    };
}

/// <summary>Stands for the class of a source that is text only.</summary>
public class DummyClassForStringSources;

public static class Logging
{
    public static ILoggingAdapter GetLogger(this IActorContext context, ILogMessageFormatter? logMessageFormatter = null)
    {
        var source = LogSource.Create(context, context.System);
        return new BusLogging(context.System.EventStream, source.Source, source.Type, logMessageFormatter ?? context.System.Settings.LogFormatter);
    }

    public static ILoggingAdapter GetLogger(ActorSystem system, object logSourceObj, ILogMessageFormatter? logMessageFormatter = null)
    {
        var source = LogSource.Create(logSourceObj, system);
        return new BusLogging(system.EventStream, source.Source, source.Type, logMessageFormatter ?? system.Settings.LogFormatter);
    }

    public static ILoggingAdapter GetLogger(LoggingBus loggingBus, object logSourceObj, ILogMessageFormatter? logMessageFormatter = null)
    {
        var source = LogSource.Create(logSourceObj);
        return new BusLogging(loggingBus, source.Source, source.Type, logMessageFormatter ?? DefaultLogMessageFormatter.Instance);
    }

    public static string SimpleName(object o) => SimpleName(o.GetType());

    public static string SimpleName(Type t)
    {
        var name = t.Name;
        var arity = name.IndexOf('`', StringComparison.Ordinal);
        return arity > 0 ? name[..arity] : name;
    }

    public static LogLevel LogLevelFor(string logLevel) => logLevel.ToUpperInvariant() switch
    {
        "DEBUG" => LogLevel.DebugLevel,
        "INFO" => LogLevel.InfoLevel,
        "WARNING" => LogLevel.WarningLevel,
        "ERROR" => LogLevel.ErrorLevel,
        "OFF" => OffLogLevel,
        _ => throw new ArgumentException($"Unknown LogLevel: \"{logLevel}\". Valid values are: \"Debug\", \"Info\", \"Warning\", \"Error\"", nameof(logLevel))
    };

    public static LogLevel LogLevelFor<T>() where T : LogEvent => typeof(T) switch
    {
        var t when t == typeof(Debug) => LogLevel.DebugLevel,
        var t when t == typeof(Info) => LogLevel.InfoLevel,
        var t when t == typeof(Warning) => LogLevel.WarningLevel,
        var t when t == typeof(Error) => LogLevel.ErrorLevel,
        var t => throw new ArgumentException($"Unknown LogEvent: {t}")
    };

    public static string StringFor(this LogLevel logLevel) => logLevel switch
    {
        LogLevel.DebugLevel => "DEBUG",
        LogLevel.InfoLevel => "INFO",
        LogLevel.WarningLevel => "WARNING",
        LogLevel.ErrorLevel => "ERROR",
        _ => "OFF"
    };

    public static Type ClassFor(this LogLevel logLevel) => logLevel switch
    {
        LogLevel.DebugLevel => typeof(Debug),
        LogLevel.InfoLevel => typeof(Info),
        LogLevel.WarningLevel => typeof(Warning),
        LogLevel.ErrorLevel => typeof(Error),
        _ => throw new ArgumentException($"Unknown LogLevel {logLevel}", nameof(logLevel))
    };

    /// <summary>Above all levels.</summary>
    internal const LogLevel OffLogLevel = (LogLevel)int.MaxValue;

    internal static readonly LogLevel[] AllLevels = [LogLevel.DebugLevel, LogLevel.InfoLevel, LogLevel.WarningLevel, LogLevel.ErrorLevel];

    internal static LogEvent EventOf(LogLevel level, Exception? cause, string source, Type type, object message) => level switch
    {
        LogLevel.DebugLevel => new Debug(cause!, source, type, message),
        LogLevel.InfoLevel => new Info(cause!, source, type, message),
        LogLevel.WarningLevel => new Warning(cause!, source, type, message),
        LogLevel.ErrorLevel => new Error(cause, source, type, message),
        _ => throw new ArgumentException($"Unknown LogLevel {level}", nameof(level))
    };
}
