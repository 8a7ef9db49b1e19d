using System.Collections.Immutable;
using ActorNode.Storage;

namespace ActorNode.Upkeep.Store;

/// <summary>
/// The store of upkeep: a primary that is read and must hold every write.
/// <para>
/// Ordering: writes of one key take effect in the order of the calls, those of different keys run at once. Restart: what was acknowledged
/// is there.
/// </para>
/// </summary>
public sealed class ReplicatedUpkeepStore : IUpkeepStore, IAsyncDisposable
{
    /// <summary>The namespace of what the store keeps for itself, in every place.</summary>
    public const string OwnNamespace = "actornode";

    private readonly IUpkeepReplica _primary;
    private readonly UpkeepStoreSettings _settings;
    private readonly WriteStamps _stamps;
    private readonly KeyOrder _order = new();

    private ReplicatedUpkeepStore(IUpkeepReplica primary, UpkeepStoreSettings settings, WriteStamps stamps)
    {
        _primary = primary;
        _settings = settings;
        _stamps = stamps;
    }

    /// <summary>Opens the store over places that are open and belong to it from here on.</summary>
    /// <exception cref="StoreUnavailableException">The primary does not work now.</exception>
    public static async Task<ReplicatedUpkeepStore> OpenAsync(IUpkeepReplica primary, UpkeepStoreSettings settings, CancellationToken cancellationToken)
    {
        var contents = await primary.ContentsAsync(cancellationToken).ConfigureAwait(false);
        return new ReplicatedUpkeepStore(primary, settings, new WriteStamps(contents.HighSequence));
    }

    /// <inheritdoc/>
    public async Task<ReadOnlyMemory<byte>?> ReadAsync(UpkeepKey key, CancellationToken cancellationToken) =>
        (await _primary.ReadAsync(key, cancellationToken).ConfigureAwait(false))?.Bytes;

    /// <inheritdoc/>
    /// <exception cref="UpkeepValueTooLargeException">The value has more bytes than the settings allow.</exception>
    public Task WriteAsync(UpkeepKey key, ReadOnlyMemory<byte> value, CancellationToken cancellationToken)
    {
        RefuseOwn(key);
        UpkeepValueTooLargeException.Check(key, value.Length, _settings.MaxValueBytes);
        return _order.RunAsync(key, () => WriteAsync(stamp => _primary.PutAsync(key, new UpkeepValue(stamp, value))), cancellationToken);
    }

    /// <inheritdoc/>
    public Task RemoveAsync(UpkeepKey key, CancellationToken cancellationToken)
    {
        RefuseOwn(key);
        return _order.RunAsync(key, () => WriteAsync(stamp => _primary.RemoveAsync(key, stamp)), cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<ImmutableArray<UpkeepKey>> ListAsync(string primaryNamespace, string secondaryNamespace, CancellationToken cancellationToken) =>
        [.. (await _primary.ContentsAsync(cancellationToken).ConfigureAwait(false)).Values.Keys
            .Where(key => key.PrimaryNamespace == primaryNamespace && key.SecondaryNamespace == secondaryNamespace)];

    /// <summary>Waits for writes under way.</summary>
    public async ValueTask DisposeAsync()
    {
        await _order.IdleAsync().ConfigureAwait(false);
        await _primary.DisposeAsync().ConfigureAwait(false);
    }

    private static void RefuseOwn(UpkeepKey key)
    {
        if (key.PrimaryNamespace == OwnNamespace)
            throw new ArgumentException($"The namespace '{OwnNamespace}' is the store's own.", nameof(key));
    }

    private async Task WriteAsync(Func<UpkeepStamp, Task> write)
    {
        var stamp = _stamps.Next();
        await write(stamp).ConfigureAwait(false);
        _stamps.Durable(stamp);
    }
}
