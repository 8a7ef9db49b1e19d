using System.Text.Json.Serialization;
using ActorNode.Protocol.Jobs;

namespace ActorNode.Jobs;

/// <summary>Jobs and runs as the node's database holds them.</summary>
[JsonSourceGenerationOptions(
    UseStringEnumConverter = true,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(JobSpec))]
[JsonSerializable(typeof(JobRun))]
public sealed partial class JobsJson : JsonSerializerContext;
