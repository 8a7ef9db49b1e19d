using System.Text;
using ActorNode.Jobs.Access;
using ActorNode.Jobs.Bridges;
using ActorNode.Storage.Journal;
using ActorNode.Tests.Support;
using Akka.Actor;
using Xunit;

namespace ActorNode.Tests.Jobs.Access;

public sealed class AccessEventsSpec : NodeSpec
{
    private readonly EventSerializer _serializer;

    public AccessEventsSpec() => _serializer = new EventSerializer((ExtendedActorSystem)Sys, new EventCatalog([.. AccessEventTypes.All, .. BridgeEventTypes.All]));

    [Theory(DisplayName = "What a journal holds stays readable: the bytes of the first version of each type")]
    [InlineData("user-created", """{"Email":"a@b","PasswordHash":"scrypt","At":"2026-01-02T03:04:05+00:00"}""")]
    [InlineData("user-password-changed", """{"PasswordHash":"scrypt","KeptSession":"aa","At":"2026-01-02T03:04:05+00:00"}""")]
    [InlineData("session-opened", """{"Session":"aa","At":"2026-01-02T03:04:05+00:00"}""")]
    [InlineData("session-used", """{"Session":"aa","At":"2026-01-02T03:04:05+00:00"}""")]
    [InlineData("sessions-closed", """{"Sessions":["aa","bb"]}""")]
    [InlineData("initiator-created", """{"AccessKey":"aa","Salt":"bb","HashedSecret":"cc","Name":null,"Url":null,"OutgoingToken":null,"OutgoingSecret":null,"At":"2026-01-02T03:04:05+00:00"}""")]
    [InlineData("initiator-deleted", """{"AccessKey":"aa"}""")]
    [InlineData("access", """{"User":{"Email":"a@b","PasswordHash":"scrypt","At":"2026-01-02T03:04:05+00:00"},"Sessions":[{"Hash":"aa","OpenedAt":"2026-01-02T03:04:05+00:00","LastUsed":"2026-01-02T03:04:06+00:00"}],"Initiators":[]}""")]
    [InlineData("bridge-put", """{"Name":"price","Url":"http://localhost/","Confirmations":3,"IncomingTokenHash":"aa","Salt":"bb","OutgoingToken":"cc","MinimumContractPayment":"100"}""")]
    [InlineData("bridge-deleted", """{"Name":"price"}""")]
    [InlineData("bridges", """{"Bridges":[{"Name":"price","Url":"http://localhost/","Confirmations":3,"IncomingTokenHash":"aa","Salt":"bb","OutgoingToken":"cc","MinimumContractPayment":null}]}""")]
    public void Reads_old_bytes(string manifest, string json)
    {
        var read = _serializer.FromBinary(Encoding.UTF8.GetBytes(json), manifest);
        Assert.Equal(manifest, _serializer.Manifest(read));
        Assert.Equal(json, Encoding.UTF8.GetString(_serializer.ToBinary(read)));
    }

    [Theory(DisplayName = "An event without what it is about is none: the recovery fails")]
    [InlineData("user-created", """{"Email":"a@b"}""")]
    [InlineData("session-opened", "{}")]
    [InlineData("sessions-closed", "{}")]
    [InlineData("initiator-created", """{"AccessKey":"aa"}""")]
    [InlineData("bridge-put", """{"Name":"price"}""")]
    [InlineData("bridges", "{}")]
    public void Refuses_holes(string manifest, string json) =>
        Assert.Throws<System.Runtime.Serialization.SerializationException>(() => _serializer.FromBinary(Encoding.UTF8.GetBytes(json), manifest));
}
