namespace ActorNode.Storage;

/// <summary>Which database holds the node's data.</summary>
public enum StorageProvider
{
    /// <summary>A SQLite file in the data folder.</summary>
    Sqlite,

    /// <summary>A PostgreSQL database.</summary>
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
public sealed record StorageSettings
{
    /// <summary>Which database.</summary>
    public StorageProvider Provider { get; init; } = StorageProvider.Sqlite;

    /// <summary>Folder of the SQLite file. Created when it is not there.</summary>
    public string DataFolder { get; init; } = "data";

    /// <summary>Name of the SQLite file within the folder.</summary>
    public string FileName { get; init; } = "node.db";

    /// <summary>The PostgreSQL connection string. May hold a password, so it is never shown.</summary>
    public string ConnectionString { get; init; } = "";

    /// <summary>SQLite: what a commit waits for.</summary>
    public SqliteSynchronous Synchronous { get; init; } = SqliteSynchronous.Full;

    /// <summary>SQLite: bytes of the database that the writer keeps in memory, at most.</summary>
    public long CacheBytes { get; init; } = 64L << 20;

    /// <summary>SQLite: bytes of write-ahead log after which its pages are copied to the database file.</summary>
    public long CheckpointBytes { get; init; } = 64L << 20;

    /// <summary>SQLite: bytes of a page of a new database: a power of two from 512 to 65,536. An existing one keeps its own.</summary>
    public int PageBytes { get; init; } = 4096;

    /// <summary>
    /// SQLite: pages that the database may have; writes beyond fail as on a full disk. 0: no limit. The limit of an open store:
    /// <see cref="Sqlite.SqliteNodeStore.MaxPages"/>.
    /// </summary>
    public long MaxPages { get; init; }

    /// <summary>SQLite: new message ids that wait in memory (16 bytes each) before they move to the index on disk.</summary>
    public int BufferedIds { get; init; } = 256 * 1024;

    /// <summary>Connections for reads, at most; as many reads run at once.</summary>
    public int Readers { get; init; } = 4;

    /// <summary>Accounts whose state the writer keeps in memory.</summary>
    public int CachedAccounts { get; init; } = 32 * 1024;

    /// <summary>How long a statement may take (PostgreSQL) or wait for a lock of another program (SQLite).</summary>
    public TimeSpan CommandTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Shows everything but the connection string, which may hold a password.</summary>
    public override string ToString() => Provider switch
    {
        StorageProvider.Sqlite => $"sqlite {Path.Combine(DataFolder, FileName)} synchronous={Synchronous}",
        StorageProvider.PostgreSql => "postgresql",
        _ => "memory",
    };
}
