using System.Text;
using Akka.Dispatch;
using Akka.Event;

namespace Akka.Hosting;

/// <summary>Which loggers an actor system has and what they get. Only what is set is written over the configuration.</summary>
public sealed class LoggerConfigBuilder
{
    private readonly List<Type> _loggers = [typeof(DefaultLogger)];
    private LogLevel? _logLevel;
    private bool? _logConfigOnStart;
    private bool _loggersChanged;

    internal LoggerConfigBuilder(AkkaConfigurationBuilder builder) => Builder = builder;

    public LogLevel LogLevel
    {
        get => _logLevel ?? LogLevel.InfoLevel;
        set => _logLevel = value;
    }

    public bool LogConfigOnStart
    {
        get => _logConfigOnStart ?? false;
        set => _logConfigOnStart = value;
    }

    public Type? LogMessageFormatter { get; set; }

    public LogFilterBuilder? LogFilterBuilder { get; set; }

    public DeadLetterOptions? DeadLetterOptions { get; set; }

    public DebugOptions? DebugOptions { get; set; }

    internal AkkaConfigurationBuilder Builder { get; }

    /// <summary>No logger at all, until others are added.</summary>
    public LoggerConfigBuilder ClearLoggers()
    {
        _loggers.Clear();
        _loggersChanged = true;
        return this;
    }

    public LoggerConfigBuilder AddLogger<T>()
        where T : IRequiresMessageQueue<ILoggerMessageQueueSemantics>
    {
        if (!_loggers.Contains(typeof(T)))
            _loggers.Add(typeof(T));
        _loggersChanged = true;
        return this;
    }

    public LoggerConfigBuilder WithDefaultLogMessageFormatter<T>()
        where T : ILogMessageFormatter
    {
        LogMessageFormatter = typeof(T);
        return this;
    }

    public LoggerConfigBuilder WithLogFilter(Action<LogFilterBuilder> filterBuilder)
    {
        filterBuilder(LogFilterBuilder ??= new LogFilterBuilder());
        return this;
    }

    /// <summary>As HOCON.</summary>
    internal string ToHocon()
    {
        var hocon = new StringBuilder();
        if (_logLevel is { } level)
        {
            hocon.Append("akka.loglevel = ").AppendLine(level switch
            {
                LogLevel.DebugLevel => "DEBUG",
                LogLevel.InfoLevel => "INFO",
                LogLevel.WarningLevel => "WARNING",
                _ => "ERROR",
            });
        }

        if (_logConfigOnStart is { } onStart)
            hocon.Append("akka.log-config-on-start = ").AppendLine(onStart.ToHocon());
        if (_loggersChanged)
            hocon.Append("akka.loggers = [").AppendJoin(", ", _loggers.Select(TypeName)).AppendLine("]");
        if (LogMessageFormatter is { } formatter)
            hocon.Append("akka.logger-formatter = ").AppendLine(TypeName(formatter));
        return hocon.Append(DeadLetterOptions).Append(DebugOptions).ToString();
    }

    private static string TypeName(Type type) => $"{type.FullName}, {type.Assembly.GetName().Name}".ToHocon();
}
