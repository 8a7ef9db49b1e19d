using System.Text;
using ActorNode.Forging.Watermarks;
using ActorNode.Protocol.Forging;
using ActorNode.Storage.Journal;
using ActorNode.Tests.Support;
using Akka.Actor;
using Xunit;

namespace ActorNode.Tests.Forging.Watermarks;

public sealed class MarkEventsSpec : NodeSpec
{
    private readonly EventSerializer _serializer;

    public MarkEventsSpec() => _serializer = new EventSerializer((ExtendedActorSystem)Sys, new EventCatalog(MarkEventTypes.All));

    [Theory(DisplayName = "What a journal holds stays readable: the bytes of the first version of each type")]
    [InlineData("mark-raised", """{"Chain":"NetX","Kind":"Block","Level":10,"Round":4,"Hash":"aa","At":"2026-01-02T03:04:05+00:00"}""")]
    [InlineData("mark-signed", """{"Chain":"NetX","Kind":"Preattestation","Level":10,"Round":4,"Hash":"aa","Signature":"sig"}""")]
    [InlineData("mark-imported", """{"Chain":"NetX","Kind":"Attestation","Level":10,"Round":4,"Hash":null,"Signature":null,"At":"2026-01-02T03:04:05+00:00"}""")]
    [InlineData("mark-forced", """{"Chain":"NetX","Kind":"Block","Level":10,"Round":4,"Hash":"aa","At":"2026-01-02T03:04:05+00:00"}""")]
    [InlineData("marks", """{"Marks":[{"Chain":"NetX","Kind":"Block","Level":10,"Round":4,"Hash":"aa","Signature":"sig"}]}""")]
    public void Reads_old_bytes(string manifest, string json)
    {
        var read = _serializer.FromBinary(Encoding.UTF8.GetBytes(json), manifest);
        Assert.Equal(Expected(manifest), read is MarksSnapshot snapshot ? snapshot.ToSet().Marks.Single() : read);
        Assert.Equal(manifest, _serializer.Manifest(read));
        Assert.Equal(json, Encoding.UTF8.GetString(_serializer.ToBinary(read)));
    }

    [Theory(DisplayName = "A signature may be part of the event that follows it")]
    [InlineData("mark-raised", """{"Signed":{"Chain":"NetX","Kind":"Preattestation","Level":10,"Round":4,"Hash":"aa","Signature":"sig"},"Chain":"NetX","Kind":"Block","Level":10,"Round":4,"Hash":"aa","At":"2026-01-02T03:04:05+00:00"}""")]
    [InlineData("mark-forced", """{"Signed":{"Chain":"NetX","Kind":"Preattestation","Level":10,"Round":4,"Hash":"aa","Signature":"sig"},"Chain":"NetX","Kind":"Block","Level":10,"Round":4,"Hash":"aa","At":"2026-01-02T03:04:05+00:00"}""")]
    public void Reads_signatures_within(string manifest, string json)
    {
        var signed = (MarkSigned)Expected("mark-signed");

        var read = _serializer.FromBinary(Encoding.UTF8.GetBytes(json), manifest);

        Assert.Equal(Expected(manifest) switch { MarkRaised raised => raised with { Signed = signed }, MarkForced forced => forced with { Signed = signed }, _ => null }, (IMarkEvent)read);
        Assert.Equal(read, _serializer.FromBinary(_serializer.ToBinary(read), manifest));
    }

    [Theory(DisplayName = "An event without what makes it a mark is no event: the recovery fails, and nothing is signed")]
    [InlineData("mark-raised", """{"Chain":"NetX","Kind":"Block","Level":10,"Hash":"aa"}""")]
    [InlineData("mark-raised", """{"Chain":"NetX","Kind":"Nonsense","Level":10,"Round":1,"Hash":"aa"}""")]
    [InlineData("mark-raised", """{"Chain":"NetX","Kind":"Block","Level":10,"Round":4,"Hash":"aa","Signed":{"Chain":"NetX","Kind":"Block","Level":9,"Round":0,"Hash":"bb"}}""")]
    [InlineData("marks", "{}")]
    public void Refuses_holes(string manifest, string json) =>
        Assert.Throws<System.Runtime.Serialization.SerializationException>(() => _serializer.FromBinary(Encoding.UTF8.GetBytes(json), manifest));

    private static object Expected(string manifest) => manifest switch
    {
        "mark-raised" => new MarkRaised("NetX", ForgeKind.Block, 10, 4, "aa", Some.Time),
        "mark-signed" => new MarkSigned("NetX", ForgeKind.Preattestation, 10, 4, "aa", "sig"),
        "mark-imported" => new MarkImported("NetX", ForgeKind.Attestation, 10, 4, null, null, Some.Time),
        "mark-forced" => new MarkForced("NetX", ForgeKind.Block, 10, 4, "aa", Some.Time),
        _ => new Watermark(new ChainName("NetX"), ForgeKind.Block, new LevelRound(10, 4), "aa", "sig"),
    };
}
