using Akka.Configuration;

namespace Akka.Persistence.Sql.Config;

/// <summary>What a journal and a snapshot store have in common.</summary>
/// <param name="Section">Where the settings stand, for errors.</param>
/// <param name="Schema">Null: the default one.</param>
/// <param name="DefaultSerializer">Name of the serializer for types without a binding; null: the one bound to object.</param>
/// <param name="Readers">Most reads at a time.</param>
/// <param name="CheckpointBytes">SQLite: bytes of write-ahead log after which a commit copies its pages to the database file.</param>
/// <param name="CallTimeout">How long one statement may take, waits for locks included.</param>
internal sealed record SqlSettings(
    string Section,
    string ConnectionString,
    SqlProvider Provider,
    string? Schema,
    string? DefaultSerializer,
    bool AutoInitialize,
    bool WarnOnAutoInitializeFail,
    int Readers,
    bool SynchronousFull,
    long CheckpointBytes,
    TimeSpan CallTimeout)
{
    private const long MinCheckpointBytes = 64 * 1024;

    /// <summary>Reads the settings of a plugin.</summary>
    /// <param name="section">The path of the settings, for errors.</param>
    public static SqlSettings From(string section, Configuration.Config config)
    {
        var provider = SqlProvider.From(section, config);
        var connectionString = config.GetString("connection-string") ?? "";
        if (string.IsNullOrWhiteSpace(connectionString))
            throw new ConfigurationException($"{section}.connection-string is empty");
        var mapping = config.GetString("table-mapping") ?? "";
        if (mapping != "default")
            throw new ConfigurationException(
                $"{section}.table-mapping is [{mapping}]: the embedded actor engine has the mapping default only; name tables and columns of your own under {section}.default");
        var schema = config.GetString("default.schema-name");
        if (schema is not null && provider.Database == SqlDatabase.Sqlite)
            throw new ConfigurationException($"{section}.default.schema-name is [{schema}]: SQLite has no schemas");
        var synchronous = config.GetString("sqlite.synchronous") ?? "full";
        if (!synchronous.Equals("full", StringComparison.OrdinalIgnoreCase) && !synchronous.Equals("normal", StringComparison.OrdinalIgnoreCase))
            throw new ConfigurationException($"{section}.sqlite.synchronous is [{synchronous}]: it must be full or normal");
        return new SqlSettings(
            section,
            connectionString,
            provider,
            schema,
            config.GetString("serializer"),
            config.GetBoolean("auto-initialize"),
            config.GetBoolean("warn-on-auto-init-fail"),
            AtLeastOne(section, config, "parallelism"),
            synchronous.Equals("full", StringComparison.OrdinalIgnoreCase),
            config.GetByteSize("sqlite.checkpoint-bytes") is { } bytes and >= MinCheckpointBytes
                ? bytes
                : throw new ConfigurationException($"{section}.sqlite.checkpoint-bytes is [{config.GetString("sqlite.checkpoint-bytes")}]: it must be {MinCheckpointBytes} bytes or more"),
            config.GetTimeSpan("circuit-breaker.call-timeout"));
    }

    /// <summary>The name of a table or column.</summary>
    public static string Name(string section, Configuration.Config config, string path) => config.GetString(path) is { Length: > 0 } name
        ? name
        : throw new ConfigurationException($"{section}.{path} is empty: it must name a table or column");

    public static int AtLeastOne(string section, Configuration.Config config, string path) => config.GetInt(path) is var value and >= 1
        ? value
        : throw new ConfigurationException($"{section}.{path} is {config.GetInt(path)}: it must be 1 or more");
}
