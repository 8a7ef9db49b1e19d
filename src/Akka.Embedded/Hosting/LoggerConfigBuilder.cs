using System.Text;
using Akka.Dispatch;
using Akka.Event;
using Akka.Util;

namespace Akka.Hosting;

/// <summary>
/// Which loggers an actor system has and what they get. Level, loggers and whether the configuration is logged are written over the
/// configuration in any case, with their defaults where they are not set; the rest only where it is set.
/// </summary>
public sealed class LoggerConfigBuilder
{
    private readonly List<Type> _loggers = [typeof(DefaultLogger)];

    internal LoggerConfigBuilder(AkkaConfigurationBuilder builder) => Builder = builder;

    public LogLevel LogLevel { get; set; } = LogLevel.InfoLevel;

    public bool LogConfigOnStart { get; set; }

    public Type? LogMessageFormatter { get; set; }

    public LogFilterBuilder? LogFilterBuilder { get; set; }

    public DeadLetterOptions? DeadLetterOptions { get; set; }

    public DebugOptions? DebugOptions { get; set; }

    internal AkkaConfigurationBuilder Builder { get; }

    /// <summary>No logger at all, until others are added.</summary>
    public LoggerConfigBuilder ClearLoggers()
    {
        _loggers.Clear();
        return this;
    }

    public LoggerConfigBuilder AddLogger<T>()
        where T : IRequiresMessageQueue<ILoggerMessageQueueSemantics>
    {
        if (!_loggers.Contains(typeof(T)))
            _loggers.Add(typeof(T));
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
        hocon.Append("akka.loglevel = ").AppendLine(LogLevel switch
        {
            LogLevel.DebugLevel => "Debug",
            LogLevel.InfoLevel => "Info",
            LogLevel.WarningLevel => "Warning",
            _ => "Error",
        });
        hocon.Append("akka.log-config-on-start = ").AppendLine(LogConfigOnStart ? "true" : "false");
        hocon.Append("akka.loggers = [").AppendJoin(", ", _loggers.Select(TypeName)).AppendLine("]");
        if (LogMessageFormatter is { } formatter)
            hocon.Append("akka.logger-formatter = ").AppendLine(TypeName(formatter));
        return hocon.Append(DeadLetterOptions).Append(DebugOptions).ToString();
    }

    private static string TypeName(Type type) => TypeNames.Of(type).ToHocon();
}
