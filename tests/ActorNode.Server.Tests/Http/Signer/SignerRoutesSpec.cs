using System.Net;
using System.Text;
using ActorNode.Forging;
using ActorNode.Tezos.Hashes;
using ActorNode.Tezos.Keys;
using ActorNode.Tezos.Signers;
using Xunit;

namespace ActorNode.Server.Tests.Http.Signer;

public sealed class SignerRoutesSpec : IDisposable
{
    private readonly SigningKey _key = new(SecretKey.Generate(KeyType.Ed25519), Network.Mavryk);

    public void Dispose() => _key.Dispose();

    [Theory(DisplayName = "Each type of key on each network shows its public key and signs blocks, votes and operations")]
    [InlineData(KeyType.Ed25519, Network.Mavryk)]
    [InlineData(KeyType.Secp256k1, Network.Tezos)]
    [InlineData(KeyType.P256, Network.Mavryk)]
    public async Task Signs(KeyType type, Network network)
    {
        using var key = new SigningKey(SecretKey.Generate(type), network);
        await using var node = await SignerNode.StartAsync(key);

        var shown = await node.GetAsync($"/keys/{key.Hash}");
        var authorized = await node.GetAsync("/authorized_keys");

        Assert.Equal((200, key.PublicKey.ToString()), (shown.Status, (string)shown.Json["public_key"]!));
        Assert.Equal((200, "{}"), (authorized.Status, authorized.Json.ToJsonString()));
        foreach (var payload in (byte[][])[SignerNode.Block(7), SignerNode.Attestation(7), SignerNode.Operation(), SignerNode.Operation()])
        {
            var answer = await node.SignAsync(key, payload);

            Assert.Equal(200, answer.Status);
            Assert.True(key.PublicKey.Verify(payload, Signature.Parse(answer.Signature)));
        }
    }

    [Fact(DisplayName = "The same payload again gets the same signature; another one of its level, and a lower level, are refused with 409")]
    public async Task Watermarks()
    {
        var signer = new CountingSigner(_key);
        await using var node = await SignerNode.StartAsync(signer);

        var first = await node.SignAsync(_key, SignerNode.Attestation(10));
        var again = await node.SignAsync(_key, SignerNode.Attestation(10));
        var other = await node.SignAsync(_key, SignerNode.Attestation(10, fill: 8));
        var lower = await node.SignAsync(_key, SignerNode.Attestation(9));
        var block = await node.SignAsync(_key, SignerNode.Block(9));
        var otherChain = await node.SignAsync(_key, SignerNode.Attestation(9, chain: new ChainId(5)));

        Assert.Equal((200, 200, 409, 409, 200, 200), (first.Status, again.Status, other.Status, lower.Status, block.Status, otherChain.Status));
        Assert.Equal(first.Signature, again.Signature);
        Assert.Contains("level 10 and round 0 already signed with different data", other.Error, StringComparison.Ordinal);
        Assert.Contains("level 9 below high watermark 10", lower.Error, StringComparison.Ordinal);
        Assert.Equal(3, signer.Signed.Count);
    }

    [Theory(DisplayName = "A body that is no JSON string of hexadecimal digits is a 400 that says why, and nothing is signed")]
    [InlineData("", "body: must be a JSON string of hexadecimal digits")]
    [InlineData("{\"data\":\"03\"}", "body: must be a JSON string of hexadecimal digits")]
    [InlineData("\"03", "body: must be a JSON string of hexadecimal digits")]
    [InlineData("\"\"", "body: is an empty string; there is nothing to sign")]
    [InlineData("\"0x03\"", "body: the character at position 1 of the string is no hexadecimal digit")]
    [InlineData("\"03zz\"", "body: the character at position 2 of the string is no hexadecimal digit")]
    [InlineData("\"03\\u0030\"", "body: the character at position 2 of the string is no hexadecimal digit")]
    [InlineData("\"031\"", "body: has an odd number of hexadecimal digits (3)")]
    public Task Bad_hex(string body, string problem) => RefusedAsync(400, problem, node => node.PostAsync($"/keys/{_key.Hash}", body));

    [Fact(DisplayName = "A cut block header is a 400 that names the missing field, wherever it is cut")]
    public async Task Truncated()
    {
        var signer = new CountingSigner(_key);
        await using var node = await SignerNode.StartAsync(signer);
        var whole = SignerNode.Block(7);

        foreach (var length in Enumerable.Range(1, whole.Length - 1).Where(each => each % 7 == 1))
        {
            var answer = await node.SignAsync(_key, whole[..length]);

            Assert.Equal(400, answer.Status);
            Assert.Contains("bytes", answer.Error, StringComparison.Ordinal);
        }

        Assert.Empty(signer.Signed);
        Assert.Equal(200, (await node.SignAsync(_key, SignerNode.Block(1))).Status);
    }

    [Fact(DisplayName = "A level out of range is a 400, an unknown kind of payload too")]
    public async Task Out_of_range()
    {
        var negative = SignerNode.Attestation(1);
        negative[1 + 4 + 32 + 1 + 2] = 0xff;
        await RefusedAsync(400, "level: -16777215 at offset 40 is out of range", node => node.SignAsync(_key, negative));
        await RefusedAsync(400, "is a DAL attestation of protocols gone by", node => node.SignAsync(_key, [0x14, .. SignerNode.Attestation(1)[1..]]));
    }

    [Fact(DisplayName = "A magic byte that the key may not sign is a 403, and a key may have bytes of its own")]
    public async Task Magic_bytes()
    {
        using var other = new SigningKey(SecretKey.Generate(KeyType.Ed25519), Network.Tezos);
        await using var node = await SignerNode.StartAsync(new InMemorySigner(_key, other), settings => settings with
        {
            Forging = settings.Forging with { Http = new ForgingHttpSettings { KeyMagicBytes = [$"{other.Hash} = 0x03"] } },
        });

        var operation = await node.SignAsync(_key, SignerNode.Operation());
        var vote = await node.SignAsync(_key, SignerNode.Attestation(1));
        var ownOperation = await node.SignAsync(other, SignerNode.Operation());
        var ownVote = await node.SignAsync(other, SignerNode.Attestation(1));

        Assert.Equal((403, 200, 200, 403), (operation.Status, vote.Status, ownOperation.Status, ownVote.Status));
        Assert.StartsWith($"magic byte 0x03 not allowed for {_key.Hash}, which signs 0x11, 0x12, 0x13", operation.Error, StringComparison.Ordinal);
        Assert.StartsWith($"magic byte 0x13 not allowed for {other.Hash}, which signs 0x03", ownVote.Error, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "A payload of another chain than the configured one is a 403")]
    public async Task Other_chain()
    {
        await using var node = await SignerNode.StartAsync(_key, settings => settings with
        {
            Forging = settings.Forging with { Http = settings.Forging.Http with { Chain = SignerNode.Chain.ToString() } },
        });

        var other = await node.SignAsync(_key, SignerNode.Attestation(1, chain: ChainId.Parse("NetXnHfVqm9iesp")));
        var mine = await node.SignAsync(_key, SignerNode.Attestation(1));
        var operation = await node.SignAsync(_key, SignerNode.Operation());

        Assert.Equal((403, 200, 200), (other.Status, mine.Status, operation.Status));
        Assert.StartsWith("chain id: NetXnHfVqm9iesp is not NetXdQprcVkpaWU", other.Error, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "An unknown key is a 404, text that is no address a 400")]
    public async Task Unknown_key()
    {
        using var stranger = new SigningKey(SecretKey.Generate(KeyType.Ed25519), Network.Mavryk);
        await using var node = await SignerNode.StartAsync(_key);

        var sign = await node.SignAsync(stranger, SignerNode.Attestation(1));
        var show = await node.GetAsync($"/keys/{stranger.Hash}");
        var text = await node.GetAsync("/keys/nobody");

        Assert.Equal((404, 404, 400), (sign.Status, show.Status, text.Status));
        Assert.Contains(stranger.Hash.ToString(), sign.Error, StringComparison.Ordinal);
        Assert.Contains(stranger.Hash.ToString(), show.Error, StringComparison.Ordinal);
        Assert.StartsWith("public key hash: ", text.Error, StringComparison.Ordinal);
    }

    [Theory(DisplayName = "A body of 10 MB is a 413 and is not read, with its length before it or without")]
    [InlineData(true)]
    [InlineData(false)]
    public Task Large(bool withLength) => RefusedAsync(413, "body: is longer than 262144 bytes (actornode.forging.http.max-request-body)", async node =>
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/keys/{_key.Hash}")
        {
            Content = new StringContent($"\"{new string('0', 10_000_000)}\"", Encoding.UTF8, "application/json"),
        };
        request.Headers.TransferEncodingChunked = !withLength;
        return await node.SendAsync(request);
    });

    [Fact(DisplayName = "A type of content that pages of other sites may send is a 415")]
    public Task Cross_site() => RefusedAsync(415, "Content-Type must be application/json", node => node.PostAsync($"/keys/{_key.Hash}", "\"03\"", "text/plain"));

    [Theory(DisplayName = "The request's id is echoed and logged; one that cannot stand in a log is replaced")]
    [InlineData("abc-123", true)]
    [InlineData("two words", false)]
    [InlineData(null, false)]
    public async Task Request_id(string? id, bool kept)
    {
        await using var node = await SignerNode.StartAsync(_key);

        var signed = await node.SignAsync(_key, SignerNode.Attestation(1), requestId: id);
        var refused = await node.SignAsync(_key, SignerNode.Attestation(1, fill: 9), requestId: id);

        Assert.Equal(kept, signed.RequestId == id);
        Assert.NotEqual("", signed.RequestId);
        Assert.Contains(node.Log.Entries, entry => entry.Text.StartsWith($"Signed a Attestation with {_key.Hash}", StringComparison.Ordinal) && entry.Text.EndsWith($"request {signed.RequestId}", StringComparison.Ordinal));
        Assert.Contains(node.Log.Entries, entry => entry.Text.StartsWith("Refused a POST", StringComparison.Ordinal) && entry.Text.EndsWith($"request {refused.RequestId}", StringComparison.Ordinal));
    }

    [Fact(DisplayName = "The log has neither payloads nor signatures")]
    public async Task Log()
    {
        await using var node = await SignerNode.StartAsync(_key);
        var payload = SignerNode.Operation(0xab);

        var signed = await node.SignAsync(_key, payload);
        await node.SignAsync(_key, [0xff, .. payload]);
        await node.PostAsync($"/keys/{_key.Hash}", $"\"{Convert.ToHexStringLower(payload)}zz\"");

        Assert.Equal(200, signed.Status);
        Assert.NotEmpty(node.Log.Entries);
        Assert.DoesNotContain(node.Log.Entries, entry => entry.Text.Contains(signed.Signature, StringComparison.Ordinal) || entry.Text.Contains("abababab", StringComparison.OrdinalIgnoreCase));
    }

    [Fact(DisplayName = "What a signer's failure means is in the status: nothing was signed, refused, or nobody knows")]
    public async Task Failures()
    {
        var signer = new CountingSigner(_key);
        await using var node = await SignerNode.StartAsync(signer);
        var level = 1;
        foreach (var (failure, status) in new (Exception, int)[]
        {
            (new SignerUnavailableException("the signer is away"), 503),
            (new SignerRefusedException("the signer says no"), 403),
            (new SigningOutcomeUnknownException("the line was cut"), 502),
            (new SignatureMismatchException("it is another signature"), 502),
        })
        {
            signer.Failure = failure;

            var answer = await node.SignAsync(_key, SignerNode.Attestation(level++));

            Assert.Equal((status, true), (answer.Status, answer.Error.Contains(failure.Message, StringComparison.Ordinal)));
        }

        signer.Failure = null;
        Assert.Equal(200, (await node.SignAsync(_key, SignerNode.Attestation(level - 1))).Status);
    }

    private async Task RefusedAsync(int status, string problem, Func<SignerNode, Task<SignerNode.Answer>> send)
    {
        var signer = new CountingSigner(_key);
        await using var node = await SignerNode.StartAsync(signer);

        var answer = await send(node);

        Assert.Equal(status, answer.Status);
        Assert.Contains(problem, answer.Error, StringComparison.Ordinal);
        Assert.Empty(signer.Signed);
        // Nothing was burnt by it either.
        Assert.Equal((int)HttpStatusCode.OK, (await node.SignAsync(_key, SignerNode.Attestation(0))).Status);
    }
}
