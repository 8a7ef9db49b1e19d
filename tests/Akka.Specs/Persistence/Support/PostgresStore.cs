using ActorNode.Tests.Support;

namespace Specs.Persistence.Support;

/// <summary>The plugins on an empty database of the tests' own server.</summary>
public sealed class PostgresStore : IStore
{
    // Off the test's thread: the server is started by tasks that may want to come back to it.
    private readonly string _connectionString = Task.Run(async () => await (await PostgresServer.SharedAsync()).CreateDatabaseAsync()).GetAwaiter().GetResult();

    public string Config => SqlPlugins.Config("PostgreSQL.15", _connectionString);

    public bool RefusesSecondWriter => true;

    public bool Serializes => true;

    public void Dispose()
    {
    }
}

/// <summary>The tests of a class are skipped where no server is installed, except under CI=true, where they fail then.</summary>
public sealed class NeedsPostgresAttribute : StoreRequirementAttribute
{
    public override string? Missing =>
        string.Equals(Environment.GetEnvironmentVariable("CI"), "true", StringComparison.OrdinalIgnoreCase) ? null : PostgresServer.Unavailable;
}
