using System.Text;
using System.Text.Json.Nodes;
using ActorNode.Forging.Watermarks;
using ActorNode.Protocol.Forging;
using Xunit;

namespace ActorNode.Tests.Forging.Watermarks;

public sealed class WatermarkFilesSpec
{
    private static readonly ChainName Chain = new("NetXdQprcVkpaWU");
    private static readonly ConsensusKeyId Alice = new("mv1alice");
    private static readonly string Hash = string.Concat(Enumerable.Repeat("0a", 32));

    [Fact(DisplayName = "The baker's file is read and written as it writes it, its name is the chain's first letters")]
    public void Baker()
    {
        const string file = """
            {"blocks":[{"delegate":"mv1alice","highwatermark":{"round":0,"level":123}}],
             "preattestations":[],
             "attestations":[{"delegate":"mv1alice","highwatermark":{"round":2,"level":124}},{"delegate":"mv1bob","highwatermark":{"round":0,"level":5}}]}
            """;
        var marks = WatermarkFiles.ReadBaker(Bytes(file), Chain);
        Assert.Equal(
            [
                new(Alice, new Watermark(Chain, ForgeKind.Block, new LevelRound(123, 0))),
                new(Alice, new Watermark(Chain, ForgeKind.Attestation, new LevelRound(124, 2))),
                new(new ConsensusKeyId("mv1bob"), new Watermark(Chain, ForgeKind.Attestation, new LevelRound(5, 0))),
            ],
            marks.AsEnumerable());
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(file), JsonNode.Parse(WatermarkFiles.WriteBaker(marks, Chain))));
        Assert.Equal("NetXdQprcVkpa_highwatermarks", WatermarkFiles.BakerFileName(Chain));
    }

    [Fact(DisplayName = "The baker's old names of votes are read")]
    public void Legacy_names()
    {
        const string entry = """[{"delegate":"mv1alice","highwatermark":{"round":1,"level":7}}]""";
        var marks = WatermarkFiles.ReadBaker(Bytes($$"""{"blocks":[],"preendorsements":{{entry}},"endorsements":{{entry}}}"""), Chain);
        Assert.Equal([ForgeKind.Preattestation, ForgeKind.Attestation], marks.Select(each => each.Mark.Kind));
    }

    [Fact(DisplayName = "The signer's file is read and written with data and signatures; marks from before rounds have round 0")]
    public void Signer()
    {
        var file = """{"NetXdQprcVkpaWU":{"mv1alice":{"level":10,"round":3,"hash":"HASH","signature":"sigA"},"mv1old":{"level":9,"hash":"HASH"}}}"""
            .Replace("HASH", Hash, StringComparison.Ordinal);
        var marks = WatermarkFiles.ReadSigner(Bytes(file), ForgeKind.Block);
        Assert.Equal(
            [
                new(Alice, new Watermark(Chain, ForgeKind.Block, new LevelRound(10, 3), Hash, "sigA")),
                new(new ConsensusKeyId("mv1old"), new Watermark(Chain, ForgeKind.Block, new LevelRound(9, 0), Hash)),
            ],
            marks.AsEnumerable());
        Assert.Equal(marks.AsEnumerable(), WatermarkFiles.ReadSigner(Bytes(WatermarkFiles.WriteSigner(marks, ForgeKind.Block)), ForgeKind.Block));
        Assert.Contains("preendorsement_high_watermark", WatermarkFiles.SignerFileNames(ForgeKind.Preattestation));
    }

    [Theory(DisplayName = "A damaged file is refused whole, with the place and the rule")]
    [InlineData("", "the file is no JSON: line 1, byte 0")]
    [InlineData("[]", "the file: must be an object")]
    [InlineData("""{"bakes":[]}""", "bakes: is no list of watermarks (blocks, preattestations, attestations, preendorsements, endorsements)")]
    [InlineData("""{"blocks":{}}""", "blocks: must be a list")]
    [InlineData("""{"blocks":[1]}""", "blocks[0]: must be an object")]
    [InlineData("""{"blocks":[{"delegate":"a"}]}""", "blocks[0].highwatermark: is missing")]
    [InlineData("""{"blocks":[{"delegate":"a","highwatermark":{"level":1}}]}""", "blocks[0].highwatermark.round: is missing")]
    [InlineData("""{"blocks":[{"delegate":"a","highwatermark":{"level":1.5,"round":0}}]}""", "blocks[0].highwatermark.level: must be a whole number of 32 bits")]
    [InlineData("""{"blocks":[{"delegate":"a","highwatermark":{"level":-1,"round":0}}]}""", "blocks[0]: level is negative")]
    [InlineData("""{"blocks":[{"delegate":"","highwatermark":{"level":1,"round":0}}]}""", "blocks[0]: key is empty")]
    public void Damaged(string file, string problem) =>
        Assert.Equal(problem, Assert.Throws<WatermarkFileException>(() => WatermarkFiles.ReadBaker(Bytes(file), Chain)).Message);

    [Theory(DisplayName = "So is a damaged file of the signer")]
    [InlineData("""{"NetX":{"a":{"level":1}}}""", "NetX.a.hash: is missing")]
    [InlineData("""{"NetX":{"a":{"level":1,"hash":"0a"}}}""", "NetX.a: payloadHash is not 64 small hexadecimal digits")]
    [InlineData("""{"NetX":[]}""", "NetX: must be an object")]
    public void Damaged_signer(string file, string problem) =>
        Assert.Equal(problem, Assert.Throws<WatermarkFileException>(() => WatermarkFiles.ReadSigner(Bytes(file), ForgeKind.Block)).Message);

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
