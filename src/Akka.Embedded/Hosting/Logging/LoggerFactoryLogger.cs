using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Event;
using Microsoft.Extensions.Logging;
using MicrosoftLogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace Akka.Hosting.Logging;

/// <summary>
/// Writes the log of an actor system to a logger factory, in the order of the event stream. The category is the class that logged; the
/// holes of the template stay properties of the entry, beside <c>LogSource</c>, <c>ActorPath</c>, <c>Thread</c> and <c>Timestamp</c>.
/// </summary>
public class LoggerFactoryLogger : ActorBase, IRequiresMessageQueue<ILoggerMessageQueueSemantics>
{
    protected readonly ILoggingAdapter InternalLogger;

    private readonly ILoggerFactory _factory;
    private readonly Dictionary<Type, ILogger> _loggers = [];

    public LoggerFactoryLogger()
    {
        InternalLogger = Akka.Event.Logging.GetLogger(Context.System.EventStream, nameof(LoggerFactoryLogger));
        var setup = Context.System.Settings.Setup.Get<LoggerFactorySetup>();
        _factory = setup.HasValue
            ? setup.Value.LoggerFactory
            : throw new ConfigurationException($"{nameof(LoggerFactoryLogger)} needs a {nameof(LoggerFactorySetup)} in the setup of the actor system.");
    }

    protected override void PostStop() => InternalLogger.Debug("{0} stopped", nameof(LoggerFactoryLogger));

    protected override bool Receive(object message)
    {
        switch (message)
        {
            case InitializeLogger:
                Sender.Tell(new LoggerInitialized());
                return true;
            case LogEvent entry:
                Log(entry, Sender.Path);
                return true;
            default:
                return false;
        }
    }

    protected virtual void Log(LogEvent log, ActorPath path)
    {
        var logger = LoggerOf(log.LogClass);
        var level = LevelOf(log.LogLevel());
        if (logger.IsEnabled(level))
            logger.Log(level, default, new LogEntry(log, path), log.Cause, static (entry, _) => entry.ToString());
    }

    private ILogger LoggerOf(Type logClass)
    {
        if (!_loggers.TryGetValue(logClass, out var logger))
            _loggers.Add(logClass, logger = _factory.CreateLogger(logClass));
        return logger;
    }

    private static MicrosoftLogLevel LevelOf(Akka.Event.LogLevel level) => level switch
    {
        Akka.Event.LogLevel.DebugLevel => MicrosoftLogLevel.Debug,
        Akka.Event.LogLevel.InfoLevel => MicrosoftLogLevel.Information,
        Akka.Event.LogLevel.WarningLevel => MicrosoftLogLevel.Warning,
        _ => MicrosoftLogLevel.Error,
    };
}
