using System.Buffers.Binary;
using System.Globalization;
using System.Text.Json;
using ActorNode.Tezos.Chain;
using ActorNode.Tezos.Codec;
using ActorNode.Tezos.Hashes;
using ActorNode.Tezos.Keys;
using ActorNode.Tezos.Requests;
using ActorNode.Tezos.Tests.Support;
using Xunit;

namespace ActorNode.Tezos.Tests;

/// <summary>What the tests of other signers and clients of both networks expect: Vectors/published.json.</summary>
public sealed class PublishedVectorsSpec
{
    [Fact(DisplayName = "Secret keys have the published public keys and addresses, and sign as published")]
    public void Keys()
    {
        foreach (var vector in Vectors.Published("keys").EnumerateArray())
        {
            using var secret = Has(vector, "secret") ? SecretKey.Parse(vector.Text("secret")) : null;
            var key = secret?.GetPublicKey() ?? PublicKey.Parse(vector.Text("public"));
            if (Has(vector, "public"))
                Assert.Equal(vector.Text("public"), key.ToString());
            if (Has(vector, "tezos"))
                Assert.Equal(vector.Text("tezos"), key.Hash(Network.Tezos).ToString());
            Assert.Equal(vector.Text("mavryk"), key.Hash(Network.Mavryk).ToString());
            if (!Has(vector, "signature"))
                continue;
            var expected = Signature.Parse(vector.Text("signature"));
            Assert.True(key.Verify(vector.Hex("payload"), expected));
            Assert.Equal(expected.Bytes.ToArray(), secret!.Sign(vector.Hex("payload")).Bytes.ToArray());
        }
    }

    [Fact(DisplayName = "Published signatures verify, with their own prefix and the generic one, for their message and key only")]
    public void Signatures()
    {
        foreach (var vector in Vectors.Published("signed").EnumerateArray())
        {
            var (key, other, payload) = (PublicKey.Parse(vector.Text("public")), PublicKey.Parse(vector.Text("other")), vector.Hex("payload"));
            byte[] changed = [payload[0], (byte)(payload[1] ^ 0xf2), .. payload[2..]];
            foreach (var signature in new[] { Signature.Parse(vector.Text("signature")), Signature.Parse(vector.Text("generic")) })
            {
                Assert.True(key.Verify(payload, signature));
                Assert.False(key.Verify(changed, signature));
                Assert.False(other.Verify(payload, signature));
            }

            Assert.Equal(vector.Text("generic"), Signature.Parse(vector.Text("signature")).ToGeneric().ToString());
        }
    }

    [Fact(DisplayName = "Texts that others refuse to read are refused, and a secret is not repeated")]
    public void Not_read()
    {
        var texts = Vectors.Published("not_read");
        foreach (var text in Texts("secret"))
            Assert.DoesNotContain(text.Length > 10 ? text : "\"test\"", Assert.Throws<TezosFormatException>(() => SecretKey.Parse(text)).Message, StringComparison.Ordinal);
        foreach (var text in Texts("public"))
            Assert.Throws<TezosFormatException>(() => PublicKey.Parse(text));
        foreach (var text in Texts("signature"))
            Assert.Throws<TezosFormatException>(() => Signature.Parse(text));

        IEnumerable<string> Texts(string name) => texts.GetProperty(name).EnumerateArray().Select(text => text.GetString()!);
    }

    [Fact(DisplayName = "Published requests to sign votes are read field by field, and written the same")]
    public void Votes()
    {
        foreach (var vector in Vectors.Published("votes").EnumerateArray())
        {
            var payload = vector.Hex("payload");
            var request = SignRequest.Decode(payload);
            Assert.Equal(
                (vector.Text("chain"), vector.Int("level"), vector.Int("round"), vector.Text("payload_hash")),
                (request.Chain!.ToString(), request.Level, request.Round, request.PayloadHash!.ToString()));
            var vote = ConsensusVote.Decode(payload.AsSpan(5));
            Assert.Equal((vector.Text("branch"), vector.Int("slot")), (vote.Branch.ToString(), vote.Slot));
            Assert.Equal(payload, SignerPayload.Of(request.Chain!.Value, vote));
        }
    }

    [Fact(DisplayName = "Published requests to sign blocks are read field by field, and written the same")]
    public void Blocks()
    {
        foreach (var vector in Vectors.Published("blocks").EnumerateArray())
        {
            var payload = vector.Hex("payload");
            var header = BlockHeader.Decode(payload.AsSpan(5));
            var (shell, data) = (header.Shell, header.ProtocolData);
            Assert.Equal(
                (vector.Int("level"), vector.Text("predecessor"), vector.Text("operations"), vector.Text("context")),
                (shell.Level, shell.Predecessor.ToString(), shell.OperationsHash.ToString(), shell.Context.ToString()));
            Assert.Equal(DateTimeOffset.Parse(vector.Text("timestamp"), CultureInfo.InvariantCulture).ToUnixTimeSeconds(), shell.Timestamp);
            var fitness = TenderbakeFitness.From(shell.Fitness);
            Assert.Equal((vector.Int("level"), vector.Int("round"), vector.Int("locked")), (fitness.Level, fitness.Round, fitness.LockedRound ?? -1));
            Assert.Equal(
                (vector.Text("payload_hash"), vector.Int("payload_round"), vector.Text("liquidity")),
                (data.PayloadHash.ToString(), data.PayloadRound, data.LiquidityBakingVote.ToString()));
            Assert.Equal(BinaryPrimitives.ReadUInt64BigEndian(vector.Hex("nonce")), data.ProofOfWorkNonce);
            Assert.Equal(payload, SignerPayload.Of(ChainId.Parse(vector.Text("chain")), header));
        }
    }

    [Fact(DisplayName = "A signer's published answers to a baker are reproduced: blocks, preattestations, attestations")]
    public void Signer()
    {
        var signer = Vectors.Published("signer");
        using var secret = SecretKey.Parse(signer.Text("secret"));
        Assert.Equal((signer.Text("public"), signer.Text("tezos")), (secret.GetPublicKey().ToString(), secret.GetPublicKey().Hash(Network.Tezos).ToString()));
        foreach (var vector in signer.GetProperty("signed").EnumerateArray())
        {
            Assert.Equal(signer.Text("chain"), Read(vector).Chain!.ToString());
            Assert.Equal(vector.Text("signature"), secret.Sign(vector.Hex("payload")).ToString());
        }
    }

    [Fact(DisplayName = "Requests to sign made of blocks of the main network are told apart by the hash that another signer keeps")]
    public void Watermark_hashes()
    {
        foreach (var vector in Vectors.Published("watermark_hashes").EnumerateArray())
            Assert.Equal(vector.Text("hash"), new PayloadHash(Read(vector).Digest).ToString());
    }

    [Fact(DisplayName = "A published authentication of a request verifies, a foreign one does not")]
    public void Authentication()
    {
        var vector = Vectors.Published("authentication");
        var payload = SignerPayload.OfAuthentication(PublicKeyHash.Parse(vector.Text("key")), vector.Hex("payload"));
        var client = PublicKey.Parse(vector.Text("client"));
        Assert.True(client.Verify(payload, Signature.Parse(vector.Text("signature"))));
        Assert.False(client.Verify(payload, Signature.Parse(vector.Text("forbidden"))));
    }

    [Fact(DisplayName = "A message to be signed that is no operation is refused by name")]
    public void Failing_noop() => Assert.Contains(
        "magic byte: 0x05 at offset 0 is none that is signed",
        Assert.Throws<TezosFormatException>(() => SignRequest.Decode(Vectors.Published("failing_noop").Hex("payload"))).Message,
        StringComparison.Ordinal);

    private static SignRequest Read(JsonElement vector)
    {
        var request = SignRequest.Decode(vector.Hex("payload"));
        Assert.Equal((vector.Text("kind"), vector.Int("level"), vector.Int("round")), (request.Kind.ToString(), request.Level, request.Round));
        return request;
    }

    private static bool Has(JsonElement vector, string name) => vector.TryGetProperty(name, out _);
}
