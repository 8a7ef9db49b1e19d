using Akka.Persistence.Sql;

namespace Specs.Persistence.Support;

/// <summary>The plugins on a SQLite file of the test's own.</summary>
public sealed class SqliteStore : IStore
{
    private readonly string _folder = Directory.CreateTempSubdirectory("akka-specs-").FullName;

    public string Config => SqlPlugins.Config("SQLite.MS", $"Data Source={Path.Combine(_folder, "journal.db")}");

    public bool RefusesSecondWriter => true;

    public bool Serializes => true;

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}

internal static class SqlPlugins
{
    public static string Config(string provider, string connectionString) =>
        $$"""
        {{SqlPersistence.DefaultConfiguration.ToString(includeFallback: true)}}
        akka.persistence {
          journal.plugin = "akka.persistence.journal.sql"
          # Copied often, so that a test comes across it.
          journal.sql { connection-string = "{{connectionString}}", provider-name = "{{provider}}", sqlite.checkpoint-bytes = 512 KiB }
          snapshot-store.plugin = "akka.persistence.snapshot-store.sql"
          snapshot-store.sql { connection-string = "{{connectionString}}", provider-name = "{{provider}}" }
        }
        """;
}
