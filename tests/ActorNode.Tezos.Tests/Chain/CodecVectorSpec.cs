using System.Globalization;
using System.Text.Json;
using ActorNode.Tezos.Chain;
using ActorNode.Tezos.Hashes;
using ActorNode.Tezos.Keys;
using ActorNode.Tezos.Tests.Support;
using Xunit;

namespace ActorNode.Tezos.Tests.Chain;

/// <summary>What the protocol's own codec prints, as JSON and in binary.</summary>
public sealed class CodecVectorSpec
{
    [Fact(DisplayName = "An unsigned block header has the protocol's bytes and reads back")]
    public void Unsigned_header()
    {
        foreach (var vector in Vectors.Group("codec/Atlas/block_header.unsigned").EnumerateArray())
        {
            var header = Header(vector.GetProperty("json"));
            Assert.Equal(vector.Text("hex"), Convert.ToHexStringLower(header.Encode()));
            Assert.Equal(header, BlockHeader.Decode(vector.Hex("hex")));
        }
    }

    [Fact(DisplayName = "A signed block header has the protocol's bytes and reads back")]
    public void Signed_header()
    {
        foreach (var vector in Vectors.Group("codec/Atlas/block_header").EnumerateArray())
        {
            var json = vector.GetProperty("json");
            var header = new SignedBlockHeader(Header(json), Signature.Parse(json.Text("signature")));
            Assert.Equal(vector.Text("hex"), Convert.ToHexStringLower(header.Encode()));
            Assert.Equal(header, SignedBlockHeader.Decode(vector.Hex("hex")));
            Assert.Equal(Blake2b.Hash256(vector.Hex("hex")), header.Hash().Value);
        }
    }

    [Fact(DisplayName = "A block header of another protocol is its shell and bytes that nobody reads")]
    public void Raw_header()
    {
        foreach (var vector in Vectors.Group("codec/Atlas/block_header.raw").EnumerateArray())
        {
            var json = vector.GetProperty("json");
            var shell = ShellHeader.Decode(vector.Hex("hex"), out var length);
            Assert.Equal(Shell(json), shell);
            Assert.Equal(json.Text("protocol_data"), vector.Text("hex")[(2 * length)..]);
            Assert.Equal(vector.Text("hex")[..(2 * length)], Convert.ToHexStringLower(Shell(json).Encode()));
        }
    }

    [Fact(DisplayName = "A fitness has the protocol's bytes, and survives the block header")]
    public void Protocol_fitness()
    {
        foreach (var vector in Vectors.Group("codec/Atlas/fitness").EnumerateArray())
        {
            var json = vector.GetProperty("json");
            var fitness = new TenderbakeFitness(json.Int("level"), json.Int("locked_round"), json.Int("predecessor_round"), json.Int("round"));
            Assert.Equal(vector.Text("hex"), Convert.ToHexStringLower(fitness.Encode()));
            Assert.Equal(fitness, TenderbakeFitness.From(fitness.ToFitness()));
            Assert.Equal(fitness with { LockedRound = null }, TenderbakeFitness.From((fitness with { LockedRound = null }).ToFitness()));
        }
    }

    [Fact(DisplayName = "A signed vote has the protocol's bytes and reads back")]
    public void Operations()
    {
        foreach (var vector in Vectors.Group("codec/Atlas/operation").EnumerateArray())
        {
            var json = vector.GetProperty("json");
            var contents = Assert.Single(json.GetProperty("contents").EnumerateArray());
            var vote = new ConsensusVote(
                VoteKinds.Parse(contents.Text("kind")),
                BlockHash.Parse(json.Text("branch")),
                (ushort)contents.Int("slot"),
                contents.Int("level"),
                contents.Int("round"),
                PayloadHash.Parse(contents.Text("block_payload_hash")));
            var operation = new SignedOperation(vote.Encode(), Signature.Parse(json.Text("signature")));
            Assert.Equal(vector.Text("hex"), Convert.ToHexStringLower(operation.Encode()));
            Assert.Equal(vote, ConsensusVote.Decode(vector.Hex("hex")[..^Signature.Length]));
            Assert.Equal(Blake2b.Hash256(vector.Hex("hex")), operation.Hash().Value);
        }
    }

    private static BlockHeader Header(JsonElement json) => new(Shell(json), new(
        PayloadHash.Parse(json.Text("payload_hash")),
        json.Int("payload_round"),
        ulong.Parse(json.Text("proof_of_work_nonce"), NumberStyles.HexNumber, CultureInfo.InvariantCulture),
        NonceHash.Parse(json.Text("seed_nonce_hash")),
        Enum.Parse<PerBlockVote>(json.Text("liquidity_baking_toggle_vote"), ignoreCase: true),
        Enum.Parse<PerBlockVote>(json.Text("adaptive_issuance_vote"), ignoreCase: true)));

    private static ShellHeader Shell(JsonElement json) => new(
        json.Int("level"),
        (byte)json.Int("proto"),
        BlockHash.Parse(json.Text("predecessor")),
        json.GetProperty("timestamp").GetDateTimeOffset().ToUnixTimeSeconds(),
        (byte)json.Int("validation_pass"),
        OperationsHash.Parse(json.Text("operations_hash")),
        Fitness.Of(json.GetProperty("fitness").EnumerateArray().Select(element => Convert.FromHexString(element.GetString()!))),
        ContextHash.Parse(json.Text("context")));
}
