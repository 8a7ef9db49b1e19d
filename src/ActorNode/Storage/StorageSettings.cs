using System.Numerics;
using System.Runtime.Serialization;
using ActorNode.Configuration;

namespace ActorNode.Storage;

/// <summary>Which database holds the node's data.</summary>
public enum StorageProvider
{
    /// <summary>A SQLite file in the data folder.</summary>
    Sqlite,

    /// <summary>A PostgreSQL database.</summary>
    [EnumMember(Value = "postgresql")]
    PostgreSql,

    /// <summary>Nothing but memory: for tests. What is stored ends with the process.</summary>
    Memory,
}

/// <summary>What SQLite waits for before a commit counts.</summary>
public enum SqliteSynchronous
{
    /// <summary>A committed transaction survives a power loss.</summary>
    Full,

    /// <summary>A committed transaction survives the end of the process; a power loss may take the last ones. The operator's choice.</summary>
    Normal,
}

/// <summary>Where and how the node's data are stored.</summary>
public sealed record StorageSettings : ISettingsRules
{
    /// <summary>Which database.</summary>
    public StorageProvider Provider { get; init; } = StorageProvider.Sqlite;

    /// <summary>Folder of the SQLite file. Created when it is not there.</summary>
    [Derived]
    public string DataFolder { get; init; } = "data";

    /// <summary>Name of the SQLite file within the folder.</summary>
    public string FileName { get; init; } = "node.db";

    /// <summary>Name of the SQLite file of persistent actors' events and snapshots, within the folder.</summary>
    public string JournalFileName { get; init; } = "journal.db";

    /// <summary>The PostgreSQL connection string. May hold a password, so it is never shown.</summary>
    [Secret]
    public string ConnectionString { get; init; } = "";

    /// <summary>SQLite: what a commit waits for.</summary>
    public SqliteSynchronous Synchronous { get; init; } = SqliteSynchronous.Full;

    /// <summary>SQLite: bytes of the database that the writer keeps in memory, at most.</summary>
    [Bytes, InRange("1 MiB", "64 GiB")]
    public long CacheBytes { get; init; } = 64L << 20;

    /// <summary>SQLite: bytes of write-ahead log after which its pages are copied to the database file.</summary>
    [Bytes, InRange("64 KiB", "64 GiB")]
    public long CheckpointBytes { get; init; } = 64L << 20;

    /// <summary>SQLite: bytes of a page of a new database: a power of two from 512 to 65,536. An existing one keeps its own.</summary>
    [Bytes, InRange("512", "64 KiB")]
    public int PageBytes { get; init; } = 4096;

    /// <summary>
    /// SQLite: pages that the database may have; writes beyond fail as on a full disk. 0: no limit. The limit of an open store:
    /// <see cref="Sqlite.SqliteNodeStore.MaxPages"/>.
    /// </summary>
    [InRange("0", "4294967294")]
    public long MaxPages { get; init; }

    /// <summary>SQLite: new message ids that wait in memory (16 bytes each) before they move to the index on disk.</summary>
    [InRange("1", "100000000")]
    public int BufferedIds { get; init; } = 256 * 1024;

    /// <summary>Connections for reads, at most; as many reads run at once.</summary>
    [InRange("1", "64")]
    public int Readers { get; init; } = 4;

    /// <summary>A page of messages ends with the one that brings its bodies to so many bytes, however many were asked for.</summary>
    [Bytes, InRange("1 KiB", "1 GiB")]
    public long MaxPageBytes { get; init; } = 8 * 1024 * 1024;

    /// <summary>Accounts whose state the writer keeps in memory.</summary>
    [InRange("1", "100000000")]
    public int CachedAccounts { get; init; } = 32 * 1024;

    /// <summary>How long a statement may take (PostgreSQL) or wait for a lock of another program (SQLite).</summary>
    [InRange("100 ms", "1 h")]
    public TimeSpan CommandTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a starting node waits for a database server that does not answer yet.</summary>
    [InRange("0", "1 h")]
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <inheritdoc/>
    public IEnumerable<(string Key, string Rule)> Problems()
    {
        if (Provider == StorageProvider.PostgreSql && ConnectionString.Length == 0)
            yield return ("connection-string", "is empty, but provider is postgresql");
        if (Provider != StorageProvider.PostgreSql && ConnectionString.Length > 0)
            yield return ("connection-string", "is given, but provider is not postgresql");
        if (!IsFileName(FileName))
            yield return ("file-name", $"'{FileName}' is no name of a file within the data folder");
        if (!IsFileName(JournalFileName))
            yield return ("journal-file-name", $"'{JournalFileName}' is no name of a file within the data folder");
        if (JournalFileName == FileName)
            yield return ("journal-file-name", "is file-name's; journal and data need a file each");
        if (!BitOperations.IsPow2(PageBytes))
            yield return ("page-bytes", $"{PageBytes} is no power of two");
    }

    private static bool IsFileName(string name) => name.Length > 0 && Path.GetFileName(name) == name;

    /// <summary>Shows everything but the connection string, which may hold a password.</summary>
    public override string ToString() => Provider switch
    {
        StorageProvider.Sqlite => $"sqlite {Path.Combine(DataFolder, FileName)} synchronous={Synchronous}",
        StorageProvider.PostgreSql => "postgresql",
        _ => "memory",
    };
}
