using System.Collections.Immutable;
using System.Text;
using ActorNode.Jobs.Agreements;
using ActorNode.Protocol.Jobs;
using ActorNode.Storage.Journal;
using ActorNode.Tests.Support;
using Akka.Actor;
using Xunit;

namespace ActorNode.Tests.Jobs.Agreements;

public sealed class AgreementEventsSpec : NodeSpec
{
    private readonly EventSerializer _serializer;

    public AgreementEventsSpec() => _serializer = new EventSerializer((ExtendedActorSystem)Sys, new EventCatalog(AgreementEventTypes.All));

    [Theory(DisplayName = "What a journal holds stays readable: the bytes of the first version of each type")]
    [InlineData("agreement-signed", """{"Agreement":{"Id":"0xab","CreatedAt":"2026-01-02T03:04:05+00:00","Encumbrance":{"Payment":"1000000000000000000","Expiration":300,"EndAt":"2026-01-02T03:04:05+00:00","Oracles":["0x3cb8e3FD9d27e39a5e9e6852b0e96160061fd4ea"]},"RequestBody":"{}","Signature":"0xcd","JobSpecId":"4c7b7ffb66b344fbaa64995af81e355a"},"Job":{"Id":"4c7b7ffb66b344fbaa64995af81e355a","CreatedAt":"2026-01-02T03:04:05+00:00","Initiators":[{"Id":1,"Type":"execagreement","Overlap":"allow","Missed":"skip","Jitter":"00:00:00","Requesters":[]}],"Tasks":[{"Id":1,"Type":"noop","Params":{"a":1},"Attempts":1}],"EndAt":"2026-01-02T03:04:05+00:00","Ordered":false}}""")]
    [InlineData("agreement-settled", """{"Id":"0xab"}""")]
    [InlineData("agreement-dropped", """{"Id":"0xab"}""")]
    public void Reads_old_bytes(string manifest, string json)
    {
        var read = _serializer.FromBinary(Encoding.UTF8.GetBytes(json), manifest);
        Assert.Equal(manifest, _serializer.Manifest(read));
        if (read is not AgreementSigned signed)
        {
            Assert.Equal(json, Encoding.UTF8.GetString(_serializer.ToBinary(read)));
            Assert.Equal("0xab", (read as AgreementSettled)?.Id.Value ?? (read as AgreementDropped)?.Id.Value);
            return;
        }

        // A job's members are not this slice's: what is written is read back the same.
        var written = _serializer.ToBinary(signed);
        Assert.Equal(Encoding.UTF8.GetString(written), Encoding.UTF8.GetString(_serializer.ToBinary(_serializer.FromBinary(written, manifest))));
        Assert.Equal(
            ("0xab", Some.Time, "{}", "0xcd", "4c7b7ffb66b344fbaa64995af81e355a"),
            (signed.Agreement.Id.Value, signed.Agreement.CreatedAt, signed.Agreement.RequestBody, signed.Agreement.Signature, signed.Agreement.JobSpecId.Value));
        Assert.Equal(("1000000000000000000", 300UL, Some.Time), (signed.Agreement.Encumbrance.Payment?.ToString(), signed.Agreement.Encumbrance.Expiration, signed.Agreement.Encumbrance.EndAt));
        Assert.Equal(ImmutableArray.Create("0x3cb8e3FD9d27e39a5e9e6852b0e96160061fd4ea").AsEnumerable(), signed.Agreement.Encumbrance.Oracles.AsEnumerable());
        Assert.Equal((InitiatorType.ExecAgreement, "noop", JobData.Parse("""{"a":1}"""), Some.Time), (signed.Job.Initiators[0].Type, signed.Job.Tasks[0].Type, signed.Job.Tasks[0].Params, signed.Job.EndAt));
    }

    [Theory(DisplayName = "An event without what it is about is no event")]
    [InlineData("agreement-signed", "{}")]
    [InlineData("agreement-settled", "{}")]
    [InlineData("agreement-dropped", "{}")]
    public void Refuses_holes(string manifest, string json) =>
        Assert.Throws<System.Runtime.Serialization.SerializationException>(() => _serializer.FromBinary(Encoding.UTF8.GetBytes(json), manifest));
}
