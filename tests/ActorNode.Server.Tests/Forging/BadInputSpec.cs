using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using ActorNode.Forging;
using ActorNode.Protocol.Forging;
using ActorNode.Server.Tests.Http.Signer;
using ActorNode.Tezos.Hashes;
using ActorNode.Tezos.Keys;
using ActorNode.Tezos.Requests;
using ActorNode.Tezos.Signers;
using Akka.Actor;
using Xunit;

namespace ActorNode.Server.Tests.Forging;

/// <summary>
/// Whatever is wrong with a request, on all three ways in: its status and text name what, no signer is asked, no watermark is raised, and the log has
/// neither the payload nor a signature nor a secret.
/// </summary>
public sealed class BadInputSpec : IDisposable
{
    private const byte Fill = 0xab;
    private const string Token = "a-token-of-the-tests";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly ChainName Chain = new(SignerNode.Chain.ToString());
    private static readonly ChainId OtherChain = ChainId.Parse("NetXnHfVqm9iesp");

    private readonly SecretKey _secret = SecretKey.Generate(KeyType.Ed25519);
    private readonly SigningKey _key;
    private readonly SigningKey _stranger = new(SecretKey.Generate(KeyType.Ed25519), Network.Mavryk);
    private readonly CountingSigner _signer;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("actornode-");

    public BadInputSpec()
    {
        _key = new SigningKey(_secret, Network.Mavryk);
        _signer = new CountingSigner(_key);
    }

    private static byte[] Vote => SignerNode.Attestation(5, fill: Fill);

    private static byte[] Block => SignerNode.Block(5, fill: Fill);

    private static byte[] NegativeLevel
    {
        get
        {
            var vote = Vote;
            vote[1 + ChainId.Length + Hash32.Length + 1 + 2] = 0xff;
            return vote;
        }
    }

    public void Dispose()
    {
        _key.Dispose();
        _stranger.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact(DisplayName = "By the remote signer protocol")]
    public async Task Signer_protocol()
    {
        await using var node = await SignerNode.StartAsync(_signer, settings => settings with
        {
            Forging = settings.Forging with { Http = new ForgingHttpSettings { Chain = Chain.Value } },
        });
        var hex = Convert.ToHexStringLower(Vote);

        await RefusedAsync(400, "is no hexadecimal digit", node.PostAsync($"/keys/{_key.Hash}", $"\"{hex}zz\""));
        await RefusedAsync(400, "odd number of hexadecimal digits", node.PostAsync($"/keys/{_key.Hash}", $"\"{hex[..^1]}\""));
        await RefusedAsync(404, _stranger.Hash.ToString(), node.SignAsync(_stranger, Vote));
        await RefusedAsync(403, "magic byte 0x03 not allowed", node.SignAsync(_key, SignerNode.Operation(Fill)));
        await RefusedAsync(403, "magic byte 0x7f not allowed", node.SignAsync(_key, [0x7f, .. Vote[1..]]));
        await RefusedAsync(400, "bytes", node.SignAsync(_key, Block[..^40]));
        await RefusedAsync(403, "chain id: NetXnHfVqm9iesp is not", node.SignAsync(_key, SignerNode.Attestation(5, fill: Fill, chain: OtherChain)));
        await RefusedAsync(400, "level: -16777211 at offset 40 is out of range", node.SignAsync(_key, NegativeLevel));
        await RefusedAsync(413, "actornode.forging.http.max-request-body", node.PostAsync($"/keys/{_key.Hash}", $"\"{TenMegabytes}\""));

        await MustBeUntouchedAsync(node);

        async Task RefusedAsync(int status, string text, Task<SignerNode.Answer> sent)
        {
            var answer = await sent;
            Assert.Equal(status, answer.Status);
            Assert.Contains(text, answer.Error, StringComparison.Ordinal);
        }
    }

    [Fact(DisplayName = "By the remote signer protocol, with wrong authentication")]
    public async Task Authentication()
    {
        using var client = SecretKey.Generate(KeyType.Ed25519);
        await using var node = await SignerNode.StartAsync(_signer, settings => settings with
        {
            Forging = settings.Forging with { Http = settings.Forging.Http with { AuthorizedKeys = [client.GetPublicKey().ToString()] } },
        });
        var wrong = client.Sign(SignerPayload.OfAuthentication(_stranger.Hash, Vote)).ToString();

        Assert.Equal((401, "missing authentication signature field"), await SendAsync(""));
        Assert.Equal((403, "invalid authentication signature"), await SendAsync($"?authentication={wrong}"));
        Assert.Equal((403, "invalid authentication signature"), await SendAsync($"?authentication={_secret.RevealBase58()}"));

        Assert.Empty(_signer.Signed);
        MustKeepSilent(node, wrong, client.RevealBase58());

        async Task<(int, string)> SendAsync(string query)
        {
            var answer = await node.SignAsync(_key, Vote, query);
            return (answer.Status, answer.Error);
        }
    }

    [Fact(DisplayName = "By /v1/forging")]
    public async Task Forging_routes()
    {
        await using var node = await SignerNode.StartAsync(_signer);
        var hex = Convert.ToHexStringLower(Vote);

        await RefusedAsync(400, "votes[0].payload", "has a character that is no hexadecimal digit", Votes(hex + "zz"));
        await RefusedAsync(400, "votes[0].payload", "has an odd number of hexadecimal digits", Votes(hex[..^1]));
        await RefusedAsync(404, null, "no signer has the key", Votes(hex, key: _stranger));
        await RefusedAsync(400, null, "payload is of kind Operation, the request says Attestation", Votes(Convert.ToHexStringLower(SignerNode.Operation(Fill))));
        await RefusedAsync(400, null, "magic byte: 0x7f at offset 0 is none that is signed", Votes("7f" + hex[2..]));
        await RefusedAsync(400, null, "bytes", Votes(hex[..^20]));
        await RefusedAsync(400, null, "payload is of chain NetXnHfVqm9iesp, the request says NetXdQprcVkpaWU", Votes(Convert.ToHexStringLower(SignerNode.Attestation(5, fill: Fill, chain: OtherChain))));
        await RefusedAsync(400, null, "payload is of level 5, round 0, the request says level 6, round 0", Votes(hex, level: 6));
        await RefusedAsync(400, "level", "level", Votes(hex, level: -1));
        await RefusedAsync(400, "level", "level", Votes(hex, level: 1L + int.MaxValue));
        await RefusedAsync(400, null, "level: -16777211 at offset 40 is out of range", Votes(Convert.ToHexStringLower(NegativeLevel)));
        await RefusedAsync(400, "votes[0].payload", "is longer than 1048576 bytes (actornode.forging.max-payload-bytes)", Votes(TenMegabytes));

        await MustBeUntouchedAsync(node);

        async Task RefusedAsync(int status, string? field, string text, string body)
        {
            using var content = new StringContent(body, Encoding.UTF8, "application/json");
            using var response = await node.Http.PostAsync("/v1/forging/requests", content);
            var json = await response.Content.ReadAsStringAsync();
            Assert.Equal((status, field), ((int)response.StatusCode, (string?)JsonNode.Parse(json)!["field"]));
            Assert.Contains(text, json, StringComparison.Ordinal);
        }
    }

    [Theory(DisplayName = "By /v1/forging, with a wrong token or none")]
    [InlineData(null)]
    [InlineData("another-token-of-the-tests")]
    public async Task Forging_routes_token(string? token)
    {
        var file = Path.Combine(_folder.FullName, "token");
        await File.WriteAllTextAsync(file, Token);
        await using var node = await SignerNode.StartAsync(_signer, settings => settings with { Http = settings.Http with { TokenFile = file } });
        node.Http.DefaultRequestHeaders.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);

        foreach (var send in new Func<Task<HttpResponseMessage>>[]
        {
            () => node.Http.PostAsync("/v1/forging/requests", new StringContent(Votes(Convert.ToHexStringLower(Vote)), Encoding.UTF8, "application/json")),
            () => node.Http.PostAsync($"/v1/forging/watermarks/{_key.Hash}", new StringContent("""{"marks":[]}""", Encoding.UTF8, "application/json")),
            () => node.Http.DeleteAsync("/v1/forging/pending"),
            () => node.Http.GetAsync("/v1/forging"),
            () => node.Http.GetAsync("/v1/forging/events"),
        })
        {
            using var answer = await send();
            Assert.Equal(401, (int)answer.StatusCode);
            Assert.DoesNotContain(Token, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        node.Http.DefaultRequestHeaders.Authorization = null;
        await MustBeUntouchedAsync(node, Token, "another-token-of-the-tests");
    }

    [Fact(DisplayName = "By message")]
    public async Task Messages()
    {
        await using var node = await SignerNode.StartAsync(_signer);

        await RejectedAsync(RejectReason.Invalid, "payload is empty", Sign([]));
        await RejectedAsync(RejectReason.UnknownKey, "no signer has the key", Sign(Vote) with { Key = _stranger.Hash.Id });
        await RejectedAsync(RejectReason.UnknownKey, "no signer has the key", Sign(Vote) with { Key = new("no address") });
        await RejectedAsync(RejectReason.Invalid, "magic byte: 0x7f at offset 0 is none that is signed", Sign([0x7f, .. Vote[1..]]));
        await RejectedAsync(RejectReason.Invalid, "payload is of kind Operation, the request says Attestation", Sign(SignerNode.Operation(Fill)));
        await RejectedAsync(RejectReason.Invalid, "bytes", Sign(Vote[..^1]));
        await RejectedAsync(RejectReason.Invalid, "bytes", Sign(Block[..^40]) with { Kind = ForgeKind.Block });
        await RejectedAsync(RejectReason.Invalid, "payload is of chain NetXnHfVqm9iesp", Sign(SignerNode.Attestation(5, fill: Fill, chain: OtherChain)));
        await RejectedAsync(RejectReason.Invalid, "level -1 is negative", Sign(Vote) with { At = new LevelRound(-1, 0) });
        await RejectedAsync(RejectReason.Invalid, "round -1 is negative", Sign(Vote) with { At = new LevelRound(5, -1) });
        await RejectedAsync(RejectReason.Invalid, "the request says level 6, round 0", Sign(Vote) with { At = new LevelRound(6, 0) });
        await RejectedAsync(RejectReason.Invalid, "level: -16777211 at offset 40 is out of range", Sign(NegativeLevel));
        await RejectedAsync(RejectReason.Invalid, "payload has 10000000 bytes, the limit is 1048576", Sign(new byte[10_000_000]));
        await RejectedAsync(RejectReason.Invalid, "kind 77 is unknown", Sign(Vote) with { Kind = (ForgeKind)77 });
        await RejectedAsync(RejectReason.Invalid, "votes[0].payload has 10000000 bytes, the limit is 1048576", Batch(new byte[10_000_000]));
        await RejectedAsync(RejectReason.Invalid, "payload is of kind Block, the request says Attestation", Batch(Block));
        await RejectedAsync(RejectReason.Invalid, "content is empty", new ForgeCommands.ForgeAndSignBlock(new("r"), _key.Hash.Id, Chain, new(5, 0), default));

        await MustBeUntouchedAsync(node);

        async Task RejectedAsync(RejectReason reason, string text, IForgeRequest request)
        {
            var rejected = await node.Worker.Ask<ForgeReplies.Rejected>(request, Patience);
            Assert.Equal(reason, rejected.Reason);
            Assert.Contains(text, rejected.Detail, StringComparison.Ordinal);
        }
    }

    [Fact(DisplayName = "What the watermark refuses, and what the signer fails at, is in the log without payload, signature or secret")]
    public async Task Refusals()
    {
        await using var node = await SignerNode.StartAsync(_signer);
        var signed = await node.SignAsync(_key, Vote);
        await node.Worker.Ask<ForgeEvents.ForgeRefused>(Sign(SignerNode.Attestation(4, fill: Fill)) with { At = new(4, 0) }, Patience);
        await LoggedAsync(node, "does not sign the attestation");
        _signer.Failure = new SignerUnavailableException("the signer is away");
        await node.Worker.Ask<ForgeEvents.ForgeFailed>(Sign(SignerNode.Attestation(6, fill: Fill)) with { At = new(6, 0) }, Patience);
        await LoggedAsync(node, "could not sign the attestation");

        MustKeepSilent(node, signed.Signature);
    }

    [Fact(DisplayName = "A signer that hangs is warned of, and when it answers at last that is said, without payload, signature or secret")]
    public async Task Stalls()
    {
        await using var node = await SignerNode.StartAsync(_signer, settings => settings with
        {
            Forging = settings.Forging with { DutyDuration = TimeSpan.FromMilliseconds(30), SigningTimeout = TimeSpan.FromMilliseconds(50) },
        });
        var hold = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _signer.Hold = hold.Task;
        var late = await node.Worker.Ask<ForgeEvents.ForgeFailed>(Sign(Vote), Patience);
        Assert.Equal(ForgeFailure.SigningTimeout, late.Reason);
        await LoggedAsync(node, "has not answered for");
        hold.SetResult();
        await LoggedAsync(node, "answered after");

        MustKeepSilent(node);
    }

    private static async Task LoggedAsync(SignerNode node, string text)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!node.Log.Entries.Any(entry => entry.Text.Contains(text, StringComparison.Ordinal)))
            await Task.Delay(20, patience.Token);
    }

    private static string TenMegabytes => new('0', 10_000_000);

    private ForgeCommands.SignPayload Sign(byte[] payload) => new(new("r"), _key.Hash.Id, ForgeKind.Attestation, Chain, new LevelRound(5, 0), payload);

    private ForgeCommands.ForgeAndSignAttestations Batch(byte[] payload) => new(new("r"), Chain, new LevelRound(5, 0), [new(_key.Hash.Id, payload)]);

    private string Votes(string payload, long level = 5, SigningKey? key = null) =>
        $$"""{"id":"r","kind":"attestation","chain":"{{Chain}}","level":{{level}},"round":0,"votes":[{"key":"{{(key ?? _key).Hash}}","payload":"{{payload}}"}]}""";

    private async Task MustBeUntouchedAsync(SignerNode node, params string[] secrets)
    {
        Assert.Empty(_signer.Signed);
        // The lowest level there is: any mark would be above it.
        var signed = await node.SignAsync(_key, SignerNode.Attestation(0, fill: Fill));
        Assert.Equal(200, signed.Status);
        MustKeepSilent(node, [signed.Signature, .. secrets]);
    }

    private void MustKeepSilent(SignerNode node, params string[] secrets)
    {
        var log = string.Join("\n", node.Log.Entries.Select(entry => $"{entry.Text} {entry.Error}"));
        Assert.NotEqual("", log);
        var fill = string.Concat(Enumerable.Repeat($"{Fill:x2}", 4));
        foreach (var secret in (string[])[_secret.RevealBase58(), fill, .. secrets])
            Assert.DoesNotContain(secret, log, StringComparison.OrdinalIgnoreCase);
    }
}
