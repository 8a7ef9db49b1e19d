namespace Akka.Event;

/// <summary>Where an actor or a component writes its log.</summary>
public interface ILoggingAdapter
{
    ILogMessageFormatter Formatter { get; }

    bool IsDebugEnabled { get; }

    bool IsInfoEnabled { get; }

    bool IsWarningEnabled { get; }

    bool IsErrorEnabled { get; }

    bool IsEnabled(LogLevel logLevel);

    void Log(LogLevel logLevel, Exception? cause, LogMessage message);

    void Log(LogLevel logLevel, Exception? cause, string format);
}

/// <summary>Asks for each level before anything is made of the message.</summary>
public abstract class LoggingAdapterBase : ILoggingAdapter
{
    protected LoggingAdapterBase(ILogMessageFormatter logMessageFormatter) =>
        Formatter = logMessageFormatter ?? throw new ArgumentNullException(nameof(logMessageFormatter));

    public ILogMessageFormatter Formatter { get; }

    public abstract bool IsDebugEnabled { get; }

    public abstract bool IsErrorEnabled { get; }

    public abstract bool IsInfoEnabled { get; }

    public abstract bool IsWarningEnabled { get; }

    public bool IsEnabled(LogLevel logLevel) => logLevel switch
    {
        LogLevel.DebugLevel => IsDebugEnabled,
        LogLevel.InfoLevel => IsInfoEnabled,
        LogLevel.WarningLevel => IsWarningEnabled,
        LogLevel.ErrorLevel => IsErrorEnabled,
        _ => throw new NotSupportedException($"Unknown LogLevel {logLevel}")
    };

    public void Log(LogLevel logLevel, Exception? cause, LogMessage message)
    {
        if (IsEnabled(logLevel))
            NotifyLog(logLevel, message, cause);
    }

    public void Log(LogLevel logLevel, Exception? cause, string format)
    {
        if (IsEnabled(logLevel))
            NotifyLog(logLevel, format, cause);
    }

    protected abstract void NotifyLog(LogLevel logLevel, object message, Exception? cause = null);
}

/// <summary>Publishes log events on a bus.</summary>
public sealed class BusLogging : LoggingAdapterBase
{
    public BusLogging(LoggingBus bus, string logSource, Type logClass, ILogMessageFormatter logMessageFormatter) : base(logMessageFormatter)
    {
        Bus = bus;
        LogSource = logSource;
        LogClass = logClass;
    }

    public LoggingBus Bus { get; }

    public string LogSource { get; }

    public Type LogClass { get; }

    public override bool IsDebugEnabled => Bus.LogLevel <= LogLevel.DebugLevel;

    public override bool IsErrorEnabled => Bus.LogLevel <= LogLevel.ErrorLevel;

    public override bool IsInfoEnabled => Bus.LogLevel <= LogLevel.InfoLevel;

    public override bool IsWarningEnabled => Bus.LogLevel <= LogLevel.WarningLevel;

    protected override void NotifyLog(LogLevel logLevel, object message, Exception? cause = null) =>
        Bus.Publish(Logging.EventOf(logLevel, cause, LogSource, LogClass, message));
}

/// <summary>Logs nothing.</summary>
public sealed class NoLogger : ILoggingAdapter
{
    public static readonly ILoggingAdapter Instance = new NoLogger();

    private NoLogger()
    {
    }

    public ILogMessageFormatter Formatter => DefaultLogMessageFormatter.Instance;

    public bool IsDebugEnabled => false;

    public bool IsInfoEnabled => false;

    public bool IsWarningEnabled => false;

    public bool IsErrorEnabled => false;

    public bool IsEnabled(LogLevel logLevel) => false;

    public void Log(LogLevel logLevel, Exception? cause, LogMessage message)
    {
    }

    public void Log(LogLevel logLevel, Exception? cause, string format)
    {
    }
}
