using Akka.Actor;
using Akka.Actor.Internal;
using Akka.Dispatch;
using Akka.Util;

namespace Akka.Event;

/// <summary>A bus of events by type that also carries the log and starts the loggers.</summary>
public class LoggingBus : ActorEventBus<object, Type>
{
    private readonly List<IActorRef> _loggers = [];
    private MinimalLogger? _stdout;

    public LogLevel LogLevel { get; private set; }

    /// <summary>Subscribes all loggers to this level and those above it.</summary>
    public void SetLogLevel(LogLevel logLevel)
    {
        LogLevel = logLevel;
        lock (_loggers)
        {
            foreach (var logger in _loggers)
                SubscribeFrom(logger, logLevel);
        }
    }

    /// <summary>Prints to standard output until the configured loggers run.</summary>
    public void StartStdoutLogger(Settings config)
    {
        SetUpStdoutLogger(config);
        Publish(new Debug(Logging.SimpleName(this), GetType(), "StandardOutLogger started"));
    }

    protected override bool IsSubClassification(Type parent, Type child) => parent.IsAssignableFrom(child);

    protected override void Publish(object @event, IActorRef subscriber)
    {
        if (subscriber is IInternalActorRef { IsTerminated: true })
            Unsubscribe(subscriber);
        else
            subscriber.Tell(@event, ActorRefs.NoSender);
    }

    protected override bool Classify(object @event, Type classifier) => classifier.IsInstanceOfType(@event);

    protected override Type GetClassifier(object @event) => @event.GetType();

    /// <summary>
    /// Starts what <c>akka.loggers</c> names and waits for each to answer: from then on no line is lost. Then standard output,
    /// unless it is one of them, falls silent.
    /// </summary>
    internal void StartDefaultLoggers(ActorSystemImpl system)
    {
        var settings = system.Settings;
        LogLevel = Logging.LogLevelFor(settings.LogLevel);
        var keepsStdout = false;
        var number = 0;
        foreach (var name in settings.Loggers)
        {
            var type = TypeNames.Resolve(name, "akka.loggers");
            if (type == typeof(StandardOutLogger))
            {
                keepsStdout = true;
                continue;
            }

            StartLogger(system, type, $"log{++number}-{Logging.SimpleName(type)}");
        }

        if (!keepsStdout && _stdout is { } stdout)
            Unsubscribe(stdout);
        if (settings.DebugUnhandledMessage)
        {
            var forwarder = system.SystemActorOf(Props.Create(() => new UnhandledMessageForwarder()), nameof(UnhandledMessageForwarder));
            Subscribe(forwarder, typeof(UnhandledMessage));
        }

        Publish(new Debug(Logging.SimpleName(this), GetType(), "Default Loggers started"));
    }

    /// <summary>Back to standard output: the loggers are about to stop with the system.</summary>
    internal void StopDefaultLoggers(ActorSystem system)
    {
        var level = LogLevel;
        lock (_loggers)
        {
            if (_loggers.Count > 0 && !_loggers.Contains(system.Settings.StdoutLogger))
                SetUpStdoutLogger(system.Settings);
            foreach (var logger in _loggers.ToArray())
            {
                if (logger is not LocalActorRef)
                    continue;
                Unsubscribe(logger);
                _loggers.Remove(logger);
            }
        }

        LogLevel = level;
    }

    internal void UnsubscribeTerminated(LocalActorRef actor) => Unsubscribe(actor);

    private void SetUpStdoutLogger(Settings settings)
    {
        _stdout = settings.StdoutLogger;
        var level = Logging.LogLevelFor(settings.StdoutLogLevel);
        SubscribeFrom(_stdout, level);
        LogLevel = level;
    }

    private void StartLogger(ActorSystemImpl system, Type type, string name)
    {
        var settings = system.Settings;
        var props = Props.Create(type).WithDispatcher(settings.LoggersDispatcher);
        var logger = system.SystemActorOf(props, name);
        var started = Started(logger, type, name);
        if (settings.LoggerAsyncStart)
            return;
        if (Task.WaitAny([started], settings.LoggerStartTimeout) == 0)
        {
            started.GetAwaiter().GetResult();
            return;
        }

        Publish(new Warning(Logging.SimpleName(this), GetType(),
            $"Logger [{type.FullName}] did not respond within {settings.LoggerStartTimeout} to InitializeLogger(bus)"));
    }

    /// <summary>From its answer on a logger gets the log, however late that comes.</summary>
    private async Task Started(IActorRef logger, Type type, string name)
    {
        var answer = await logger.Ask(new InitializeLogger(this), Timeout.InfiniteTimeSpan).ConfigureAwait(false);
        if (answer is not LoggerInitialized)
        {
            var refusal = $"Logger [{type.FullName}] answered [{answer}] instead of LoggerInitialized";
            Publish(new Error(null, Logging.SimpleName(this), GetType(), refusal));
            throw new LoggerInitializationException(refusal);
        }

        lock (_loggers)
            _loggers.Add(logger);
        SubscribeFrom(logger, LogLevel);
        Publish(new Debug(Logging.SimpleName(this), GetType(), $"Logger {name} [{type.Name}] started"));
    }

    private void SubscribeFrom(IActorRef logger, LogLevel level)
    {
        foreach (var each in Logging.AllLevels)
        {
            if (each >= level)
                Subscribe(logger, each.ClassFor());
            else
                Unsubscribe(logger, each.ClassFor());
        }
    }
}

/// <summary>Tells a logger to start on the bus; it answers <see cref="LoggerInitialized"/>.</summary>
public class InitializeLogger : INoSerializationVerificationNeeded
{
    public InitializeLogger(LoggingBus loggingBus) => LoggingBus = loggingBus;

    public LoggingBus LoggingBus { get; }
}

public class LoggerInitialized : INoSerializationVerificationNeeded, IDeadLetterSuppression;

/// <summary>What a logger asks of its mailbox.</summary>
public interface ILoggerMessageQueueSemantics : ISemantics;
