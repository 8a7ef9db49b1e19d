using Specs.Persistence.Support;

namespace Specs.Persistence;

// Each contract once more, on SQLite.
public sealed class SqlitePersistSpec : PersistContract<SqliteStore>;

public sealed class SqliteJournalSpec : JournalContract<SqliteStore>;

public sealed class SqliteRecoverySpec : RecoveryContract<SqliteStore>;

public sealed class SqliteSnapshotAndDeletionSpec : SnapshotAndDeletionContract<SqliteStore>;
