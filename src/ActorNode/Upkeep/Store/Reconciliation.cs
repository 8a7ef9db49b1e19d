using System.Collections.Immutable;
using System.Globalization;
using ActorNode.Storage;

namespace ActorNode.Upkeep.Store;

/// <summary>
/// Compares a primary with its backups: pure decisions. A write goes to the primary and to the backups at the same time, and the next write
/// of the key begins after the primary has this one. So every write that a backup holds was made when the primary held all up to the
/// write's base; and what a backup has beyond the primary is, if the primary lost nothing, what was never acknowledged.
/// </summary>
internal static class Reconciliation
{
    private const string Risk = "An old channel manager can lose the money in its channels, so upkeep does not start.";

    /// <summary>
    /// What an operator is told: the reason, the risk and the ways out, with the newest of the backups in the first place. A backup that
    /// lagged would give an older manager than another one.
    /// </summary>
    public static string Refusal(string reason, IReadOnlyCollection<Place> backups)
    {
        var newest = backups.OrderByDescending(NewestManager).ThenByDescending(backup => backup.Contents.HighSequence).First();
        var others = backups.Count == 1 ? "" : " Last numbers of the backups: "
            + string.Join(", ", backups.Select(backup => string.Create(CultureInfo.InvariantCulture, $"{backup.Location} {backup.Contents.HighSequence} (manager {NewestManager(backup)})"))) + ".";
        return $"{reason} {Risk} To continue with what the newest backup holds, stop the node and run: actornode upkeep restore --from '{newest.Location}'. "
            + $"To continue with what the primary holds, give the backups empty places in the settings.{others}";
    }

    /// <summary>Why the primary must not be used, or null. <paramref name="heldUpTo"/>: the writes that it held when it was opened.</summary>
    public static string? Conflict(Place primary, long heldUpTo, Place backup)
    {
        if (primary.Identity is null)
        {
            return backup.HoldsValues
                ? $"The primary {primary.Location} was never written by a node, but the backup {backup.Location} holds {Described(backup)}."
                : null;
        }

        if (backup.Identity is null)
        {
            return backup.HoldsValues
                ? $"The backup {backup.Location} holds {Described(backup)} which no node wrote there as a backup of {primary.Location}; it is not overwritten."
                : null;
        }

        if (backup.Identity != primary.Identity)
            return $"The backup {backup.Location} ({backup.Identity}) belongs to another node's store than the primary {primary.Location} ({primary.Identity}).";
        if (backup.Contents.HighBase > heldUpTo)
        {
            return string.Create(CultureInfo.InvariantCulture,
                $"The primary {primary.Location} holds upkeep's writes up to number {heldUpTo}, but the backup {backup.Location} proves that it once held them up to number {backup.Contents.HighBase}: it is an older state that came back.");
        }

        foreach (var (key, stamp) in primary.Contents.Values)
        {
            if (Place.IsForeign(stamp) && Place.IsUpkeeps(key, stamp) && backup.Contents.Values.ContainsKey(key))
                return $"'{key}' in the primary {primary.Location} was changed by another program since it was copied to the backup {backup.Location}.";
        }

        foreach (var (key, stamp) in backup.Contents.Values)
        {
            if (Place.IsForeign(stamp) && Place.IsUpkeeps(key, stamp))
                return $"'{key}' in the backup {backup.Location} was changed by another program since it was copied from the primary {primary.Location}.";
        }

        return null;
    }

    /// <summary>
    /// The values that the primary takes from backups, by the position of the backup: writes that a crash kept from the primary. They were
    /// not acknowledged, or else the primary lost exactly them; the newer value is right either way.
    /// </summary>
    public static ImmutableDictionary<UpkeepKey, int> RollForward(UpkeepContents primary, IReadOnlyList<UpkeepContents?> backups)
    {
        var newest = new Dictionary<UpkeepKey, (long Sequence, int Backup)>();
        for (var i = 0; i < backups.Count; i++)
        {
            foreach (var (key, stamp) in backups[i]?.Values ?? ImmutableDictionary<UpkeepKey, UpkeepStamp>.Empty)
            {
                // A key that the primary lacks was removed, unless its write is newer than all that the primary ever held.
                var held = primary.Values.TryGetValue(key, out var mine) ? mine.Sequence : primary.HighSequence;
                if (!Place.IsForeign(stamp) && stamp.Sequence > held && (!newest.TryGetValue(key, out var best) || stamp.Sequence > best.Sequence))
                    newest[key] = (stamp.Sequence, i);
            }
        }

        return newest.ToImmutableDictionary(entry => entry.Key, entry => entry.Value.Backup);
    }

    /// <summary>The keys that a backup does not hold as the primary does, removed ones included. The identity comes first.</summary>
    public static ImmutableArray<UpkeepKey> Difference(UpkeepContents primary, UpkeepContents backup) =>
        [.. primary.Values.Where(value => Place.IsUpkeeps(value.Key, value.Value) && !(backup.Values.TryGetValue(value.Key, out var theirs) && SameWrite(value.Value, theirs)))
            .Select(value => value.Key)
            .Concat(backup.Values.Where(value => Place.IsUpkeeps(value.Key, value.Value) && !primary.Values.ContainsKey(value.Key)).Select(value => value.Key))
            .OrderByDescending(key => key == Place.IdentityKey)
            .ThenByDescending(key => key == UpkeepKey.Manager)];

    private static bool SameWrite(UpkeepStamp one, UpkeepStamp other) => one.Sequence == other.Sequence && one.Session == other.Session;

    private static string Described(Place place) => place.Contents.Values.ContainsKey(UpkeepKey.Manager) ? "a channel manager" : "upkeep's values";

    private static long NewestManager(Place place) => place.Contents.Values.GetValueOrDefault(UpkeepKey.Manager).Sequence;
}
