using ActorNode.Forging;
using ActorNode.Jobs;
using ActorNode.Messages;
using ActorNode.Services;
using ActorNode.Storage;
using ActorNode.Upkeep;

namespace ActorNode.Configuration;

/// <summary>All settings of a node: the section <c>actornode</c>.</summary>
public sealed record NodeSettings : ISettingsRules
{
    /// <summary>The folder that holds the node's data and logs; created where it is missing.</summary>
    public string Data { get; init; } = "data";

    /// <summary>The HTTP server.</summary>
    public HttpSettings Http { get; init; } = new();

    /// <summary>The log.</summary>
    public LoggingSettings Logging { get; init; } = new();

    /// <summary>Pushed metrics.</summary>
    public TelemetrySettings Telemetry { get; init; } = new();

    /// <summary>The database.</summary>
    public StorageSettings Storage { get; init; } = new();

    /// <summary>The message writer.</summary>
    public MessagesSettings Messages { get; init; } = new();

    /// <summary>The forge worker.</summary>
    public ForgingSettings Forging { get; init; } = new();

    /// <summary>The job engine.</summary>
    public JobsSettings Jobs { get; init; } = new();

    /// <summary>Background services.</summary>
    public ServicesSettings Services { get; init; } = new();

    /// <summary>Channel upkeep.</summary>
    public UpkeepSettings Upkeep { get; init; } = new();

    /// <inheritdoc/>
    public IEnumerable<(string Key, string Rule)> Problems()
    {
        if (Data.Length == 0)
            yield return ("data", "is empty; it names a folder");
    }
}
