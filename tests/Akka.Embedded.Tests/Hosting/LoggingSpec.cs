using System.Collections.Concurrent;
using Akka.Event;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;
using MicrosoftLogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace Akka.Embedded.Tests.Hosting;

public sealed class LoggingSpec
{
    [Fact(DisplayName = "The host's loggers get the system's log with category, level, cause and the properties of the template")]
    public async Task Logs_to_the_host()
    {
        var collected = new CollectingProvider();
        await using var host = await RunningHost.StartAsync(
            (akka, _) => akka.ConfigureLoggers(loggers =>
            {
                loggers.LogLevel = Akka.Event.LogLevel.DebugLevel;
                loggers.ClearLoggers().AddLoggerFactory();
            }),
            services => services.AddLogging(logging => logging.AddProvider(collected).SetMinimumLevel(MicrosoftLogLevel.Trace)));

        var cause = new InvalidOperationException("broken");
        var log = Akka.Event.Logging.GetLogger(host.System, this);
        log.Error(cause, "Account {Account} lost {Count} messages", "alice", 3);
        var entry = await collected.Find(entry => entry.Message.StartsWith("Account", StringComparison.Ordinal));

        Assert.Equal("Account alice lost 3 messages", entry.Message);
        Assert.Equal(MicrosoftLogLevel.Error, entry.Level);
        Assert.Same(cause, entry.Cause);
        Assert.Equal(typeof(LoggingSpec).FullName, entry.Category);
        Assert.Equal("alice", entry.Properties["Account"]);
        Assert.Equal(3, entry.Properties["Count"]);
        Assert.Equal("Account {Account} lost {Count} messages", entry.Properties["{OriginalFormat}"]);
        Assert.Contains("LogSource", entry.Properties.Keys);
    }

    [Fact(DisplayName = "Options of the loggers become configuration, before what was there: the level in any case, the rest where it is set")]
    public async Task Writes_options()
    {
        await using var host = await RunningHost.StartAsync((akka, _) => akka
            .AddHocon("akka.loglevel = WARNING", HoconAddMode.Prepend)
            .ConfigureLoggers(loggers =>
            {
                loggers.ClearLoggers();
                loggers.DeadLetterOptions = new DeadLetterOptions { ShouldLog = TriStateValue.Some, LogCount = 3, LogDuringShutdown = false };
                loggers.DebugOptions = new DebugOptions { Unhandled = true };
            }));
        var settings = host.System.Settings;
        Assert.Equal("Info", settings.LogLevel);
        Assert.Empty(settings.Loggers);
        Assert.Equal(3, settings.LogDeadLetters);
        Assert.False(settings.LogDeadLettersDuringShutdown);
        Assert.True(settings.DebugUnhandledMessage);
    }

    [Theory(DisplayName = "The holes of a template are found in order")]
    [InlineData("{A} and {@B:x} and {C,5}", "A B C")]
    [InlineData("{0} {1}", "0 1")]
    [InlineData("{{no}} {Yes} {open", "Yes")]
    [InlineData("nothing", "")]
    public void Finds_holes(string template, string names) =>
        Assert.Equal(names, string.Join(" ", Akka.Hosting.Logging.MessageTemplate.Holes(template)));

    private sealed record Entry(string Category, MicrosoftLogLevel Level, Exception? Cause, string Message, IReadOnlyDictionary<string, object?> Properties);

    private sealed class CollectingProvider : ILoggerProvider
    {
        private readonly ConcurrentQueue<Entry> _entries = [];
        private readonly SemaphoreSlim _arrived = new(0);

        public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

        public async Task<Entry> Find(Func<Entry, bool> wanted)
        {
            while (true)
            {
                Assert.True(await _arrived.WaitAsync(RunningHost.Limit), "The entry was not logged.");
                if (_entries.TryDequeue(out var entry) && wanted(entry))
                    return entry;
            }
        }

        public void Dispose() => _arrived.Dispose();

        private sealed class Logger(CollectingProvider owner, string category) : ILogger
        {
            public IDisposable? BeginScope<TState>(TState state)
                where TState : notnull => null;

            public bool IsEnabled(MicrosoftLogLevel logLevel) => true;

            public void Log<TState>(MicrosoftLogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
            {
                var properties = (state as IEnumerable<KeyValuePair<string, object?>>)?.ToDictionary() ?? [];
                owner._entries.Enqueue(new Entry(category, logLevel, exception, formatter(state, exception), properties));
                owner._arrived.Release();
            }
        }
    }
}
