using System.Threading.Channels;
using ActorNode.Services;

namespace ActorNode.Tests.Support;

/// <summary>A background service whose runs wait for the test: it takes each one with <see cref="NextRunAsync"/> and says what it does.</summary>
public sealed class ServiceStub
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Channel<Run> _runs = Channel.CreateUnbounded<Run>();

    /// <summary>What each run does first, on the service's thread.</summary>
    public Action<Run> OnStart { get; init; } = _ => { };

    public IBackgroundService Create() => new Run(this);

    public ServiceDefinition Definition(string name, ServiceOptions? options = null) => new(name, Create, options ?? new ServiceOptions());

    /// <summary>The next run that was started.</summary>
    public async Task<Run> NextRunAsync()
    {
        using var timeout = new CancellationTokenSource(Patience);
        return await _runs.Reader.ReadAsync(timeout.Token);
    }

    /// <summary>No run was started that the test did not take.</summary>
    public bool Quiet => _runs.Reader.Count == 0;

    public sealed class Run(ServiceStub stub) : IBackgroundService, IDependencyObserver, IDisposable
    {
        private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _disposed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly Channel<(string Dependency, bool Ready)> _changes = Channel.CreateUnbounded<(string, bool)>();

        public ShutdownWatch Shutdown { get; private set; } = null!;

        public IReadyNotifier Ready { get; private set; } = null!;

        public string? Thread { get; private set; }

        public Task Disposed => _disposed.Task.WaitAsync(Patience);

        public Task StartWithReadyNotifierAsync(ShutdownWatch shutdown, IReadyNotifier ready)
        {
            (Shutdown, Ready, Thread) = (shutdown, ready, System.Threading.Thread.CurrentThread.Name);
            stub._runs.Writer.TryWrite(this);
            stub.OnStart(this);
            return _end.Task;
        }

        public void DependencyChanged(string dependency, bool ready) => _changes.Writer.TryWrite((dependency, ready));

        public async Task<(string Dependency, bool Ready)> NextChangeAsync()
        {
            using var timeout = new CancellationTokenSource(Patience);
            return await _changes.Reader.ReadAsync(timeout.Token);
        }

        public void Return() => _end.TrySetResult();

        public void Throw(Exception error) => _end.TrySetException(error);

        public void Dispose() => _disposed.TrySetResult();
    }
}
