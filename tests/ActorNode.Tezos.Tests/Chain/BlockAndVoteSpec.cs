using System.Numerics;
using ActorNode.Tezos.Chain;
using ActorNode.Tezos.Codec;
using ActorNode.Tezos.Keys;
using ActorNode.Tezos.Tests.Support;
using Xunit;

namespace ActorNode.Tezos.Tests.Chain;

public sealed class BlockAndVoteSpec
{
    [Fact(DisplayName = "A header without seed nonce, and with every pair of votes, reads back")]
    public void Header_round_trip()
    {
        foreach (var liquidity in Enum.GetValues<PerBlockVote>())
            foreach (var adaptive in Enum.GetValues<PerBlockVote>())
            {
                var header = Some.Header(level: 7, round: 3);
                header = header with { ProtocolData = header.ProtocolData with { LiquidityBakingVote = liquidity, AdaptiveIssuanceVote = adaptive } };
                Assert.Equal(header, BlockHeader.Decode(header.Encode()));
                Assert.Equal((byte)((int)liquidity + (4 * (int)adaptive)), header.Encode()[^1]);
            }
    }

    [Fact(DisplayName = "A header that is cut or prolonged anywhere, or has votes or flags that mean nothing, is refused with field and offset")]
    public void Bad_header()
    {
        var bytes = Some.Header(level: 7, round: 3).Encode();
        for (var length = 0; length < bytes.Length; length++)
            Assert.Contains("offset", Refused(() => BlockHeader.Decode(bytes.AsSpan(..length))), StringComparison.Ordinal);
        Assert.Contains("too many", Refused(() => BlockHeader.Decode([.. bytes, 0])), StringComparison.Ordinal);
        Assert.Contains("votes: 0x03", Refused(() => BlockHeader.Decode([.. bytes[..^1], 3])), StringComparison.Ordinal);
        Assert.Contains("votes: 0x10", Refused(() => BlockHeader.Decode([.. bytes[..^1], 16])), StringComparison.Ordinal);
        Assert.Contains("seed nonce flag: 0x01", Refused(() => BlockHeader.Decode([.. bytes[..^2], 1, 0])), StringComparison.Ordinal);
        bytes[0] = 0x80;
        Assert.Contains("level: ", Refused(() => BlockHeader.Decode(bytes)), StringComparison.Ordinal);
        bytes[0] = 0;
        // The length of the whole fitness, then of its first element.
        bytes[4 + 1 + 32 + 8 + 1 + 32] = 0xff;
        Assert.Contains("fitness: its length", Refused(() => BlockHeader.Decode(bytes)), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "The round of a block is its fitness's, 0 of protocols before Tenderbake, and none of an unknown protocol")]
    public void Rounds()
    {
        Assert.Equal(3, new TenderbakeFitness(9, 1, 2, 3).ToFitness().Round());
        Assert.Equal("02::00000009::00000001::fffffffd::00000003", new TenderbakeFitness(9, 1, 2, 3).ToFitness().ToString());
        Assert.Equal("02::00000009::::ffffffff::00000003", new TenderbakeFitness(9, null, 0, 3).ToFitness().ToString());
        Assert.Equal(0, Fitness.Of([1], [0, 0, 0, 0, 0, 0, 0, 10]).Round());
        Assert.Equal(0, Fitness.Of([0], [0, 0, 0, 0, 0, 0, 0, 10]).Round());
        Assert.Equal(0, Fitness.Of().Round());
        Refused(() => Fitness.Of([3], [0, 0, 0, 1], [], [255, 255, 255, 255], [0, 0, 0, 0]).Round());
        Refused(() => Fitness.Of([2], [0, 0, 0, 1], [0], [255, 255, 255, 255], [0, 0, 0, 0]).Round());
        Refused(() => Fitness.Of([2], [0, 0, 0, 0, 0, 0, 0, 10]).Round());
        Assert.Contains("fitness round", Refused(() => Fitness.Of([2], [0, 0, 0, 1], [], [255, 255, 255, 255], [255, 0, 0, 0]).Round()), StringComparison.Ordinal);
        Assert.Contains("predecessor round", Refused(() => Fitness.Of([2], [0, 0, 0, 1], [], [0, 0, 0, 1], [0, 0, 0, 0]).Round()), StringComparison.Ordinal);
    }

    [Theory(DisplayName = "A DAL attestation is a natural number in groups of seven bits, lowest first")]
    [InlineData("0", "00")]
    [InlineData("1", "01")]
    [InlineData("127", "7f")]
    [InlineData("128", "8001")]
    [InlineData("300", "ac02")]
    [InlineData("16384", "808001")]
    [InlineData("4294967295", "ffffffff0f")]
    public void Dal(string slots, string hex)
    {
        var vote = Some.Vote(VoteKind.Attestation, level: 5, round: 6) with { DalAttestation = BigInteger.Parse(slots, null) };
        var bytes = vote.Encode();
        Assert.Equal(0x17, bytes[32]);
        Assert.Equal(hex, Convert.ToHexStringLower(bytes.AsSpan(75)));
        Assert.Equal(vote, ConsensusVote.Decode(bytes));
    }

    [Fact(DisplayName = "Votes that the chain would not read are refused")]
    public void Bad_votes()
    {
        var attestation = Some.Vote(VoteKind.Attestation, level: 5, round: 6);
        Assert.Equal(75, attestation.Encode().Length);
        Refused(() => (Some.Vote(VoteKind.Preattestation, 5, 6) with { DalAttestation = 1 }).Encode());
        Refused(() => (attestation with { DalAttestation = -1 }).Encode());
        Refused(() => (attestation with { DalAttestation = BigInteger.One << 8000 }).Encode());
        Refused(() => (attestation with { Level = -1 }).Encode());
        var withDal = (attestation with { DalAttestation = 300 }).Encode();
        Refused(() => ConsensusVote.Decode(withDal.AsSpan(..^1)));
        Refused(() => ConsensusVote.Decode([.. withDal[..^1], 0x82, 0x00]));
        Refused(() => ConsensusVote.Decode([.. withDal, 0]));
        Refused(() => ConsensusVote.Decode([.. withDal[..75], .. Enumerable.Repeat((byte)0xff, 5000)]));
        Refused(() => VoteKinds.Parse("transaction"));
    }

    [Fact(DisplayName = "A BLS signature is injected in two halves, others as 64 bytes at the end")]
    public void Signed_operations()
    {
        byte[] unsigned = [.. new byte[32], 0x6c, 1, 2];
        var bls = Signature.FromBytes(KeyType.Bls12381, [.. Enumerable.Range(0, 96).Select(i => (byte)i)]);
        var encoded = new SignedOperation(unsigned, bls).Encode();
        Assert.Equal([0xff, 0x03, .. bls.Bytes[..32]], encoded[35..69]);
        Assert.Equal(bls.Bytes[32..].ToArray(), encoded[69..]);
        var ordinary = Signature.FromBytes(null, new byte[64]);
        Assert.Equal(35 + 64, new SignedOperation(unsigned, ordinary).Encode().Length);
    }

    private static string Refused(Func<object> use) => Assert.Throws<TezosFormatException>(() => { use(); }).Message;
}
