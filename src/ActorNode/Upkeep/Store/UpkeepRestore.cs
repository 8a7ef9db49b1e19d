using System.Collections.Immutable;
using System.Text;
using ActorNode.Storage;

namespace ActorNode.Upkeep.Store;

/// <summary>
/// Makes a primary hold what a backup holds, because an operator says so. The node must not run. A restore that is cut off leaves a mark,
/// and a primary with that mark does not open until the restore has been run again.
/// </summary>
public static class UpkeepRestore
{
    /// <summary>
    /// Restored values count as newer than all that any backup may have of the time that was given up, also one that is not asked here: so
    /// far ahead go the numbers of writes.
    /// </summary>
    private const long Ahead = 1L << 32;

    /// <summary>What was done.</summary>
    /// <param name="Keys">The values that the primary holds now.</param>
    /// <param name="Bytes">Their bytes.</param>
    /// <param name="Removed">The values that the primary had and the backup has not.</param>
    /// <param name="HasManager">Whether a channel manager is among them.</param>
    public sealed record Outcome(int Keys, long Bytes, int Removed, bool HasManager);

    /// <summary>Copies everything. Monitors that something else keeps in a folder are not touched.</summary>
    /// <param name="primary">The primary, open.</param>
    /// <param name="backup">The backup, open.</param>
    /// <param name="cancellationToken">Cuts it off.</param>
    /// <exception cref="StoreOpenException">The backup holds nothing, or half of what it should.</exception>
    /// <exception cref="StoreUnavailableException">One of the two does not work.</exception>
    public static async Task<Outcome> RunAsync(IUpkeepReplica primary, IUpkeepReplica backup, CancellationToken cancellationToken)
    {
        var from = await Place.OfAsync(backup, cancellationToken).ConfigureAwait(false);
        if (from.Unfinished is { } source)
            throw new StoreOpenException($"The backup {backup.Location} holds a part of {source}: restoring it from there was not finished.");
        if (!from.HoldsValues)
            throw new StoreOpenException($"The backup {backup.Location} holds no values of upkeep.");
        var to = await Place.OfAsync(primary, cancellationToken).ConfigureAwait(false);
        var stamps = new WriteStamps(Math.Max(from.Contents.HighSequence, to.Contents.HighSequence) + Ahead, to.Contents.HighSequence);
        var wanted = KeysOf(from);

        await PutAsync(Place.RestoringKey, Encoding.UTF8.GetBytes(backup.Location)).ConfigureAwait(false);
        var bytes = 0L;
        foreach (var key in wanted)
        {
            var value = await backup.ReadAsync(key, cancellationToken).ConfigureAwait(false)
                ?? throw new StoreUnavailableException($"{backup.Location} changes while it is read: '{key}' is gone");
            await PutAsync(key, value.Bytes).ConfigureAwait(false);
            bytes += value.Bytes.Length;
        }

        var surplus = KeysOf(to).Except(wanted).ToImmutableArray();
        foreach (var key in surplus)
            await RemoveAsync(key).ConfigureAwait(false);
        await PutAsync(Place.IdentityKey, Encoding.UTF8.GetBytes(from.Identity ?? to.Identity ?? Guid.NewGuid().ToString("N"))).ConfigureAwait(false);
        await RemoveAsync(Place.RestoringKey).ConfigureAwait(false);
        return new Outcome(wanted.Length, bytes, surplus.Length, wanted.Contains(UpkeepKey.Manager));

        async Task PutAsync(UpkeepKey key, ReadOnlyMemory<byte> value)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var stamp = stamps.Next();
            await primary.PutAsync(key, new UpkeepValue(stamp, value)).ConfigureAwait(false);
            stamps.Durable(stamp);
        }

        async Task RemoveAsync(UpkeepKey key)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var stamp = stamps.Next();
            await primary.RemoveAsync(key, stamp).ConfigureAwait(false);
            stamps.Durable(stamp);
        }
    }

    private static ImmutableArray<UpkeepKey> KeysOf(Place place) =>
        [.. place.Contents.Values.Where(value => value.Key.PrimaryNamespace != ReplicatedUpkeepStore.OwnNamespace && Place.IsUpkeeps(value.Key, value.Value)).Select(value => value.Key)];
}
