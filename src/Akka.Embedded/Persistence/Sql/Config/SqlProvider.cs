using Akka.Configuration;

namespace Akka.Persistence.Sql.Config;

internal enum SqlDatabase
{
    Sqlite,
    PostgreSql
}

/// <summary>What a <c>provider-name</c> means.</summary>
/// <param name="Identity">PostgreSQL: whether the ordering is an identity column, as Akka.Persistence.Sql has it for this name alone; else a serial.</param>
internal sealed record SqlProvider(SqlDatabase Database, bool Identity)
{
    public static SqlProvider From(string section, Configuration.Config config)
    {
        var name = config.GetString("provider-name") ?? "";
        if (name.StartsWith("SQLite", StringComparison.OrdinalIgnoreCase))
            return new SqlProvider(SqlDatabase.Sqlite, Identity: false);
        if (name.StartsWith("PostgreSQL", StringComparison.OrdinalIgnoreCase))
            return new SqlProvider(SqlDatabase.PostgreSql, name.Equals("PostgreSQL.15", StringComparison.OrdinalIgnoreCase));
        throw new ConfigurationException(
            $"{section}.provider-name is [{name}]: the embedded actor engine supports SQLite.MS and PostgreSQL.15 (or another SQLite* or PostgreSQL* name)");
    }
}
