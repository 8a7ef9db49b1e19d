using System.Text.Json;
using System.Text.Json.Serialization;
using Akka.Actor;
using Akka.Serialization;

namespace ActorNode.Benchmarks.Journal;

/// <summary>The event of these benchmarks: about a hundred bytes of JSON, as events of the node are.</summary>
public sealed record Entry(long Number, string Account, string Text)
{
    public static Entry Of(long number) => new(number, "tz1VSUr8wwNhLAzempoch5d6hLRiTh8Cjcjb", "some thirty characters of text");
}

[JsonSerializable(typeof(Entry))]
internal sealed partial class EntryJson : JsonSerializerContext;

/// <summary>Source-generated JSON with a short manifest, as the node's own serializer.</summary>
public sealed class EntrySerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    public override int Identifier => 7001;

    public override string Manifest(object o) => "e";

    public override byte[] ToBinary(object obj) => JsonSerializer.SerializeToUtf8Bytes((Entry)obj, EntryJson.Default.Entry);

    public override object FromBinary(byte[] bytes, string manifest) => JsonSerializer.Deserialize(bytes, EntryJson.Default.Entry)!;
}
