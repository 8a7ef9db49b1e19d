using System.Text;
using ActorNode.Storage;

namespace ActorNode.Upkeep.Store;

/// <summary>What is done to the primary before a store may use it: it is compared with the backups, and takes what a crash kept from it.</summary>
internal static class PrimaryStart
{
    /// <summary>The primary as it is afterwards, and the stamps of the writes to come.</summary>
    /// <exception cref="StoreConflictException">The primary may be an old one.</exception>
    public static async Task<(Place Primary, WriteStamps Stamps)> RunAsync(IUpkeepReplica primary, BackupContacts backups, CancellationToken cancellationToken)
    {
        var found = await Place.OfAsync(primary, cancellationToken).ConfigureAwait(false);
        if (found.Unfinished is { } source)
            throw new StoreConflictException($"Restoring {primary.Location} from {source} was not finished. Run it again: actornode upkeep restore --from '{source}'.");
        var answering = backups.Places.OfType<Place>().ToList();
        foreach (var backup in answering)
        {
            if (Reconciliation.Conflict(found, found.Contents.HighSequence, backup) is { } contradiction)
                throw new StoreConflictException(Reconciliation.Refusal(contradiction, answering));
        }

        var stamps = new WriteStamps(backups.Places.Select(place => place?.Contents.HighSequence ?? 0).Append(found.Contents.HighSequence).Max(), found.Contents.HighSequence);
        foreach (var (key, from) in Reconciliation.RollForward(found.Contents, [.. backups.Places.Select(place => place?.Contents)]))
        {
            if (await backups.Replica(from)!.ReadAsync(key, cancellationToken).ConfigureAwait(false) is not { } value)
                continue;
            await primary.PutAsync(key, value).ConfigureAwait(false);
            stamps.Durable(value.Stamp);
        }

        // Backups get values only after this is durable: one that holds any proves that there was a primary.
        if (found.Identity is null)
            await WriteAsync(Place.IdentityKey, Encoding.UTF8.GetBytes(Guid.NewGuid().ToString("N"))).ConfigureAwait(false);
        foreach (var (key, stamp) in found.Contents.Values)
        {
            // An LDK folder that a node takes over: from here on the values have stamps.
            if (Place.IsForeign(stamp) && Place.IsUpkeeps(key, stamp) && await primary.ReadAsync(key, cancellationToken).ConfigureAwait(false) is { } value)
                await WriteAsync(key, value.Bytes).ConfigureAwait(false);
        }

        return (await Place.OfAsync(primary, cancellationToken).ConfigureAwait(false), stamps);

        async Task WriteAsync(UpkeepKey key, ReadOnlyMemory<byte> value)
        {
            var stamp = stamps.Next();
            await primary.PutAsync(key, new UpkeepValue(stamp, value)).ConfigureAwait(false);
            stamps.Durable(stamp);
        }
    }
}
