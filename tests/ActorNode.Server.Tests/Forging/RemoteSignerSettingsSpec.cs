using System.Collections.Immutable;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using ActorNode.Server.Tests.Commands;
using ActorNode.Server.Tests.Http.Signer;
using ActorNode.Server.Tests.Support;
using ActorNode.Tezos.Keys;
using ActorNode.Tezos.Signers;
using Xunit;

namespace ActorNode.Server.Tests.Forging;

/// <summary>A node as a process, configured by a file to have its signatures made by remote signers over HTTP, which are nodes too.</summary>
public sealed class RemoteSignerSettingsSpec : IDisposable
{
    private const string Passphrase = "correct horse battery staple";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);
    private static readonly ImmutableDictionary<string, string> Environment = ImmutableDictionary<string, string>.Empty.Add("ACTORNODE_KEYS_PASSPHRASE", Passphrase);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("actornode-");
    private readonly SigningKey _key = new(SecretKey.Generate(KeyType.P256), Network.Mavryk);

    private int _level;

    private string Data => Path.Combine(_folder.FullName, "data");

    public void Dispose()
    {
        _key.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact(DisplayName = "Two endpoints and an authentication key: the node signs by the first, and by the second when the first is gone")]
    public async Task Signs_remotely()
    {
        var client = await ClientKeyAsync();
        await using var second = await RemoteAsync(client);
        await using var first = await RemoteAsync(client);
        await using var node = Start(first.Url, second.Url, "authentication-key = client");
        await node.ReadyAsync();

        await UntilSignedAsync(node);
        Assert.Equal((1, 0), (SignedBy(first), SignedBy(second)));

        await first.DisposeAsync();
        await UntilSignedAsync(node);
        await UntilSignedAsync(node);
        Assert.Equal(2, SignedBy(second));
        var log = Log();
        Assert.DoesNotContain("authentication=", log, StringComparison.Ordinal);
        Assert.DoesNotContain(Passphrase, log, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "A signer that wants to know who asks, and a node without an authentication key: no key, and the reason in the log")]
    public async Task Not_authorized()
    {
        await using var remote = await RemoteAsync(await ClientKeyAsync());
        await using var node = Start(remote.Url, remote.Url, "");
        await node.ReadyAsync();

        // The node has its key files; the remote signer is asked meanwhile.
        using var patience = new CancellationTokenSource(Patience);
        while (!Log().Contains("A signer does not list its keys: the signer wants requests signed by one of 1 keys, and no authentication key is configured", StringComparison.Ordinal))
            await Task.Delay(50, patience.Token);

        Assert.Equal(404, await StatusAsync(node, 1));
        Assert.Equal(0, SignedBy(remote));
    }

    [Fact(DisplayName = "An authentication key that the folder does not have is said at the start, and the node does not start")]
    public async Task No_authentication_key()
    {
        await ClientKeyAsync();
        var run = await CommandRun.Of(
            ["run", "--data", Data, "--urls", "http://127.0.0.1:0", "--config", Config(new("http://127.0.0.1:1"), new("http://127.0.0.1:2"), "authentication-key = nobody")], "", Environment);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("actornode.forging.signers.remote.authentication-key", run.Error, StringComparison.Ordinal);
        Assert.Contains("has no key with this address or alias", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(Passphrase, run.Error, StringComparison.Ordinal);
    }

    private Task<SignerNode> RemoteAsync(string client) => SignerNode.StartAsync(_key, settings => settings with
    {
        Forging = settings.Forging with { Http = settings.Forging.Http with { AuthorizedKeys = [client] } },
    });

    private NodeProcess Start(Uri first, Uri second, string more) => NodeProcess.Run(Data, Environment, "--config", Config(first, second, more));

    private string Config(Uri first, Uri second, string more)
    {
        var path = Path.Combine(_folder.FullName, "node.conf");
        File.WriteAllText(path, $$"""
            actornode.forging {
              key-refresh = 200 ms
              signers.remote {
                endpoints = ["{{first.ToString().TrimEnd('/')}}", "{{second.ToString().TrimEnd('/')}}"]
                keys = ["{{_key.Hash}}"]
                timeout = 60 s
                {{more}}
              }
            }
            """);
        return path;
    }

    /// <summary>A key in the node's folder, by the command line. Returns its public key.</summary>
    private async Task<string> ClientKeyAsync()
    {
        var run = await CommandRun.Of(["keys", "generate", "--type", "ed25519", "--network", "mv", "--alias", "client", "--data", Data, "--json"], "", Environment);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        return (string)JsonNode.Parse(run.Output)!["publicKey"]!;
    }

    /// <summary>
    /// The signers are asked for their keys while the node starts; and of one call nobody may know whether it was on its way when its connection went.
    /// </summary>
    private async Task UntilSignedAsync(NodeProcess node)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (await StatusAsync(node, ++_level) is not 200 and var status)
        {
            Assert.Contains(status, new[] { 404, 502, 503 });
            await Task.Delay(50, patience.Token);
        }
    }

    private async Task<int> StatusAsync(NodeProcess node, int level)
    {
        using var patience = new CancellationTokenSource(Patience);
        var payload = SignerNode.Attestation(level);
        using var content = new StringContent($"\"{Convert.ToHexStringLower(payload)}\"", new MediaTypeHeaderValue("application/json"));
        using var answer = await node.Http.PostAsync($"/keys/{_key.Hash}", content, patience.Token);
        var json = JsonNode.Parse(await answer.Content.ReadAsStringAsync(patience.Token))!;
        if (answer.IsSuccessStatusCode)
            Assert.True(_key.PublicKey.Verify(payload, Signature.Parse((string)json["signature"]!)));
        return (int)answer.StatusCode;
    }

    private static int SignedBy(SignerNode remote) => remote.Log.Entries.Count(entry => entry.Text.StartsWith("Signed a ", StringComparison.Ordinal));

    private string Log()
    {
        var texts = Directory.EnumerateFiles(Data, "*", SearchOption.AllDirectories).Where(path => path.EndsWith(".log", StringComparison.Ordinal) || path.Contains("logs", StringComparison.Ordinal))
            .Select(path =>
            {
                using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
                using var reader = new StreamReader(file);
                return reader.ReadToEnd();
            }).ToList();
        Assert.NotEmpty(texts);
        return string.Concat(texts);
    }
}
