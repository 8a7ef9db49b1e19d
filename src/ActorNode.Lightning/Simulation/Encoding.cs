using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ActorNode.Lightning.Simulation;

/// <summary>How simulated objects are stored: JSON, the manager with the number of its last operation before it.</summary>
internal static class Encoding
{
    public static byte[] Of(EventData data) => JsonSerializer.SerializeToUtf8Bytes(data, SimulationJson.Default.EventData);

    public static byte[] Of(ChannelState channel) => JsonSerializer.SerializeToUtf8Bytes(channel, SimulationJson.Default.ChannelState);

    public static byte[] Of(WorldState world) => JsonSerializer.SerializeToUtf8Bytes(world, SimulationJson.Default.WorldState);

    public static byte[] Of(GraphState graph) => JsonSerializer.SerializeToUtf8Bytes(graph, SimulationJson.Default.GraphState);

    public static byte[] Of(ScorerState scorer) => JsonSerializer.SerializeToUtf8Bytes(scorer, SimulationJson.Default.ScorerState);

    public static byte[] Of(SweeperState sweeper) => JsonSerializer.SerializeToUtf8Bytes(sweeper, SimulationJson.Default.SweeperState);

    public static byte[] Of(LiquidityState liquidity) => JsonSerializer.SerializeToUtf8Bytes(liquidity, SimulationJson.Default.LiquidityState);

    public static byte[] Of(ManagerState manager)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(manager, SimulationJson.Default.ManagerState);
        var bytes = new byte[sizeof(long) + json.Length];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, manager.LastOperation);
        json.CopyTo(bytes, sizeof(long));
        return bytes;
    }

    public static ManagerState Manager(ReadOnlyMemory<byte> bytes) => JsonSerializer.Deserialize(bytes.Span[sizeof(long)..], SimulationJson.Default.ManagerState)!;

    /// <summary>The last operation that an encoded manager knows of.</summary>
    public static long LastOperationOf(ReadOnlyMemory<byte> manager) => BinaryPrimitives.ReadInt64LittleEndian(manager.Span);

    public static ChannelState Channel(ReadOnlyMemory<byte> bytes) => JsonSerializer.Deserialize(bytes.Span, SimulationJson.Default.ChannelState)!;

    public static WorldState World(byte[] bytes) => JsonSerializer.Deserialize(bytes, SimulationJson.Default.WorldState)!;

    public static GraphState Graph(ReadOnlyMemory<byte> bytes) => JsonSerializer.Deserialize(bytes.Span, SimulationJson.Default.GraphState)!;

    public static ScorerState Scorer(ReadOnlyMemory<byte> bytes) => JsonSerializer.Deserialize(bytes.Span, SimulationJson.Default.ScorerState)!;

    public static SweeperState Sweeper(ReadOnlyMemory<byte> bytes) => JsonSerializer.Deserialize(bytes.Span, SimulationJson.Default.SweeperState)!;

    public static LiquidityState Liquidity(ReadOnlyMemory<byte> bytes) => JsonSerializer.Deserialize(bytes.Span, SimulationJson.Default.LiquidityState)!;

    /// <summary>An event, or null when the bytes are none.</summary>
    public static EventData? Event(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return JsonSerializer.Deserialize(bytes, SimulationJson.Default.EventData);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>Generated serializers of what is stored.</summary>
[JsonSourceGenerationOptions(UseStringEnumConverter = true)]
[JsonSerializable(typeof(EventData))]
[JsonSerializable(typeof(ChannelState))]
[JsonSerializable(typeof(ManagerState))]
[JsonSerializable(typeof(WorldState))]
[JsonSerializable(typeof(GraphState))]
[JsonSerializable(typeof(ScorerState))]
[JsonSerializable(typeof(SweeperState))]
[JsonSerializable(typeof(LiquidityState))]
internal sealed partial class SimulationJson : JsonSerializerContext;
