using Specs.Persistence.Support;

namespace Specs.Persistence;

// Each contract once more, on PostgreSQL.
[NeedsPostgres]
public sealed class PostgresPersistSpec : PersistContract<PostgresStore>;
