using System.Collections.Immutable;
using ActorNode.Jobs.Listing;
using ActorNode.Storage;

namespace ActorNode.Server.Tests.Http;

/// <summary>A store in memory whose commits a test switches off and on.</summary>
public sealed class SwitchedStore : INodeStore
{
    private readonly InMemoryNodeStore _store = new();
    private volatile Holding? _held;

    public bool Fails { get; set; }

    public string Location => _store.Location;

    public IMessageReader Messages => _store.Messages;

    public IUpkeepReader Upkeep => _store.Upkeep;

    public IJobsReader Jobs => _store.Jobs;

    /// <summary>Commits wait until the result is disposed.</summary>
    public Holding Hold() => _held = new Holding(this);

    public async ValueTask<ImmutableArray<CommitResult>> CommitAsync(IReadOnlyList<CommitCommand> commands, CancellationToken cancellationToken)
    {
        if (_held is { } held)
            await held.WaitAsync(cancellationToken);
        return Fails ? throw new StoreUnavailableException("SECRET of the database") : await _store.CommitAsync(commands, cancellationToken);
    }

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    public sealed class Holding(SwitchedStore store) : IDisposable
    {
        private readonly TaskCompletionSource _arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Completes when a commit waits.</summary>
        public Task Arrived => _arrived.Task;

        public Task WaitAsync(CancellationToken cancellationToken)
        {
            _arrived.TrySetResult();
            return _released.Task.WaitAsync(cancellationToken);
        }

        public void Dispose()
        {
            store._held = null;
            _released.TrySetResult();
        }
    }
}
