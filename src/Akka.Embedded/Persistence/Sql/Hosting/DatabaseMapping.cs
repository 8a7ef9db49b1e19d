namespace Akka.Persistence.Sql.Hosting;

/// <summary>Names of tables and columns. This engine opens databases of the first one; the others are those of plugins before Akka.Persistence.Sql.</summary>
public enum DatabaseMapping
{
    Default,
    Sqlite,
    SqlServer,
    PostgreSql,
    MySql
}

public static class DatabaseMappingExtension
{
    /// <summary>The mapping's section below a plugin's settings.</summary>
    public static string Name(this DatabaseMapping map) => map switch
    {
        DatabaseMapping.Default => "default",
        DatabaseMapping.Sqlite => "sqlite",
        DatabaseMapping.SqlServer => "sql-server",
        DatabaseMapping.PostgreSql => "postgresql",
        DatabaseMapping.MySql => "mysql",
        _ => throw new ArgumentOutOfRangeException(nameof(map), map, "There is no such mapping")
    };
}
