using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace ActorNode.Server.Tests.Http;

/// <summary>Keeps what is logged, of every category and level.</summary>
public class CollectingLogger : ILogger, ILoggerProvider
{
    private readonly ConcurrentQueue<Entry> _entries = new();

    public IReadOnlyCollection<Entry> Entries => _entries;

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _entries.Enqueue(new Entry(logLevel, formatter(state, exception), exception));

    public void Dispose() => GC.SuppressFinalize(this);

    public sealed record Entry(LogLevel Level, string Text, Exception? Error);
}

/// <summary>The same for one category.</summary>
public sealed class CollectingLogger<T> : CollectingLogger, ILogger<T>;
