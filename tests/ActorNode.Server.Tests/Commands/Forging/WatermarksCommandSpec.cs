using System.Text.Json.Nodes;
using ActorNode.Forging.Watermarks;
using ActorNode.Protocol.Forging;
using ActorNode.Server.Tests.Http.Signer;
using ActorNode.Tezos.Keys;
using ActorNode.Tezos.Signers;
using Xunit;

namespace ActorNode.Server.Tests.Commands.Forging;

public sealed class WatermarksCommandSpec : IDisposable
{
    private const string Chain = "NetXdQprcVkpaWU";
    private readonly SigningKey _key = new(SecretKey.Generate(KeyType.Ed25519), Network.Mavryk, "alice");
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("actornode-marks-");

    public void Dispose()
    {
        _key.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact(DisplayName = "raise asks with the risk in its words, and marks rise only when it is accepted")]
    public async Task Raise()
    {
        await using var node = await SignerNode.StartAsync(_key);
        string[] raise = ["watermarks", "raise", _key.Hash.ToString(), "--chain", Chain, "--kind", "attestation", "--level", "7", "--url", Url(node)];

        var no = await CommandRun.Of(raise, "no\n");
        var signed = await node.SignAsync(_key, SignerNode.Attestation(5));
        var yes = await CommandRun.Of(raise, "raise\n");
        var again = await CommandRun.Of([.. raise, "--yes", "--json"], "");
        var below = await node.SignAsync(_key, SignerNode.Attestation(6));
        var other = await node.SignAsync(_key, SignerNode.Block(6));

        Assert.Equal(1, no.ExitCode);
        Assert.Contains("it cannot be taken back", no.Error, StringComparison.Ordinal);
        Assert.EndsWith($"Nothing was changed.{Environment.NewLine}", no.Error, StringComparison.Ordinal);
        Assert.Equal((0, $"{_key.Hash}: 1 raised, 0 as high already{Environment.NewLine}"), (yes.ExitCode, yes.Output));
        Assert.Equal(7, (int)JsonNode.Parse(again.Output)!["kept"]![0]!["level"]!);
        Assert.Equal((200, 409, 200), (signed.Status, below.Status, other.Status));
    }

    [Fact(DisplayName = "A baker's file is imported, also with older names, and what is exported is such a file")]
    public async Task Files()
    {
        await using var node = await SignerNode.StartAsync(_key);
        var file = Path.Combine(_folder.FullName, "NetXdQprcVkpa_highwatermarks");
        await File.WriteAllTextAsync(file, $$$"""
            {"blocks":[{"delegate":"{{{_key.Hash}}}","highwatermark":{"round":2,"level":30}}],
             "preendorsements":[{"delegate":"{{{_key.Hash}}}","highwatermark":{"round":0,"level":31}}],
             "endorsements":[{"delegate":"{{{_key.Hash}}}","highwatermark":{"round":1,"level":29}}]}
            """);
        var exported = Path.Combine(_folder.FullName, "exported");

        var import = await CommandRun.Of("watermarks", "import", file, "--chain", Chain, "--url", Url(node));
        var show = await CommandRun.Of("watermarks", "show", _key.Hash.ToString(), "--url", Url(node));
        var export = await CommandRun.Of("watermarks", "export", "--chain", Chain, "--output", exported, "--url", Url(node));

        Assert.Equal((0, $"{_key.Hash}: 3 raised, 0 as high already{Environment.NewLine}"), (import.ExitCode, import.Output));
        Assert.Equal(0, show.ExitCode);
        Assert.Contains("preattestation", show.Output, StringComparison.Ordinal);
        Assert.Equal((0, ""), (export.ExitCode, export.Output));
        Assert.Equal(
            [Mark(ForgeKind.Block, 30, 2), Mark(ForgeKind.Preattestation, 31, 0), Mark(ForgeKind.Attestation, 29, 1)],
            WatermarkFiles.ReadBaker(await File.ReadAllBytesAsync(exported), new(Chain)).Select(each => each.Mark));
        Assert.Equal((409, 200), ((await node.SignAsync(_key, SignerNode.Block(30, 1))).Status, (await node.SignAsync(_key, SignerNode.Block(30, 3))).Status));
    }

    [Fact(DisplayName = "The reference signer's file of a kind, known by its name, moves marks with data and signatures to another node, which answers the same data alone")]
    public async Task Signer_files()
    {
        var file = Path.Combine(_folder.FullName, "attestation_high_watermarks");
        await using var old = await SignerNode.StartAsync(_key);
        var signed = await old.SignAsync(_key, SignerNode.Attestation(20));
        await using var node = await SignerNode.StartAsync(_key);

        var export = await CommandRun.Of("watermarks", "export", "--kind", "attestation", "--output", file, "--url", Url(old));
        var import = await CommandRun.Of("watermarks", "import", file, "--url", Url(node));
        var (same, other, lower) = (
            await node.SignAsync(_key, SignerNode.Attestation(20)), await node.SignAsync(_key, SignerNode.Attestation(20, fill: 9)), await node.SignAsync(_key, SignerNode.Attestation(19)));

        Assert.Equal((0, ""), (export.ExitCode, export.Output));
        Assert.Equal((0, $"{_key.Hash}: 1 raised, 0 as high already{Environment.NewLine}"), (import.ExitCode, import.Output));
        Assert.Equal((200, signed.Signature), (same.Status, same.Signature));
        Assert.Equal((409, 409), (other.Status, lower.Status));
        var mark = Assert.Single(WatermarkFiles.ReadSigner(await File.ReadAllBytesAsync(file), ForgeKind.Attestation)).Mark;
        Assert.Equal((new LevelRound(20, 0), signed.Signature), (mark.At, mark.Signature));
    }

    [Fact(DisplayName = "A signer's file under another name needs --kind, and --chain takes the marks of one chain out of it")]
    public async Task Signer_file_by_option()
    {
        var hash = new string('a', 64);
        var file = Path.Combine(_folder.FullName, "moved");
        await File.WriteAllTextAsync(file, $$$"""
            { "{{{Chain}}}": { "{{{_key.Hash}}}": { "level": 8, "hash": "{{{hash}}}" } },
              "NetXnHfVqm9iesp": { "{{{_key.Hash}}}": { "level": 9, "hash": "{{{hash}}}" } } }
            """);
        await using var node = await SignerNode.StartAsync(_key);

        var unnamed = await CommandRun.Of("watermarks", "import", file, "--url", Url(node));
        var import = await CommandRun.Of("watermarks", "import", file, "--kind", "block", "--chain", Chain, "--json", "--url", Url(node));

        Assert.Equal(2, unnamed.ExitCode);
        Assert.Contains("--chain is missing", unnamed.Error, StringComparison.Ordinal);
        Assert.Equal(0, import.ExitCode);
        var raised = Assert.Single(JsonNode.Parse(import.Output)!["keys"]![0]!["raised"]!.AsArray())!;
        Assert.Equal((Chain, "block", 8, 0, hash), ((string)raised["chain"]!, (string)raised["kind"]!, (int)raised["level"]!, (int)raised["round"]!, (string)raised["payloadHash"]!));
    }

    [Theory(DisplayName = "A file that is no baker's file changes nothing and says where it is wrong")]
    [InlineData("[]", "the file: must be an object")]
    [InlineData("{", "is no JSON")]
    [InlineData("""{"block":[]}""", "block: is no list of watermarks")]
    [InlineData("""{"blocks":[{"delegate":"mv1","highwatermark":{"round":0,"level":-1}}]}""", "blocks[0]: level is negative")]
    [InlineData("""{"blocks":[{"delegate":"mv1","highwatermark":{"level":1}}]}""", "blocks[0].highwatermark.round: is missing")]
    public async Task Bad_file(string content, string problem)
    {
        var file = Path.Combine(_folder.FullName, "marks");
        await File.WriteAllTextAsync(file, content);

        var run = await CommandRun.Of("watermarks", "import", file, "--chain", Chain, "--url", "http://127.0.0.1:9");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains(problem, run.Error, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "forging status shows the keys and what they did")]
    public async Task Status()
    {
        await using var node = await SignerNode.StartAsync(_key);
        await node.SignAsync(_key, SignerNode.Attestation(5));

        var text = await CommandRun.Of("forging", "status", "--url", Url(node));
        var json = await CommandRun.Of("forging", "status", "--json", "--url", Url(node));

        Assert.Equal(0, text.ExitCode);
        Assert.Contains($"{_key.Hash}  alice", text.Output, StringComparison.Ordinal);
        Assert.Equal(1, (int)JsonNode.Parse(json.Output)!["keys"]![0]!["signed"]!);
    }

    [Theory(DisplayName = "Wrong usage is exit code 2")]
    [InlineData("--chain", "watermarks", "export")]
    [InlineData("--level", "watermarks", "raise", "mv1", "--chain", Chain)]
    [InlineData("--level: '-1' is not a whole number", "watermarks", "raise", "mv1", "--chain", Chain, "--level", "-1")]
    [InlineData("operation", "watermarks", "raise", "mv1", "--chain", Chain, "--level", "1", "--kind", "operation")]
    public async Task Usage(string problem, params string[] arguments)
    {
        var run = await CommandRun.Of(arguments);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(problem, run.Error, StringComparison.Ordinal);
    }

    private static Watermark Mark(ForgeKind kind, int level, int round) => new(new ChainName(Chain), kind, new LevelRound(level, round));

    private static string Url(SignerNode node) => node.Url.ToString().TrimEnd('/');
}
