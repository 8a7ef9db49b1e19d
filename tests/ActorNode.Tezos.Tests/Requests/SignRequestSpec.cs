using System.Buffers.Binary;
using ActorNode.Tezos.Chain;
using ActorNode.Tezos.Codec;
using ActorNode.Tezos.Hashes;
using ActorNode.Tezos.Keys;
using ActorNode.Tezos.Requests;
using ActorNode.Tezos.Tests.Support;
using Xunit;

namespace ActorNode.Tezos.Tests.Requests;

public sealed class SignRequestSpec
{
    [Fact(DisplayName = "Published payloads decode to the published fields")]
    public void Published()
    {
        var data = Vectors.Group("sign_request_decode");
        foreach (var (name, kind) in new[]
        {
            ("preendorsement", SignRequestKind.Preattestation), ("endorsement", SignRequestKind.Attestation), ("block", SignRequestKind.Block),
        })
        {
            var bytes = data.GetProperty("payloads").Hex(name);
            var expected = data.GetProperty("decoded").GetProperty(name);
            var request = SignRequest.Decode(bytes);
            Assert.Equal(kind, request.Kind);
            Assert.Equal(ChainId.FromBytes(expected.Hex("chain")), request.Chain);
            Assert.Equal(expected.Int("level"), request.Level);
            Assert.Equal(expected.TryGetProperty("round", out var round) ? round.GetInt32() : 0, request.Round);
            Assert.Equal(new PayloadHash(new Hash32(expected.Hex("payload_hash"))), request.PayloadHash);
            Assert.Equal(Blake2b.Hash256(bytes), request.Digest);
        }

        foreach (var name in new[] { "operation", "multiple operations" })
        {
            var request = SignRequest.Decode(data.GetProperty("payloads").Hex(name));
            Assert.Equal((SignRequestKind.Operation, null, null, null), (request.Kind, request.Chain, request.Level, request.Round));
        }
    }

    [Fact(DisplayName = "Published payloads are what the encodings give")]
    public void Published_encodings()
    {
        var data = Vectors.Group("sign_request_decode");
        foreach (var (name, kind) in new[] { ("preendorsement", VoteKind.Preattestation), ("endorsement", VoteKind.Attestation) })
        {
            var json = data.GetProperty("decoded").GetProperty(name);
            var vote = new ConsensusVote(
                kind, new(new(json.Hex("branch"))), (ushort)json.Int("slot"), json.Int("level"), json.Int("round"), new(new(json.Hex("payload_hash"))));
            Assert.Equal(data.GetProperty("payloads").Text(name), Convert.ToHexStringLower(SignerPayload.Of(ChainId.FromBytes(json.Hex("chain")), vote)));
        }

        var block = data.GetProperty("decoded").GetProperty("block");
        var header = new BlockHeader(
            new(
                block.Int("level"),
                (byte)block.Int("proto"),
                new(new(block.Hex("predecessor"))),
                block.Int("timestamp"),
                (byte)block.Int("validation_pass"),
                new(new(block.Hex("operations_hash"))),
                Fitness.Decode(block.Hex("fitness_hex")),
                new(new(block.Hex("context")))),
            new(new(new(block.Hex("payload_hash"))), block.Int("payload_round"), BinaryPrimitives.ReadUInt64BigEndian(block.Hex("pow_nonce")), null, PerBlockVote.On, PerBlockVote.On));
        Assert.Equal(data.GetProperty("payloads").Text("block"), Convert.ToHexStringLower(SignerPayload.Of(ChainId.FromBytes(block.Hex("chain")), header)));
    }

    [Fact(DisplayName = "What the node encodes, a signer decodes")]
    public void Own_payloads()
    {
        var block = SignRequest.Decode(SignerPayload.Of(Some.Chain, Some.Header(level: 1000, round: 2)));
        Assert.Equal(new SignRequest(SignRequestKind.Block, 0x11, block.Digest, Some.Chain, 1000, 2, new(Some.Hash(4))), block);
        foreach (var (kind, magic, requestKind) in new[]
        {
            (VoteKind.Preattestation, (byte)0x12, SignRequestKind.Preattestation), (VoteKind.Attestation, (byte)0x13, SignRequestKind.Attestation),
        })
        {
            var payload = SignerPayload.Of(Some.Chain, Some.Vote(kind, level: int.MaxValue, round: int.MaxValue));
            Assert.Equal(80, payload.Length);
            var request = SignRequest.Decode(payload);
            Assert.Equal(new SignRequest(requestKind, magic, request.Digest, Some.Chain, int.MaxValue, int.MaxValue, new(Some.Hash(6))), request);
        }

        var dal = SignRequest.Decode(SignerPayload.Of(Some.Chain, Some.Vote(VoteKind.Attestation, 5, 6) with { DalAttestation = 70_000 }));
        Assert.Equal((SignRequestKind.Attestation, 5, 6), (dal.Kind, dal.Level, dal.Round));
        Assert.Equal(SignRequestKind.Operation, SignRequest.Decode(SignerPayload.OfOperation([.. new byte[32], 0x6c])).Kind);
    }

    [Fact(DisplayName = "Votes of BLS keys have no slot, and their level and round stand two bytes earlier")]
    public void Bls_votes()
    {
        foreach (var (magic, tag, kind) in new[] { ((byte)0x12, (byte)0x28, SignRequestKind.Preattestation), ((byte)0x13, (byte)0x29, SignRequestKind.Attestation) })
        {
            byte[] payload = [magic, 1, 2, 3, 4, .. new byte[32], tag, 0, 0, 0, 9, 0, 0, 0, 8, .. new byte[32]];
            var request = SignRequest.Decode(payload);
            Assert.Equal((kind, 9, 8), (request.Kind, request.Level, request.Round));
        }
    }

    [Fact(DisplayName = "Payloads from before Tenderbake have a level and no round")]
    public void Emmy()
    {
        var header = Vectors.Group("codec/Atlas/block_header.unsigned")[0].Hex("hex");
        var tenderbakeMagic = SignRequest.Decode([0x11, 1, 2, 3, 4, .. header]);
        Assert.Equal((SignRequestKind.Block, 1331, 0), (tenderbakeMagic.Kind, tenderbakeMagic.Level, tenderbakeMagic.Round));

        ShellHeader.Decode(header, out var shell);
        byte[] block = [0x01, 1, 2, 3, 4, .. header[..shell], 0, 0, .. new byte[8], 0];
        Assert.Equal((SignRequestKind.Block, 1331, 0), (SignRequest.Decode(block).Kind, SignRequest.Decode(block).Level, SignRequest.Decode(block).Round));
        AssertEveryCutIsRefused(block);

        byte[] endorsement = [0x02, 1, 2, 3, 4, .. new byte[32], 0, 0, 0, 0, 77];
        Assert.Equal((SignRequestKind.Attestation, 77, 0), (SignRequest.Decode(endorsement).Kind, SignRequest.Decode(endorsement).Level, SignRequest.Decode(endorsement).Round));
        AssertEveryCutIsRefused(endorsement);
        endorsement[37] = 5;
        Assert.Contains("tag: 0x05 at offset 37", Refused(endorsement), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "Every magic byte but those of the known kinds is refused by name, and so is every tag that does not belong to it")]
    public void Unknown_kinds()
    {
        var vote = SignerPayload.Of(Some.Chain, Some.Vote(VoteKind.Attestation, 5, 6));
        for (var magic = 0; magic < 256; magic++)
        {
            if (magic is 0x01 or 0x02 or 0x03 or 0x11 or 0x12 or 0x13)
                continue;
            vote[0] = (byte)magic;
            Assert.StartsWith($"magic byte: 0x{magic:x2} at offset 0 is", Refused(vote), StringComparison.Ordinal);
        }

        // Tags that belong to the magic byte are named in the second list; those of another length fail there.
        foreach (var (magic, tags) in new[] { ((byte)0x12, new byte[] { 0x14, 0x28 }), ((byte)0x13, [0x15, 0x17, 0x29]) })
            for (var tag = 0; tag < 256; tag++)
            {
                vote[0] = magic;
                vote[37] = (byte)tag;
                if (tags[0] == tag)
                    Assert.Equal(5, SignRequest.Decode(vote).Level);
                else if (tags.Contains((byte)tag))
                    Assert.DoesNotContain("does not belong", Refused(vote), StringComparison.Ordinal);
                else
                    Assert.StartsWith($"tag: 0x{tag:x2} at offset 37 does not belong to magic byte 0x{magic:x2}", Refused(vote), StringComparison.Ordinal);
            }
    }

    [Fact(DisplayName = "A payload cut anywhere is refused, and a vote that is too long")]
    public void Truncated()
    {
        AssertEveryCutIsRefused(SignerPayload.Of(Some.Chain, Some.Header(level: 7, round: 3)));
        var withNonce = Some.Header(level: 7, round: 3);
        withNonce = withNonce with { ProtocolData = withNonce.ProtocolData with { SeedNonceHash = new(Some.Hash(9)) } };
        AssertEveryCutIsRefused(SignerPayload.Of(Some.Chain, withNonce));
        foreach (var vote in new[] { Some.Vote(VoteKind.Preattestation, 5, 6), Some.Vote(VoteKind.Attestation, 5, 6) with { DalAttestation = 300 } })
        {
            var payload = SignerPayload.Of(Some.Chain, vote);
            AssertEveryCutIsRefused(payload);
            Assert.Contains("too many", Refused([.. payload, 0]), StringComparison.Ordinal);
        }

        AssertEveryCutIsRefused(SignerPayload.OfOperation([.. new byte[32], 0x6c]));
    }

    [Fact(DisplayName = "Levels and rounds out of range are refused with field and offset")]
    public void Out_of_range()
    {
        var vote = SignerPayload.Of(Some.Chain, Some.Vote(VoteKind.Attestation, 5, 6));
        vote[40] = 0x80;
        Assert.StartsWith("level: -2147483643 at offset 40 is out of range", Refused(vote), StringComparison.Ordinal);
        vote[40] = 0;
        vote[44] = 0xff;
        Assert.StartsWith("round: -16777210 at offset 44 is out of range", Refused(vote), StringComparison.Ordinal);
        var block = SignerPayload.Of(Some.Chain, Some.Header(level: 7, round: 3));
        block[5] = 0xff;
        Assert.StartsWith("level: ", Refused(block), StringComparison.Ordinal);
        block[5] = 0;
        // The last four bytes of the fitness, which begins at 83 with its length.
        block[83 + 4 + BinaryPrimitives.ReadInt32BigEndian(block.AsSpan(83)) - 4] = 0x80;
        Assert.Contains("fitness round", Refused(block), StringComparison.Ordinal);
        block[83 + 4 + 4] = 3;
        Assert.Contains("none of a known protocol", Refused(block), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "Random bytes are decoded or refused, never anything else")]
    public void Random_bytes()
    {
        var random = new Random(11);
        var block = SignerPayload.Of(Some.Chain, Some.Header(level: 7, round: 3));
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = (byte[])block.Clone();
            for (var changes = random.Next(1, 6); changes > 0; changes--)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            bytes = bytes[..random.Next(bytes.Length + 1)];
            try
            {
                var request = SignRequest.Decode(bytes);
                Assert.True(request.Kind == SignRequestKind.Operation || request is { Level: >= 0, Round: >= 0, Chain: not null });
            }
            catch (TezosFormatException)
            {
                // Refused, as almost all of them are.
            }
        }
    }

    [Fact(DisplayName = "The proof of a request's owner covers its tag, the key and the payload")]
    public void Authentication()
    {
        var key = PublicKeyHash.Parse("tz1RvhdZ5pcjD19vCCK9PgZpnmErTba3dsBs");
        Assert.Equal([0x04, 0x01, .. key.ToBinary(), 0x03, 0x07], SignerPayload.OfAuthentication(key, [0x03, 0x07]));
    }

    private static void AssertEveryCutIsRefused(byte[] payload)
    {
        SignRequest.Decode(payload);
        for (var length = 0; length < payload.Length; length++)
            Assert.Contains("offset", Refused(payload[..length]), StringComparison.Ordinal);
    }

    private static string Refused(byte[] payload) => Assert.Throws<TezosFormatException>(() => SignRequest.Decode(payload)).Message;
}
