using System.Text.Json;
using ActorNode.Forging.Watermarks;
using ActorNode.Protocol.Forging;
using Xunit;

namespace ActorNode.Tests.Forging.Watermarks;

public sealed class WatermarkSetSpec
{
    private static readonly ChainName Main = new("NetXdQprcVkpa");
    private static readonly ChainName Test = new("NetXnHfVqm9ie");
    private static readonly string A = new('a', 64);
    private static readonly string B = new('b', 64);
    private static readonly DateTimeOffset Now = Tests.Support.Some.Time;

    [Theory(DisplayName = "The baker signs what is above its watermark, refuses what is equal even when it is the same, and what is below")]
    [InlineData(10, 5, true)]
    [InlineData(11, 0, true)]
    [InlineData(10, 4, false)]
    [InlineData(10, 3, false)]
    [InlineData(9, 9, false)]
    public void Baker(int level, int round, bool allowed)
    {
        var set = Marked(ForgeKind.Block, 10, 4, A, "sig");
        Assert.Equal(allowed ? MarkVerdict.Raise : MarkVerdict.Refuse, set.Decide(Ask(ForgeKind.Block, level, round, A)).Verdict);
    }

    [Theory(DisplayName = "The baker's refusals name the level and the round that were asked for")]
    [InlineData(ForgeKind.Block, "highwatermarks.block_previously_baked", "A block with a higher watermark than the current one (level: 9, round: 1) was previously baked.")]
    [InlineData(ForgeKind.Preattestation, "highwatermarks.block_previously_preattested", "A preattestation with a higher watermark than the current one (level: 9, round: 1) was already produced.")]
    [InlineData(ForgeKind.Attestation, "highwatermarks.block_previously_attested", "An attestation with a higher watermark than the current one (level: 9, round: 1) was already produced.")]
    public void Baker_texts(ForgeKind kind, string code, string text) =>
        Assert.Equal(new MarkRefusal(code, text), Marked(kind, 10, 4, A).Decide(Ask(kind, 9, 1, A)).Refusal);

    [Theory(DisplayName = "The signer answers the same data with the stored signature, or signs them again when there is none; other data are refused")]
    [InlineData(10, 4, "a", "sig", MarkVerdict.Stored, null)]
    [InlineData(10, 4, "a", null, MarkVerdict.Sign, null)]
    [InlineData(10, 4, "b", "sig", MarkVerdict.Refuse, "attestation level 10 and round 4 already signed with different data")]
    [InlineData(10, 4, "b", null, MarkVerdict.Refuse, "attestation level 10 and round 4 already signed with different data")]
    [InlineData(10, 3, "a", "sig", MarkVerdict.Refuse, "attestation level 10 and round 3 not above high watermark (10,4)")]
    [InlineData(9, 7, "a", "sig", MarkVerdict.Refuse, "attestation level 9 below high watermark 10")]
    [InlineData(10, 5, "b", "sig", MarkVerdict.Raise, null)]
    public void Signer(int level, int round, string data, string? signature, object verdict, string? text)
    {
        var decision = Marked(ForgeKind.Attestation, 10, 4, A, signature).Decide(
            Ask(ForgeKind.Attestation, level, round, new string(data[0], 64)) with { Rule = WatermarkRule.Signer });
        Assert.Equal((MarkVerdict)verdict, decision.Verdict);
        Assert.Equal(text, decision.Refusal?.Text);
        Assert.Equal((MarkVerdict)verdict == MarkVerdict.Stored ? signature : null, decision.Signature);
    }

    [Fact(DisplayName = "Kinds and chains have marks of their own, and operations none")]
    public void Independence()
    {
        var set = Marked(ForgeKind.Block, 10, 4, A);
        Assert.Equal(MarkVerdict.Raise, set.Decide(Ask(ForgeKind.Preattestation, 1, 0, A)).Verdict);
        Assert.Equal(MarkVerdict.Raise, set.Decide(Ask(ForgeKind.Block, 1, 0, A) with { Chain = Test }).Verdict);
        Assert.Equal(MarkVerdict.Sign, set.Decide(Ask(ForgeKind.Operation, 0, 0, A)).Verdict);
    }

    [Fact(DisplayName = "What is forced passes with the reason why it should not, and lowers no mark")]
    public void Force()
    {
        var set = Marked(ForgeKind.Block, 10, 4, A, "sig");
        var decision = set.Decide(Ask(ForgeKind.Block, 9, 0, B) with { Force = true });
        Assert.Equal(MarkVerdict.Force, decision.Verdict);
        Assert.Equal("highwatermarks.block_previously_baked", decision.Refusal?.Code);
        Assert.Equal(MarkVerdict.Raise, set.Decide(Ask(ForgeKind.Block, 11, 0, B) with { Force = true }).Verdict);
        Assert.Equal(set, set.Apply(new MarkForced(Main.Value, ForgeKind.Block, 9, 0, B, Now)));
    }

    [Fact(DisplayName = "No event lowers a mark or gives it another's signature")]
    public void Never_lowers()
    {
        var set = Marked(ForgeKind.Block, 10, 4, A, "sig");
        Assert.Equal(set, set.Apply(new MarkRaised(Main.Value, ForgeKind.Block, 10, 3, B, Now)));
        Assert.Equal(set, set.Apply(new MarkRaised(Main.Value, ForgeKind.Block, 10, 4, B, Now)));
        Assert.Equal(set, set.Apply(new MarkImported(Main.Value, ForgeKind.Block, 9, 9, null, null, Now)));
        Assert.Equal(set, set.Apply(new MarkSigned(Main.Value, ForgeKind.Block, 10, 4, B, "other")));
        Assert.Equal(set, set.Apply(new MarkSigned(Main.Value, ForgeKind.Block, 10, 3, A, "other")));
        Assert.Equal(set, set.Apply(new MarkSigned(Test.Value, ForgeKind.Block, 10, 4, A, "other")));
    }

    [Fact(DisplayName = "A mark without data refuses everything up to it, whatever the rule")]
    public void Imported_without_data()
    {
        var set = WatermarkSet.Empty.Apply(new MarkImported(Main.Value, ForgeKind.Block, 10, 4, null, null, Now));
        foreach (var rule in new[] { WatermarkRule.Baker, WatermarkRule.Signer })
            Assert.Equal(MarkVerdict.Refuse, set.Decide(Ask(ForgeKind.Block, 10, 4, A) with { Rule = rule }).Verdict);
    }

    [Fact(DisplayName = "Vectors: an ordered sequence of requests on one store")]
    public void Sequence_vectors()
    {
        var stores = new Dictionary<string, WatermarkSet>();
        foreach (var row in Group("signer_watermark_unit").EnumerateArray())
        {
            var key = row[0].GetString()!;
            var kind = row[1].GetString() == "kind0" ? ForgeKind.Block : ForgeKind.Attestation;
            var (level, round, hash) = (row[2].GetInt32(), row[3].GetInt32(), Hash(row[4].GetInt32()));
            var set = stores.GetValueOrDefault(key, WatermarkSet.Empty);
            var decision = set.Decide(Ask(kind, level, round, hash) with { Rule = WatermarkRule.Signer });

            Assert.Equal(row[5].GetBoolean(), decision.Verdict == MarkVerdict.Refuse);
            if (decision.Verdict == MarkVerdict.Raise)
                set = set.Apply(new MarkRaised(Main.Value, kind, level, round, hash, Now)).Apply(new MarkSigned(Main.Value, kind, level, round, hash, "sig"));
            stores[key] = set;
        }

        Assert.Equal(2, stores.Count);
    }

    [Fact(DisplayName = "Vectors: a stored mark against a request, with and without the data that were signed")]
    public void Compare_vectors()
    {
        var rows = 0;
        foreach (var group in Group("watermark_compare_unit").EnumerateObject())
        {
            var hasHash = group.Name == "stored_1_1_hash0";
            var set = WatermarkSet.Empty.Apply(new MarkImported(Main.Value, ForgeKind.Block, 1, 1, hasHash ? Hash(0) : null, null, Now));
            foreach (var row in group.Value.EnumerateArray())
            {
                var hash = Hash(hasHash ? row[2].GetInt32() : 7);
                var decision = set.Decide(Ask(ForgeKind.Block, row[0].GetInt32(), row[1].GetInt32(), hash) with { Rule = WatermarkRule.Signer });
                Assert.Equal(row[hasHash ? 3 : 2].GetBoolean(), decision.Verdict != MarkVerdict.Refuse);
                rows++;
            }
        }

        Assert.Equal(11, rows);
    }

    private static string Hash(int firstByte) => firstByte.ToString("x2") + new string('0', 62);

    private static MarkRequest Ask(ForgeKind kind, int level, int round, string hash) =>
        new(kind, Main, new LevelRound(level, round), hash, WatermarkRule.Baker, Force: false);

    private static WatermarkSet Marked(ForgeKind kind, int level, int round, string hash, string? signature = null)
    {
        var set = WatermarkSet.Empty.Apply(new MarkRaised(Main.Value, kind, level, round, hash, Now));
        return signature is null ? set : set.Apply(new MarkSigned(Main.Value, kind, level, round, hash, signature));
    }

    private static JsonElement Group(string name)
    {
        using var stream = typeof(WatermarkSetSpec).Assembly.GetManifestResourceStream("watermarks.json")!;
        using var vectors = JsonDocument.Parse(stream);
        return vectors.RootElement.GetProperty("groups").EnumerateArray()
            .Single(group => group.GetProperty("name").GetString() == name).GetProperty("data").Clone();
    }
}
