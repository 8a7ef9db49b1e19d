using System.Collections.Immutable;
using ActorNode.Configuration;

namespace ActorNode.Upkeep.Store;

/// <summary>Where upkeep's values are kept: the section <c>actornode.upkeep.store</c>.</summary>
public sealed record UpkeepStoreSettings : ISettingsRules
{
    /// <summary>The folder of the primary, in the layout of LDK's FilesystemStore. Null: the node's database.</summary>
    public string? Folder { get; init; }

    /// <summary>Folders that hold a backup each.</summary>
    public ImmutableArray<string> BackupFolders { get; init; } = [];

    /// <summary>PostgreSQL connection strings of databases that hold a backup each. They may hold passwords, so they are never shown.</summary>
    [Secret]
    public ImmutableArray<string> BackupDatabases { get; init; } = [];

    /// <summary>How many backups must hold a write before it counts.</summary>
    [InRange("0", "16")]
    public int RequiredBackups { get; init; }

    /// <summary>
    /// How many backups must answer when the store is opened, so that a primary that lost writes is noticed. Null: so many that one of
    /// them has every write that counted; none where no backup is required.
    /// </summary>
    [InRange("0", "16")]
    public int? BackupsAtStart { get; init; }

    /// <summary>How long a starting node waits for those backups.</summary>
    [InRange("0", "1 h")]
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a write waits for the backups that must hold it before it fails.</summary>
    [InRange("100 ms", "1 h")]
    public TimeSpan AcknowledgeTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A backup that did not have everything for so long counts as behind; one that fails does so at once.</summary>
    [InRange("0", "1 h")]
    public TimeSpan BehindAfter { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Wait before the second try of a backup that failed; doubles with each further one.</summary>
    [InRange("1 ms", "1 h")]
    public TimeSpan MinBackoff { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Longest wait between two tries.</summary>
    [InRange("1 ms", "1 h")]
    public TimeSpan MaxBackoff { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Most bytes of a value; more is refused, before room is made for it.</summary>
    [Bytes, InRange("1 MiB", "2147483591")]
    public long MaxValueBytes { get; init; } = 256L << 20;

    /// <summary>A value goes to a database in parts of so many bytes, a transaction each.</summary>
    [Bytes, InRange("4 KiB", "64 MiB")]
    public int PartBytes { get; init; } = 1 << 20;

    /// <summary>How long a transaction of the node's database may take before the write fails.</summary>
    [InRange("1 s", "1 h")]
    public TimeSpan CommitTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How many backups there are.</summary>
    [Derived]
    public int Backups => BackupFolders.Length + BackupDatabases.Length;

    /// <inheritdoc/>
    public IEnumerable<(string Key, string Rule)> Problems()
    {
        if (Folder is { Length: 0 })
            yield return ("folder", "is empty; it names a folder, or is off");
        if (BackupFolders.Any(folder => folder.Length == 0))
            yield return ("backup-folders", "has an empty name");
        if (BackupDatabases.Any(database => database.Length == 0))
            yield return ("backup-databases", "has an empty connection string");
        var folders = BackupFolders.Append(Folder).OfType<string>().Where(folder => folder.Length > 0).Select(Path.GetFullPath).ToList();
        if (folders.Distinct().Count() < folders.Count)
            yield return ("backup-folders", "names a folder twice, or the primary's");
        if (BackupDatabases.Distinct().Count() < BackupDatabases.Length)
            yield return ("backup-databases", "names a database twice");
        if (RequiredBackups > Backups)
            yield return ("required-backups", $"is {RequiredBackups}, but there are {Backups} backups");
        if (BackupsAtStart > Backups)
            yield return ("backups-at-start", $"is {BackupsAtStart}, but there are {Backups} backups");
        if (MinBackoff > MaxBackoff)
            yield return ("min-backoff", "is longer than max-backoff");
    }
}
