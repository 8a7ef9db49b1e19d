using System.Runtime.Serialization;
using System.Text;
using ActorNode.Storage.Journal;
using ActorNode.Tests.Support;
using Akka.Actor;
using Xunit;

namespace ActorNode.Tests.Storage.Journal;

public sealed class EventSerializerSpec : NodeSpec
{
    private readonly EventSerializer _serializer;

    public EventSerializerSpec() => _serializer = new EventSerializer((ExtendedActorSystem)Sys, SampleEvents.Catalog);

    [Fact(DisplayName = "An event is JSON under its manifest, without a type name")]
    public void Writes_json()
    {
        var opened = new Opened("alice", 3);
        Assert.Equal("opened", _serializer.Manifest(opened));
        Assert.Equal("""{"Owner":"alice","Level":3,"Note":null}""", Encoding.UTF8.GetString(_serializer.ToBinary(opened)));
        Assert.Equal(opened, _serializer.FromBinary(_serializer.ToBinary(opened), "opened"));
    }

    [Fact(DisplayName = "Yesterday's bytes stay readable: what the type has gained since is its default")]
    public void Reads_old_bytes() =>
        Assert.Equal(new Opened("alice", 3), _serializer.FromBinary("""{"Owner":"alice","Level":3}"""u8.ToArray(), "opened"));

    [Fact(DisplayName = "An event of an unknown manifest is refused by name, as is a type that is no event")]
    public void Refuses_the_unknown()
    {
        var newer = Assert.Throws<SerializationException>(() => _serializer.FromBinary("{}"u8.ToArray(), "reopened"));
        Assert.Contains("'reopened'", newer.Message, StringComparison.Ordinal);
        var stranger = Assert.Throws<SerializationException>(() => _serializer.ToBinary("text"));
        Assert.Contains("String", stranger.Message, StringComparison.Ordinal);
    }

    [Theory(DisplayName = "A damaged event is refused without showing what it holds")]
    [InlineData("""{"Owner":"secret","Level":""")]
    [InlineData("""{"Owner":"secret","Level":"x"}""")]
    [InlineData("""{"Level":3}""")]
    [InlineData("null")]
    [InlineData("")]
    public void Refuses_damage(string text)
    {
        var damaged = Assert.Throws<SerializationException>(() => _serializer.FromBinary(Encoding.UTF8.GetBytes(text), "opened"));
        Assert.Contains("'opened'", damaged.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", damaged.Message, StringComparison.Ordinal);
    }

    [Theory(DisplayName = "A manifest is short, of small letters, digits and dashes")]
    [InlineData("")]
    [InlineData("Opened")]
    [InlineData("opened.v2")]
    [InlineData("a-name-that-is-far-too-long")]
    public void Refuses_manifests(string manifest) =>
        Assert.Throws<ArgumentException>(() => EventType.Of(manifest, SampleJson.Default.Opened));

    [Fact(DisplayName = "A catalog has one manifest a type and one type a manifest")]
    public void Refuses_doubles()
    {
        Assert.Throws<ArgumentException>(() => new EventCatalog([EventType.Of("a", SampleJson.Default.Opened), EventType.Of("b", SampleJson.Default.Opened)]));
        Assert.Throws<ArgumentException>(() => new EventCatalog([EventType.Of("a", SampleJson.Default.Opened), EventType.Of("a", SampleJson.Default.Closed)]));
    }
}
