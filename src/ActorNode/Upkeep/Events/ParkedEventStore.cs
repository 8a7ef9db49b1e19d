using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using ActorNode.Protocol.Upkeep;

namespace ActorNode.Upkeep;

/// <summary>Parked events in the store: one value each, under a hash of the event's id, which may have any characters. Thread-safe.</summary>
internal sealed class ParkedEventStore(IUpkeepStore store)
{
    public Task WriteAsync(ParkedEvent parked, ReadOnlyMemory<byte> encoded, CancellationToken cancellationToken)
    {
        var value = new ParkedValue(parked.Id, parked.Kind, parked.At, parked.Attempts, parked.Error, encoded.ToArray());
        return store.WriteAsync(KeyOf(parked.Id), JsonSerializer.SerializeToUtf8Bytes(value, ParkedJson.Default.ParkedValue), cancellationToken);
    }

    /// <summary>The event in bytes; null: it is not there.</summary>
    public async Task<byte[]?> ReadAsync(string id, CancellationToken cancellationToken) =>
        await store.ReadAsync(KeyOf(id), cancellationToken).ConfigureAwait(false) is { } value ? Parse(value.Span).Event : null;

    public Task RemoveAsync(string id, CancellationToken cancellationToken) => store.RemoveAsync(KeyOf(id), cancellationToken);

    /// <summary>All of them, and the keys of values that cannot be read.</summary>
    public async Task<(ImmutableArray<ParkedEvent> Parked, ImmutableArray<UpkeepKey> Unreadable)> ListAsync(CancellationToken cancellationToken)
    {
        var parked = ImmutableArray.CreateBuilder<ParkedEvent>();
        var unreadable = ImmutableArray.CreateBuilder<UpkeepKey>();
        foreach (var key in await store.ListAsync(UpkeepKey.ParkedEvents, "", cancellationToken).ConfigureAwait(false))
        {
            if (await store.ReadAsync(key, cancellationToken).ConfigureAwait(false) is not { } value)
                continue;
            try
            {
                var read = Parse(value.Span);
                parked.Add(new ParkedEvent(read.Id, read.Kind, read.At, read.Attempts, read.Error));
            }
            catch (JsonException)
            {
                unreadable.Add(key);
            }
        }

        return (parked.ToImmutable(), unreadable.ToImmutable());
    }

    private static ParkedValue Parse(ReadOnlySpan<byte> value) =>
        JsonSerializer.Deserialize(value, ParkedJson.Default.ParkedValue) ?? throw new JsonException("the value is null");

    private static UpkeepKey KeyOf(string id) => new(UpkeepKey.ParkedEvents, "", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id))));
}

/// <summary>How a parked event is written.</summary>
internal sealed record ParkedValue(
    [property: JsonRequired] string Id,
    [property: JsonRequired] string Kind,
    [property: JsonRequired] DateTimeOffset At,
    [property: JsonRequired] int Attempts,
    [property: JsonRequired] string Error,
    [property: JsonRequired] byte[] Event);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ParkedValue))]
internal sealed partial class ParkedJson : JsonSerializerContext;
