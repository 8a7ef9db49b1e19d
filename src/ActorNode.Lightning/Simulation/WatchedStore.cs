using System.Collections.Immutable;
using ActorNode.Protocol.Upkeep;
using ActorNode.Upkeep;

namespace ActorNode.Lightning.Simulation;

/// <summary>
/// The store that upkeep is given. It sees which manager is durable, which the chain monitor checks each flush against, and that no older
/// manager is ever written over a newer one. Thread-safe.
/// </summary>
internal sealed class WatchedStore(IUpkeepStore inner, ViolationLog violations) : IUpkeepStore, IUpkeepBackups
{
    private readonly Lock _gate = new();
    private long _durable;
    private long _newest;

    public event Action<BackupStatus>? BackupChanged
    {
        add
        {
            if (inner is IUpkeepBackups backups)
                backups.BackupChanged += value;
        }

        remove
        {
            if (inner is IUpkeepBackups backups)
                backups.BackupChanged -= value;
        }
    }

    public ImmutableArray<BackupStatus> Backups => inner is IUpkeepBackups backups ? backups.Backups : [];

    /// <summary>The last operation that the manager on disk knows of.</summary>
    public long DurableOperation => Interlocked.Read(ref _durable);

    public async Task<ReadOnlyMemory<byte>?> ReadAsync(UpkeepKey key, CancellationToken cancellationToken)
    {
        var value = await inner.ReadAsync(key, cancellationToken);
        if (key == UpkeepKey.Manager && value is { } manager)
            Durable(Encoding.LastOperationOf(manager));
        return value;
    }

    public async Task WriteAsync(UpkeepKey key, ReadOnlyMemory<byte> value, CancellationToken cancellationToken)
    {
        if (key != UpkeepKey.Manager)
        {
            await inner.WriteAsync(key, value, cancellationToken);
            return;
        }

        var operation = Encoding.LastOperationOf(value);
        lock (_gate)
        {
            if (operation < _newest)
                violations.Add($"store: a manager that knows operation {operation} was written after one that knows {_newest}");
            _newest = Math.Max(_newest, operation);
        }

        await inner.WriteAsync(key, value, cancellationToken);
        Durable(operation);
    }

    public Task RemoveAsync(UpkeepKey key, CancellationToken cancellationToken) => inner.RemoveAsync(key, cancellationToken);

    public Task<ImmutableArray<UpkeepKey>> ListAsync(string primaryNamespace, string secondaryNamespace, CancellationToken cancellationToken) =>
        inner.ListAsync(primaryNamespace, secondaryNamespace, cancellationToken);

    private void Durable(long operation)
    {
        lock (_gate)
        {
            _durable = Math.Max(_durable, operation);
            _newest = Math.Max(_newest, operation);
        }
    }
}
