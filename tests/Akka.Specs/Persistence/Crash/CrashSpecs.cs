using Specs.Persistence.Support;
using Xunit.Abstractions;

namespace Specs.Persistence.Crash;

public sealed class SqliteCrashSpec(ITestOutputHelper output) : CrashContract<SqliteStore>(output);

[NeedsPostgres]
public sealed class PostgresCrashSpec(ITestOutputHelper output) : CrashContract<PostgresStore>(output);
