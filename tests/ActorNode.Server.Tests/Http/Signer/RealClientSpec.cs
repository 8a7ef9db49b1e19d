using System.Collections.Immutable;
using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using ActorNode.Server.Tests.Commands;
using ActorNode.Server.Tests.Support;
using ActorNode.Tezos.Keys;
using Xunit;

namespace ActorNode.Server.Tests.Http.Signer;

/// <summary>Clients of the signer protocol and the node as a process, with key files made by the command line.</summary>
public sealed class RealClientSpec : IDisposable
{
    private static readonly ImmutableDictionary<string, string> Environment = ImmutableDictionary<string, string>.Empty
        .Add("ACTORNODE_KEYS_PASSPHRASE", "correct horse battery staple")
        .Add("ACTORNODE__FORGING__HTTP__MAGIC_BYTES", "0x03;0x11;0x12;0x13");

    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("actornode-signer-");

    public void Dispose() => _data.Delete(recursive: true);

    [TaquitoFact(DisplayName = "Taquito's RemoteSigner signs operations with each type of key through the running node, and verifies them")]
    public async Task Taquito()
    {
        var keys = new List<JsonNode>();
        foreach (var type in (string[])["ed25519", "secp256k1", "p256"])
            keys.Add(await GenerateAsync(type));
        await using var node = NodeProcess.Run(_data.FullName, Environment);
        await node.ReadyAsync();

        var answers = await TaquitoAsync(node.Http.BaseAddress!, [.. keys.Select(key => (string)key["publicKeyHash"]!), "tz1VSUr8wwNhLAzempoch5d6hLRiTh8Cjcjb"]);

        foreach (var (key, answer) in keys.Zip(answers))
        {
            Assert.Equal((string)key["publicKey"]!, (string?)answer["publicKey"]);
            var publicKey = PublicKey.Parse((string)key["publicKey"]!);
            Assert.Equal(3, answer["signed"]!.AsArray().Count);
            Assert.All(answer["signed"]!.AsArray(), signed =>
            {
                Assert.True((bool)signed!["verified"]! && (bool)signed["whole"]!);
                Assert.True(publicKey.Verify(Convert.FromHexString((string)signed["payload"]!), Signature.Parse((string)signed["signature"]!)));
            });
        }

        Assert.Equal("PublicKeyNotFoundError", (string?)answers[3]["error"]);
    }

    [Fact(DisplayName = "A running node notices a key that the command line adds, and signs with it")]
    public async Task Notices()
    {
        await using var node = NodeProcess.Run(_data.FullName, Environment.Add("ACTORNODE__FORGING__KEY_REFRESH", "100 ms"));
        await node.ReadyAsync();

        var key = await GenerateAsync("ed25519");

        var path = $"/keys/{key["publicKeyHash"]}";
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while ((await node.Http.GetAsync(path, patience.Token)).StatusCode != HttpStatusCode.OK)
            await Task.Delay(50, patience.Token);
        var payload = SignerNode.Attestation(12);
        using var content = new StringContent($"\"{Convert.ToHexStringLower(payload)}\"", new System.Net.Http.Headers.MediaTypeHeaderValue("application/json"));
        using var answer = await node.Http.PostAsync(path, content, patience.Token);

        var signature = (string)JsonNode.Parse(await answer.Content.ReadAsStringAsync(patience.Token))!["signature"]!;
        Assert.True(PublicKey.Parse((string)key["publicKey"]!).Verify(payload, Signature.Parse(signature)));
    }

    [Fact(DisplayName = "A node with key files does not start without their passphrase, nor with another")]
    public async Task Locked()
    {
        await GenerateAsync("ed25519");

        foreach (var (passphrase, problem) in new (string?, string)[] { (null, "their passphrase is missing"), ("hunter2", "the passphrase does not open the keys") })
        {
            var environment = passphrase is null ? ImmutableDictionary<string, string>.Empty : Environment.SetItem("ACTORNODE_KEYS_PASSPHRASE", passphrase);
            var run = await CommandRun.Of(["run", "--data", _data.FullName, "--urls", "http://127.0.0.1:0"], "", environment);

            Assert.Equal(1, run.ExitCode);
            Assert.Contains(problem, run.Error, StringComparison.Ordinal);
            Assert.DoesNotContain("hunter2", run.Error, StringComparison.Ordinal);
        }
    }

    private async Task<JsonNode> GenerateAsync(string type)
    {
        var run = await CommandRun.Of(["keys", "generate", "--type", type, "--network", "tz", "--data", _data.FullName, "--json"], "", Environment);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        return JsonNode.Parse(run.Output)!;
    }

    private static async Task<List<JsonNode>> TaquitoAsync(Uri url, IEnumerable<string> addresses)
    {
        var start = new ProcessStartInfo("node")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList = { Path.Combine(AppContext.BaseDirectory, "Http", "Signer", "taquito-sign.cjs"), url.ToString().TrimEnd('/') },
            Environment = { ["NODE_PATH"] = TaquitoFactAttribute.Modules },
        };
        foreach (var address in addresses)
            start.ArgumentList.Add(address);
        using var process = Process.Start(start)!;
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(120));
        var error = process.StandardError.ReadToEndAsync(patience.Token);
        var output = await process.StandardOutput.ReadToEndAsync(patience.Token);
        await process.WaitForExitAsync(patience.Token);
        Assert.True(process.ExitCode == 0, await error);
        return [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!)];
    }
}
