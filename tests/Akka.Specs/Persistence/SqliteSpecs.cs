using Specs.Persistence.Support;

namespace Specs.Persistence;

// Each contract once more, on SQLite.
public sealed class SqlitePersistSpec : PersistContract<SqliteStore>;
