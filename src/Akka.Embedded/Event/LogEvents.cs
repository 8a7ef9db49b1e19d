using System.Globalization;
using Akka.Actor;

namespace Akka.Event;

public enum LogLevel
{
    DebugLevel,
    InfoLevel,
    WarningLevel,
    ErrorLevel
}

/// <summary>What is published when something is logged. The message is formatted only by who prints it.</summary>
public abstract class LogEvent : INoSerializationVerificationNeeded
{
    protected LogEvent()
    {
        Timestamp = DateTime.UtcNow;
        Thread = Thread.CurrentThread;
    }

    public Exception? Cause { get; protected set; }

    public DateTime Timestamp { get; }

    public Thread Thread { get; }

    public string LogSource { get; protected set; } = "";

    public Type LogClass { get; protected set; } = typeof(object);

    public object Message { get; protected set; } = "";

    public abstract LogLevel LogLevel();

    public override string ToString()
    {
        var level = LogLevel().StringFor();
        var thread = Thread.ManagedThreadId.ToString("0000", CultureInfo.InvariantCulture);
        var time = Timestamp.ToString("yyyy-MM-dd HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        var cause = Cause is null ? "" : Environment.NewLine + "Cause: " + Cause;
        return $"[{level}][{time}][Thread {thread}][{LogSource}] {Message}{cause}";
    }
}

public class Debug : LogEvent
{
    public Debug(string logSource, Type logClass, object message) : this(null!, logSource, logClass, message)
    {
    }

    public Debug(Exception cause, string logSource, Type logClass, object message) =>
        (Cause, LogSource, LogClass, Message) = (cause, logSource, logClass, message);

    public override LogLevel LogLevel() => Event.LogLevel.DebugLevel;
}

public class Info : LogEvent
{
    public Info(string logSource, Type logClass, object message) : this(null!, logSource, logClass, message)
    {
    }

    public Info(Exception cause, string logSource, Type logClass, object message) =>
        (Cause, LogSource, LogClass, Message) = (cause, logSource, logClass, message);

    public override LogLevel LogLevel() => Event.LogLevel.InfoLevel;
}

public class Warning : LogEvent
{
    public Warning(string logSource, Type logClass, object message) : this(null!, logSource, logClass, message)
    {
    }

    public Warning(Exception cause, string logSource, Type logClass, object message) =>
        (Cause, LogSource, LogClass, Message) = (cause, logSource, logClass, message);

    public override LogLevel LogLevel() => Event.LogLevel.WarningLevel;
}

public class Error : LogEvent
{
    public Error(Exception? cause, string logSource, Type logClass, object message) =>
        (Cause, LogSource, LogClass, Message) = (cause, logSource, logClass, message);

    public override LogLevel LogLevel() => Event.LogLevel.ErrorLevel;
}
