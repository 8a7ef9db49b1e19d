using System.Collections.Concurrent;
using System.Collections.Immutable;
using ActorNode.Storage;
using Akka.Actor;

namespace ActorNode.Upkeep.Store;

/// <summary>
/// Upkeep's values in a node's database, its own or one that serves as a backup. A value is written in parts of a limited size, a
/// transaction each, and put in force by the last one: the account messages that share the database wait for a part, never for a whole
/// network graph. Parts of a write that did not come to its end are removed before the next one, also when the database was opened again:
/// they may be what fills the disk.
/// </summary>
public sealed class NodeUpkeepReplica : IUpkeepReplica
{
    private readonly INodeStore _store;
    private readonly bool _ownsStore;
    private readonly int _partBytes;
    private readonly long _maxValueBytes;
    private readonly TimeSpan _commitTimeout;
    private readonly ConcurrentQueue<long> _leftovers;
    private long _lastValue;
    private volatile IActorRef? _commit;

    private NodeUpkeepReplica(INodeStore store, UpkeepContents contents, UpkeepStoreSettings settings, bool ownsStore)
    {
        _store = store;
        _ownsStore = ownsStore;
        _partBytes = settings.PartBytes;
        _maxValueBytes = settings.MaxValueBytes;
        _commitTimeout = settings.CommitTimeout;
        _lastValue = contents.HighValue;
        _leftovers = new(contents.Orphans);
    }

    /// <summary>Takes over a store that is open. Until <see cref="CommitThrough"/> it commits by itself.</summary>
    /// <param name="store">The database.</param>
    /// <param name="settings">Limits.</param>
    /// <param name="ownsStore">Whether the store is closed with this replica.</param>
    /// <param name="cancellationToken">Ends the opening.</param>
    /// <exception cref="StoreUnavailableException">The store does not work now.</exception>
    public static async Task<NodeUpkeepReplica> OpenAsync(INodeStore store, UpkeepStoreSettings settings, bool ownsStore, CancellationToken cancellationToken) =>
        new(store, await store.Upkeep.ContentsAsync(cancellationToken).ConfigureAwait(false), settings, ownsStore);

    /// <inheritdoc/>
    public string Location => _store.Location;

    /// <summary>From now on the commit actor, the database's only writer while a node runs, carries the writes out.</summary>
    public void CommitThrough(IActorRef commit) => _commit = commit;

    /// <inheritdoc/>
    public Task<UpkeepContents> ContentsAsync(CancellationToken cancellationToken) => _store.Upkeep.ContentsAsync(cancellationToken).AsTask();

    /// <inheritdoc/>
    public Task<UpkeepValue?> ReadAsync(UpkeepKey key, CancellationToken cancellationToken) =>
        _store.Upkeep.ReadAsync(key, _maxValueBytes, cancellationToken).AsTask();

    /// <inheritdoc/>
    public async Task PutAsync(UpkeepKey key, UpkeepValue value)
    {
        UpkeepValueTooLargeException.Check(key, value.Bytes.Length, _maxValueBytes);
        await DropLeftoversAsync().ConfigureAwait(false);
        // Never a number that was used before: what came of an earlier try that failed is not known, and it may be in force.
        var number = Interlocked.Increment(ref _lastValue);
        var parts = Math.Max(1, (int)((value.Bytes.Length + (long)_partBytes - 1) / _partBytes));
        try
        {
            for (var part = 0; part < parts - 1; part++)
                await CommitAsync([Part(part)]).ConfigureAwait(false);
            await CommitAsync([Part(parts - 1), new CommitCommand.PutValue(key, value.Stamp, number, parts, value.Bytes.Length)]).ConfigureAwait(false);
        }
        catch
        {
            _leftovers.Enqueue(number);
            throw;
        }

        CommitCommand.StagePart Part(int part)
        {
            var first = part * (long)_partBytes;
            return new(number, part, value.Bytes.Slice((int)first, (int)Math.Min(_partBytes, value.Bytes.Length - first)));
        }
    }

    /// <inheritdoc/>
    public Task RemoveAsync(UpkeepKey key, UpkeepStamp stamp) => CommitAsync([new CommitCommand.RemoveValue(key, stamp)]);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _ownsStore ? _store.DisposeAsync() : ValueTask.CompletedTask;

    private async Task DropLeftoversAsync()
    {
        var dropped = ImmutableArray.CreateBuilder<CommitCommand>();
        while (_leftovers.TryDequeue(out var value))
            dropped.Add(new CommitCommand.DropParts(value));
        if (dropped.Count == 0)
            return;
        try
        {
            await CommitAsync(dropped.ToImmutable()).ConfigureAwait(false);
        }
        catch
        {
            foreach (var drop in dropped.Cast<CommitCommand.DropParts>())
                _leftovers.Enqueue(drop.Value);
            throw;
        }
    }

    private async Task CommitAsync(ImmutableArray<CommitCommand> commands)
    {
        if (_commit is not { } commit)
        {
            await _store.CommitAsync(commands, CancellationToken.None).ConfigureAwait(false);
            return;
        }

        object answer;
        try
        {
            answer = await commit.Ask(new CommitActor.Commit(commands), _commitTimeout).ConfigureAwait(false);
        }
        catch (AskTimeoutException late)
        {
            throw new StoreUnavailableException($"{Location} did not commit within {_commitTimeout.TotalSeconds:0.###} s (actornode.upkeep.store.commit-timeout)", late) { OutcomeUnknown = true };
        }

        if (answer is CommitActor.Failed failed)
            throw failed.Error is StoreUnavailableException unavailable ? unavailable : new StoreUnavailableException($"{Location}: {failed.Error.Message}", failed.Error);
    }
}
