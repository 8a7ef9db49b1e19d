using Specs.Persistence.Support;

namespace Specs.Persistence;

// Each contract once more, on PostgreSQL.
[NeedsPostgres]
public sealed class PostgresPersistSpec : PersistContract<PostgresStore>;

[NeedsPostgres]
public sealed class PostgresJournalSpec : JournalContract<PostgresStore>;

[NeedsPostgres]
public sealed class PostgresRecoverySpec : RecoveryContract<PostgresStore>;

[NeedsPostgres]
public sealed class PostgresSnapshotAndDeletionSpec : SnapshotAndDeletionContract<PostgresStore>;
