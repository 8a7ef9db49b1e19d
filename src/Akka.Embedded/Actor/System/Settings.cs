using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Event;
using Akka.Util;

namespace Akka.Actor;

/// <summary>The settings of a system, read once from the program's configuration over the engine's defaults.</summary>
public class Settings
{
    private readonly Config _userConfig;
    private Config _fallbackConfig;
    private Config? _merged;

    public Settings(ActorSystem system, Config config) : this(system, config, ActorSystemSetup.Empty)
    {
    }

    public Settings(ActorSystem system, Config config, ActorSystemSetup setup)
    {
        Setup = setup;
        System = system;
        _userConfig = config;
        _fallbackConfig = ConfigurationFactory.Default();
        var all = Config;

        var bootstrap = setup.Get<BootstrapSetup>();
        ProviderSelectionType = bootstrap.HasValue && bootstrap.Value.ActorRefProvider.HasValue
            ? bootstrap.Value.ActorRefProvider.Value
            : ProviderSelection.GetProvider(all.GetString("akka.actor.provider", "local"));
        ProviderClass = ProviderSelectionType.Fqn;
        HasCluster = ProviderSelectionType.HasCluster;
        if (ProviderSelectionType is not ProviderSelection.Local)
            throw new ConfigurationException(
                $"akka.actor.provider is [{ProviderSelectionType.Identifier}]: this engine is local. Remoting and clustering need a build with -p:ActorEngine=Packages");

        ConfigVersion = all.GetString("akka.version", "");
        SupervisorStrategyClass = all.GetString("akka.actor.guardian-supervisor-strategy")!;
        AskTimeout = all.GetTimeSpan("akka.actor.ask-timeout", Timeout.InfiniteTimeSpan);
        SerializeAllMessages = all.GetBoolean("akka.actor.serialize-messages");
        EmitActorTelemetry = all.GetBoolean("akka.actor.telemetry.enabled");
        LogLevel = all.GetString("akka.loglevel")!;
        StdoutLogLevel = all.GetString("akka.stdout-loglevel")!;
        Loggers = all.GetStringList("akka.loggers");
        LoggersDispatcher = all.GetString("akka.loggers-dispatcher")!;
        LoggerStartTimeout = all.GetTimeSpan("akka.logger-startup-timeout");
        LoggerAsyncStart = all.GetBoolean("akka.logger-async-start");
        LogConfigOnStart = all.GetBoolean("akka.log-config-on-start");
        LogDeadLetters = Count(all, "akka.log-dead-letters");
        LogDeadLettersDuringShutdown = all.GetBoolean("akka.log-dead-letters-during-shutdown");
        LogDeadLettersSuspendDuration = all.GetTimeSpan("akka.log-dead-letters-suspend-duration");
        AddLoggingReceive = all.GetBoolean("akka.actor.debug.receive");
        DebugAutoReceive = all.GetBoolean("akka.actor.debug.autoreceive");
        DebugLifecycle = all.GetBoolean("akka.actor.debug.lifecycle");
        DebugEventStream = all.GetBoolean("akka.actor.debug.event-stream");
        DebugUnhandledMessage = all.GetBoolean("akka.actor.debug.unhandled");
        DebugTimerScheduler = all.GetBoolean("akka.actor.debug.log-timers");
        SchedulerClass = all.GetString("akka.scheduler.implementation")!;
        SchedulerShutdownTimeout = all.GetTimeSpan("akka.scheduler.shutdown-timeout");
        CoordinatedShutdownTerminateActorSystem = all.GetBoolean("akka.coordinated-shutdown.terminate-actor-system");
        CoordinatedShutdownRunByActorSystemTerminate = all.GetBoolean("akka.coordinated-shutdown.run-by-actor-system-terminate");

        LogFormatter = FormatterOf(all.GetString("akka.logger-formatter")!);
        var filters = setup.Get<LogFilterSetup>();
        LogFilter = filters.HasValue ? filters.Value.CreateEvaluator() : LogFilterEvaluator.NoFilters;
        StdoutLogger = TypeNames.Instantiate<MinimalLogger>(all.GetString("akka.stdout-logger-class")!, "akka.stdout-logger-class");
        StdoutLogger.Filter = LogFilter;
    }

    public ActorSystem System { get; }

    public ActorSystemSetup Setup { get; }

    public ProviderSelection ProviderSelectionType { get; }

    /// <summary>The program's configuration over all defaults.</summary>
    public Config Config => _merged ??= _userConfig.WithFallback(_fallbackConfig);

    public string ConfigVersion { get; }

    public string ProviderClass { get; }

    public bool HasCluster { get; }

    public string SupervisorStrategyClass { get; }

    public TimeSpan AskTimeout { get; }

    public bool SerializeAllMessages { get; }

    public bool EmitActorTelemetry { get; }

    public string LogLevel { get; }

    public string StdoutLogLevel { get; }

    public IList<string> Loggers { get; }

    public string LoggersDispatcher { get; }

    public TimeSpan LoggerStartTimeout { get; }

    public bool LoggerAsyncStart { get; }

    public bool LogConfigOnStart { get; }

    /// <summary>How many dead letters are logged; int.MaxValue for all.</summary>
    public int LogDeadLetters { get; }

    public bool LogDeadLettersDuringShutdown { get; }

    public TimeSpan LogDeadLettersSuspendDuration { get; }

    public ILogMessageFormatter LogFormatter { get; }

    public LogFilterEvaluator LogFilter { get; }

    public MinimalLogger StdoutLogger { get; }

    public bool AddLoggingReceive { get; }

    public bool DebugAutoReceive { get; }

    public bool DebugLifecycle { get; }

    public bool DebugEventStream { get; }

    public bool DebugUnhandledMessage { get; }

    public bool DebugTimerScheduler { get; }

    public string SchedulerClass { get; }

    public TimeSpan SchedulerShutdownTimeout { get; }

    public bool CoordinatedShutdownTerminateActorSystem { get; }

    public bool CoordinatedShutdownRunByActorSystemTerminate { get; }

    /// <summary>Adds defaults behind those that are there, for components that bring their own.</summary>
    public void InjectTopLevelFallback(Config config)
    {
        lock (this)
        {
            _fallbackConfig = config.SafeWithFallback(_fallbackConfig);
            _merged = null;
        }
    }

    public override string ToString() => Config.ToString();

    private static int Count(Config config, string path) => config.GetString(path)?.ToLowerInvariant() switch
    {
        "on" or "true" or "yes" => int.MaxValue,
        "off" or "false" or "no" => 0,
        _ => config.GetInt(path)
    };

    private static ILogMessageFormatter FormatterOf(string name) =>
        TypeNames.Resolve(name, "akka.logger-formatter") is var type && type == typeof(DefaultLogMessageFormatter)
            ? DefaultLogMessageFormatter.Instance
            : TypeNames.Instantiate<ILogMessageFormatter>(name, "akka.logger-formatter");
}
