using Microsoft.Extensions.Logging;
using Xunit.Abstractions;

namespace Akka.Hosting.TestKit;

/// <summary>Writes the host's log to the output of the running test.</summary>
internal sealed class XUnitLoggerProvider(ITestOutputHelper output, LogLevel level) : ILoggerProvider
{
    public ILogger CreateLogger(string categoryName) => new Logger(output, level, categoryName);

    public void Dispose()
    {
        // The output is the test's.
    }

    private sealed class Logger(ITestOutputHelper output, LogLevel level, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None && logLevel >= level;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter)
        {
            if (!IsEnabled(logLevel))
                return;
            var cause = exception is null ? "" : $"{Environment.NewLine}{exception}";
            try
            {
                output.WriteLine($"{DateTimeOffset.UtcNow:HH:mm:ss.fff} {logLevel} {category}: {formatter(state, exception)}{cause}");
            }
            catch (InvalidOperationException)
            {
                // The test has ended, and its output with it.
            }
        }
    }
}
