using System.Text;
using ActorNode.Storage;

namespace ActorNode.Upkeep.Store;

/// <summary>A place and what it holds.</summary>
/// <param name="Location">Where it is.</param>
/// <param name="Identity">Which store it belongs to; null: it was never part of one.</param>
/// <param name="Unfinished">The backup that is being restored to it; null: none.</param>
/// <param name="Contents">Its values.</param>
internal sealed record Place(string Location, string? Identity, string? Unfinished, UpkeepContents Contents)
{
    /// <summary>Holds the identity of the store: a primary with its backups.</summary>
    public static readonly UpkeepKey IdentityKey = new(ReplicatedUpkeepStore.OwnNamespace, "", "store");

    /// <summary>Is there while a restore is under way; names its source.</summary>
    public static readonly UpkeepKey RestoringKey = new(ReplicatedUpkeepStore.OwnNamespace, "", "restoring");

    /// <summary>Whether there is a value that was written by upkeep, or that upkeep would read.</summary>
    public bool HoldsValues => Contents.Values.Any(value => value.Key.PrimaryNamespace != ReplicatedUpkeepStore.OwnNamespace && IsUpkeeps(value.Key, value.Value));

    /// <summary>
    /// Whether a value is upkeep's. A folder may hold what others keep there, monitors above all: those have no stamp, and are neither
    /// compared nor copied.
    /// </summary>
    public static bool IsUpkeeps(UpkeepKey key, UpkeepStamp stamp) => !IsForeign(stamp)
        || key == UpkeepKey.Manager || key == UpkeepKey.NetworkGraph || key == UpkeepKey.Scorer || key.PrimaryNamespace == UpkeepKey.ParkedEvents;

    /// <summary>Whether the value was not written by a node.</summary>
    public static bool IsForeign(UpkeepStamp stamp) => stamp.Sequence == 0;

    /// <summary>Looks at a place.</summary>
    public static async Task<Place> OfAsync(IUpkeepReplica replica, CancellationToken cancellationToken)
    {
        var contents = await replica.ContentsAsync(cancellationToken).ConfigureAwait(false);
        return new Place(
            replica.Location,
            await TextAsync(IdentityKey).ConfigureAwait(false),
            await TextAsync(RestoringKey).ConfigureAwait(false),
            contents);

        async Task<string?> TextAsync(UpkeepKey key) => contents.Values.ContainsKey(key) && await replica.ReadAsync(key, cancellationToken).ConfigureAwait(false) is { } value
            ? Encoding.UTF8.GetString(value.Bytes.Span)
            : null;
    }
}
