using System.Collections.Immutable;
using System.Globalization;
using ActorNode.Protocol.Upkeep;
using ActorNode.Storage;
using Akka.Actor;

namespace ActorNode.Upkeep.Store;

/// <summary>
/// The store of upkeep: a primary, which is read and must hold every write, and any number of backups, of which so many must hold it as the
/// settings say. Writes go to all of them at once; a backup that fails or is slow catches up by itself.
/// <para>
/// Ordering: writes of one key take effect in the order of the calls, those of different keys run at once. Restart: what was acknowledged
/// is there, in the primary and as many backups as were required; a write that was not acknowledged may be there or not. Opening compares
/// the backups with the primary, see <see cref="Reconciliation"/>.
/// </para>
/// </summary>
public sealed class ReplicatedUpkeepStore : IUpkeepStore, IUpkeepBackups, IAsyncDisposable
{
    /// <summary>The namespace of what the store keeps for itself, in every place.</summary>
    public const string OwnNamespace = "actornode";

    private readonly IUpkeepReplica _primary;
    private readonly UpkeepStoreSettings _settings;
    private readonly TimeProvider _clock;
    private readonly WriteStamps _stamps;
    private readonly Place _opened;
    private readonly KeyOrder _order = new();
    private readonly ImmutableArray<BackupLane> _lanes;
    private volatile StoreConflictException? _conflict;

    private ReplicatedUpkeepStore(IUpkeepReplica primary, Place opened, ImmutableArray<UpkeepBackup> backups, UpkeepStoreSettings settings, WriteStamps stamps, TimeProvider clock)
    {
        _primary = primary;
        _opened = opened;
        _settings = settings;
        _stamps = stamps;
        _clock = clock;
        _lanes = [.. backups.Select(backup =>
            new BackupLane(backup, primary, stamps, settings, clock, CompareAsync, status => BackupChanged?.Invoke(status), found => _conflict ??= found))];
    }

    /// <inheritdoc/>
    public event Action<BackupStatus>? BackupChanged;

    /// <inheritdoc/>
    public ImmutableArray<BackupStatus> Backups => [.. _lanes.Select(lane => lane.Status)];

    /// <summary>
    /// Opens the store over a primary that is open and belongs to it from here on. Backups are opened here, and again when they fail.
    /// </summary>
    /// <exception cref="StoreUnavailableException">The primary does not work now.</exception>
    /// <exception cref="StoreConflictException">The primary may be an old one.</exception>
    /// <exception cref="StoreOpenException">Fewer backups answer than are needed to tell.</exception>
    public static async Task<ReplicatedUpkeepStore> OpenAsync(
        IUpkeepReplica primary, ImmutableArray<UpkeepBackup> backups, UpkeepStoreSettings settings, TimeProvider clock, CancellationToken cancellationToken)
    {
        var contacts = await BackupContacts.MakeAsync(backups, settings, clock, cancellationToken).ConfigureAwait(false);
        try
        {
            var opened = await PrimaryStart.RunAsync(primary, contacts, cancellationToken).ConfigureAwait(false);
            var store = new ReplicatedUpkeepStore(primary, opened.Primary, backups, settings, opened.Stamps, clock);
            for (var i = 0; i < backups.Length; i++)
                store._lanes[i].Start(contacts.Replica(i), contacts.Place(i) is { } place ? Reconciliation.Difference(opened.Primary.Contents, place.Contents) : [], contacts.Error(i));
            return store;
        }
        catch
        {
            await contacts.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>From now on the commit actor carries out what goes to the node's database.</summary>
    public void CommitThrough(IActorRef commit) => (_primary as NodeUpkeepReplica)?.CommitThrough(commit);

    /// <inheritdoc/>
    public async Task<ReadOnlyMemory<byte>?> ReadAsync(UpkeepKey key, CancellationToken cancellationToken) =>
        (await _primary.ReadAsync(key, cancellationToken).ConfigureAwait(false))?.Bytes;

    /// <inheritdoc/>
    /// <exception cref="UpkeepValueTooLargeException">The value has more bytes than the settings allow.</exception>
    /// <exception cref="StoreConflictException">A backup that came back shows that the primary is an old one.</exception>
    public Task WriteAsync(UpkeepKey key, ReadOnlyMemory<byte> value, CancellationToken cancellationToken)
    {
        RefuseOwn(key);
        UpkeepValueTooLargeException.Check(key, value.Length, _settings.MaxValueBytes);
        return _order.RunAsync(key, () => ApplyAsync(key, value), cancellationToken);
    }

    /// <inheritdoc/>
    /// <exception cref="StoreConflictException">A backup that came back shows that the primary is an old one.</exception>
    public Task RemoveAsync(UpkeepKey key, CancellationToken cancellationToken)
    {
        RefuseOwn(key);
        return _order.RunAsync(key, () => ApplyAsync(key, bytes: null), cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<ImmutableArray<UpkeepKey>> ListAsync(string primaryNamespace, string secondaryNamespace, CancellationToken cancellationToken) =>
        [.. (await _primary.ContentsAsync(cancellationToken).ConfigureAwait(false)).Values.Keys
            .Where(key => key.PrimaryNamespace == primaryNamespace && key.SecondaryNamespace == secondaryNamespace)];

    /// <summary>Waits for writes under way, and for backups that work to catch up, at most as long as a write would wait for them.</summary>
    public async ValueTask DisposeAsync()
    {
        await _order.IdleAsync().ConfigureAwait(false);
        await Task.WhenAll(_lanes.Select(lane => lane.DisposeAsync().AsTask())).ConfigureAwait(false);
        await _primary.DisposeAsync().ConfigureAwait(false);
    }

    private static void RefuseOwn(UpkeepKey key)
    {
        if (key.PrimaryNamespace == OwnNamespace)
            throw new ArgumentException($"The namespace '{OwnNamespace}' is the store's own.", nameof(key));
    }

    private async Task ApplyAsync(UpkeepKey key, ReadOnlyMemory<byte>? bytes)
    {
        if (_conflict is { } conflict)
            throw conflict;
        var change = new Change(_stamps.Next(), bytes);
        foreach (var lane in _lanes)
            lane.Offer(key, change);
        await change.ApplyAsync(_primary, key).ConfigureAwait(false);
        _stamps.Durable(change.Stamp);

        var held = _settings.RequiredBackups > 0 ? new Acknowledgement(_settings.RequiredBackups) : null;
        foreach (var lane in _lanes)
            lane.Require(key, change.Stamp.Sequence, held);
        if (held is not null)
            await HeldAsync(key, held).ConfigureAwait(false);
    }

    private async Task HeldAsync(UpkeepKey key, Acknowledgement held)
    {
        try
        {
            await held.Enough.WaitAsync(_settings.AcknowledgeTimeout, _clock).ConfigureAwait(false);
        }
        catch (TimeoutException late)
        {
            var failing = string.Join("; ", Backups.Where(backup => !backup.InSync).Select(backup => $"{backup.Name}: {backup.LastError ?? "slow"}"));
            throw new StoreUnavailableException(
                string.Create(CultureInfo.InvariantCulture, $"'{key}' is in the primary {_primary.Location}, but {held.Count} of {_settings.RequiredBackups} required backups hold it after {_settings.AcknowledgeTimeout.TotalSeconds:0.###} s ({failing})"),
                late)
            {
                OutcomeUnknown = true,
            };
        }
    }

    /// <summary>A backup answers that did not when the store was opened.</summary>
    private async Task<ImmutableArray<UpkeepKey>> CompareAsync(IUpkeepReplica replica, CancellationToken cancellationToken)
    {
        var backup = await Place.OfAsync(replica, cancellationToken).ConfigureAwait(false);
        if (Reconciliation.Conflict(_opened, _opened.Contents.HighSequence, backup) is { } contradiction)
            throw new StoreConflictException(Reconciliation.Refusal(contradiction, [backup]));
        return Reconciliation.Difference(await _primary.ContentsAsync(cancellationToken).ConfigureAwait(false), backup.Contents);
    }
}
