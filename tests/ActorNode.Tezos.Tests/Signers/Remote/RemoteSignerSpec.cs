using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using ActorNode.Forging;
using ActorNode.Protocol.Forging;
using ActorNode.Tezos.Keys;
using ActorNode.Tezos.Signers;
using ActorNode.Tezos.Signers.Remote;
using ActorNode.Tezos.Tests.Support;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace ActorNode.Tezos.Tests.Signers.Remote;

/// <summary>Against a real HTTP server on a loopback port.</summary>
public sealed class RemoteSignerSpec : IDisposable
{
    private readonly SigningKey _key = Some.Key();
    private readonly ManualClock _clock = new();

    private ConsensusKeyId Id => new(_key.Hash.ToString());

    public void Dispose() => _key.Dispose();

    [Theory(DisplayName = "Keys of each type are listed and sign, over one connection")]
    [InlineData(KeyType.Ed25519)]
    [InlineData(KeyType.Secp256k1)]
    [InlineData(KeyType.P256)]
    public async Task Signs(KeyType type)
    {
        using var key = Some.Key(type, Network.Mavryk);
        using var absent = Some.Key();
        await using var server = await SignerServer.StartAsync(keys: key);
        using var signer = Signer([server.Address], [key.Hash, absent.Hash]);
        var listed = Assert.Single(await signer.GetKeysAsync(default));
        Assert.Equal(new SignerKey(new(key.Hash.ToString()), key.PublicKey.ToString(), null), listed);
        for (var level = 1; level <= 20; level++)
        {
            var signature = await signer.SignAsync(listed.Id, Some.Payload(level), default);
            Assert.True(Some.Verifies(key.PublicKey, Some.Payload(level), signature));
        }

        // Two keys were asked for at once before.
        Assert.True(server.Connections.Count <= 2, $"{server.Connections.Count} connections");
        Assert.Null(Assert.Single(signer.Health).Problem);
    }

    [Fact(DisplayName = "Requests are signed by the authentication key; a signer that wants another one is refused before anything is signed")]
    public async Task Authentication()
    {
        using var authentication = SecretKey.Generate(KeyType.Secp256k1);
        await using var server = await SignerServer.StartAsync(keys: _key);
        server.Authorized = authentication.GetPublicKey();
        using var anonymous = Signer([server.Address]);
        Assert.Contains("no authentication key is configured", (await Assert.ThrowsAsync<SignerRefusedException>(async () => await anonymous.GetKeysAsync(default))).Message, StringComparison.Ordinal);
        var refused = await Assert.ThrowsAsync<SignerRefusedException>(async () => await anonymous.SignAsync(Id, Some.Payload(), default));
        Assert.Contains("401 invalid authentication signature", refused.Message, StringComparison.Ordinal);

        using var stranger = SecretKey.Generate(KeyType.Ed25519);
        using var wrong = Signer([server.Address], authentication: stranger);
        Assert.Contains("none of the 1", (await Assert.ThrowsAsync<SignerRefusedException>(async () => await wrong.GetKeysAsync(default))).Message, StringComparison.Ordinal);

        using var known = Signer([server.Address], authentication: authentication);
        Assert.Single(await known.GetKeysAsync(default));
        Assert.True(Some.Verifies(_key.PublicKey, Some.Payload(), await known.SignAsync(Id, Some.Payload(), default)));
    }

    [Fact(DisplayName = "A signer that hangs leaves the outcome unknown at the deadline")]
    public async Task Hangs()
    {
        await using var server = await SignerServer.StartAsync(keys: _key);
        using var signer = Signer([server.Address]);
        var reached = new TaskCompletionSource();
        server.OnSign = (context, _, _) =>
        {
            reached.TrySetResult();
            return Task.Delay(Timeout.Infinite, context.RequestAborted);
        };
        var signing = signer.SignAsync(Id, Some.Payload(), default).AsTask();
        await reached.Task;
        _clock.Advance(TimeSpan.FromSeconds(10));
        var unknown = await Assert.ThrowsAsync<SigningOutcomeUnknownException>(() => signing);
        Assert.Contains("no answer within 10 s after the request was sent", unknown.Message, StringComparison.Ordinal);

        // One that hangs is not waited for by others, and a caller that gives up is told so.
        server.OnSign = server.SignAsync;
        await signer.SignAsync(Id, Some.Payload(), default);
        server.OnSign = (context, _, _) => Task.Delay(Timeout.Infinite, context.RequestAborted);
        using var caller = new CancellationTokenSource();
        var abandoned = signer.SignAsync(Id, Some.Payload(), caller.Token).AsTask();
        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => abandoned);
    }

    [Fact(DisplayName = "A signer that answers byte by byte leaves the outcome unknown at the deadline")]
    public async Task Slow()
    {
        await using var server = await SignerServer.StartAsync(keys: _key);
        using var signer = Signer([server.Address]);
        var begun = new TaskCompletionSource();
        server.OnSign = async (context, _, _) =>
        {
            await context.Response.WriteAsync("{\"signature\":\"edsig");
            await context.Response.Body.FlushAsync();
            begun.TrySetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        };
        var signing = signer.SignAsync(Id, Some.Payload(), default).AsTask();
        await begun.Task;
        _clock.Advance(TimeSpan.FromSeconds(10));
        await Assert.ThrowsAsync<SigningOutcomeUnknownException>(() => signing);
    }

    [Fact(DisplayName = "A signer that dies before or within its answer leaves the outcome unknown, and no other endpoint is asked")]
    public async Task Dies()
    {
        await using var first = await SignerServer.StartAsync(keys: _key);
        await using var second = await SignerServer.StartAsync(keys: _key);
        foreach (var beforeDeath in new Func<HttpContext, Task>[]
        {
            _ => Task.CompletedTask,
            async context =>
            {
                context.Response.ContentLength = 1000;
                await context.Response.WriteAsync("{\"signature\":");
                await context.Response.Body.FlushAsync();
            },
        })
        {
            using var signer = Signer([first.Address, second.Address]);
            first.OnSign = async (context, _, _) =>
            {
                await beforeDeath(context);
                context.Abort();
            };
            var unknown = await Assert.ThrowsAsync<SigningOutcomeUnknownException>(async () => await signer.SignAsync(Id, Some.Payload(), default));
            Assert.Contains("after the request was sent", unknown.Message, StringComparison.Ordinal);
            Assert.NotNull(signer.Health[0].Problem);
        }

        Assert.Equal(2, first.Signed.Count);
        Assert.Empty(second.Signed);
    }

    [Fact(DisplayName = "A connection that the signer closed while it was idle costs no request its outcome twice")]
    public async Task Stale_connection()
    {
        await using var server = await SignerServer.StartAsync(keys: _key);
        using var signer = Signer([server.Address]);
        var requests = 0;
        for (var level = 1; level <= 10; level++)
        {
            // Kestrel ends the connection behind the answer.
            server.OnSign = async (context, key, payload) =>
            {
                Interlocked.Increment(ref requests);
                context.Response.Headers.Connection = "close";
                await server.SignAsync(context, key, payload);
            };
            Assert.True(Some.Verifies(_key.PublicKey, Some.Payload(level), await signer.SignAsync(Id, Some.Payload(level), default)));
        }

        Assert.Equal(10, requests);
    }

    [Theory(DisplayName = "A signer that says no is refused with its reason, whatever way it says it")]
    [InlineData(409, """[{"id":"failure","kind":"temporary","msg":"watermark validation failed"}]""", "409 watermark validation failed")]
    [InlineData(500, """[{"kind":"permanent","id":"failure","msg":"magic byte 0x04 not allowed"}]""", "500 magic byte 0x04 not allowed")]
    [InlineData(400, """{"error":"bad request"}""", "400 bad request")]
    [InlineData(403, "forbidden\r\n  by\u0007 policy", "403 forbidden    by  policy")]
    [InlineData(404, "", "404")]
    [InlineData(302, "", "302")]
    public async Task Refuses(int status, string body, string reason)
    {
        await using var server = await SignerServer.StartAsync(keys: _key);
        using var signer = Signer([server.Address]);
        server.OnSign = (context, _, _) => Answer(context, status, body);
        var refused = await Assert.ThrowsAsync<SignerRefusedException>(async () => await signer.SignAsync(Id, Some.Payload(), default));
        Assert.EndsWith(": " + reason, refused.Message, StringComparison.Ordinal);
    }

    [Theory(DisplayName = "Answers that leave it open whether something was signed say so")]
    [InlineData(500, "")]
    [InlineData(500, "<html>oops</html>")]
    [InlineData(502, """{"error":"bad gateway"}""")]
    [InlineData(504, "")]
    [InlineData(200, "")]
    [InlineData(200, "not json")]
    [InlineData(200, """{"signature":7}""")]
    [InlineData(200, """["signature"]""")]
    public async Task Unknown(int status, string body)
    {
        await using var server = await SignerServer.StartAsync(keys: _key);
        using var signer = Signer([server.Address]);
        server.OnSign = (context, _, _) => Answer(context, status, body);
        await Assert.ThrowsAsync<SigningOutcomeUnknownException>(async () => await signer.SignAsync(Id, Some.Payload(), default));
    }

    [Theory(DisplayName = "A signer that cannot now is unavailable, and the next request goes to another endpoint")]
    [InlineData(503)]
    [InlineData(429)]
    public async Task Busy(int status)
    {
        await using var first = await SignerServer.StartAsync(keys: _key);
        await using var second = await SignerServer.StartAsync(keys: _key);
        using var signer = Signer([first.Address, second.Address]);
        first.OnSign = (context, _, _) => Answer(context, status, "busy");
        await Assert.ThrowsAsync<SignerUnavailableException>(async () => await signer.SignAsync(Id, Some.Payload(), default));
        Assert.Empty(second.Signed);
        await signer.SignAsync(Id, Some.Payload(), default);
        Assert.Single(second.Signed);
    }

    [Theory(DisplayName = "An answer over the limit is not read to its end, whether or not it tells its length")]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Huge(bool tellsLength)
    {
        await using var server = await SignerServer.StartAsync(keys: _key);
        using var signer = Signer([server.Address]);
        server.OnSign = async (context, _, _) =>
        {
            const int Length = 200 * 1024 * 1024;
            context.Response.ContentLength = tellsLength ? Length : null;
            var some = new byte[1024 * 1024];
            try
            {
                for (var written = 0; written < Length; written += some.Length)
                    await context.Response.Body.WriteAsync(some, context.RequestAborted);
            }
            catch (OperationCanceledException)
            {
                // The reader went away, as it should.
            }
        };
        var unknown = await Assert.ThrowsAsync<SigningOutcomeUnknownException>(async () => await signer.SignAsync(Id, Some.Payload(), default));
        Assert.Contains("longer than 65536 bytes", unknown.Message, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "A signer that lies is found out, and the signature goes nowhere")]
    public async Task Lies()
    {
        await using var server = await SignerServer.StartAsync(keys: _key);
        using var remote = Signer([server.Address]);
        var signer = new VerifyingSigner(remote);
        using var other = Some.Key();
        foreach (var lie in new[] { _key.Sign([3, 1]).ToString(), other.Sign(Some.Payload()).ToString(), "edsigtXomBKi5CTRf5cjATJWSyaRvhfYNHqSUGrn4SdbYRcGwQrUGjzEfQDTuqHhuA8b2d8NarZjz8TRf65WkpQmo423BtomS8Q", "nonsense", "" })
        {
            server.OnSign = (context, _, _) => context.Response.WriteAsJsonAsync(new { signature = lie });
            await Assert.ThrowsAsync<SignatureMismatchException>(async () => await signer.SignAsync(Id, Some.Payload(), default));
        }

        server.OnSign = server.SignAsync;
        Assert.True(Some.Verifies(_key.PublicKey, Some.Payload(), await signer.SignAsync(Id, Some.Payload(), default)));
    }

    [Fact(DisplayName = "A public key that is not the key's is not believed")]
    public async Task Lies_about_the_public_key()
    {
        await using var server = await SignerServer.StartAsync(keys: _key);
        using var remote = Signer([server.Address]);
        var signer = new VerifyingSigner(remote);
        using var other = Some.Key();
        foreach (var lie in new[] { other.PublicKey.ToString(), "edpk", "" })
        {
            server.OnKey = context => context.Response.WriteAsJsonAsync(new { public_key = lie });
            Assert.Empty(await signer.GetKeysAsync(default));
            await Assert.ThrowsAsync<SignatureMismatchException>(async () => await signer.SignAsync(Id, Some.Payload(), default));
        }

        Assert.Empty(server.Signed);
        server.OnKey = null;
        Assert.Single(await signer.GetKeysAsync(default));
    }

    [Fact(DisplayName = "A key that a signer had and cannot show now stays its own, one that it lost does not")]
    public async Task Keys_come_and_go()
    {
        await using var server = await SignerServer.StartAsync(keys: _key);
        using var signer = Signer([server.Address]);
        server.OnKey = context => Answer(context, 500, "");
        Assert.Empty(await signer.GetKeysAsync(default));
        server.OnKey = null;
        Assert.Single(await signer.GetKeysAsync(default));
        foreach (var (status, body) in new[] { (500, ""), (200, "not json"), (200, "[]") })
        {
            server.OnKey = context => Answer(context, status, body);
            Assert.Single(await signer.GetKeysAsync(default));
        }

        server.OnKey = context => Answer(context, 404, "");
        Assert.Empty(await signer.GetKeysAsync(default));
        server.OnKey = context => Answer(context, 403, "no");
        Assert.Contains("403 no", (await Assert.ThrowsAsync<SignerRefusedException>(async () => await signer.GetKeysAsync(default))).Message, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "An endpoint that cannot be connected to is passed over, rests, and is preferred again when it is well")]
    public async Task Failover()
    {
        var absent = UnusedAddress();
        await using var second = await SignerServer.StartAsync(keys: _key);
        using var signer = Signer([new($"http://{absent}/base"), second.Address]);
        await signer.SignAsync(Id, Some.Payload(1), default);
        Assert.NotNull(signer.Health[0].Problem);
        Assert.Null(signer.Health[1].Problem);
        Assert.Equal(_clock.GetUtcNow() + TimeSpan.FromSeconds(1), signer.Health[0].RestsUntil);
        await signer.SignAsync(Id, Some.Payload(2), default);
        Assert.Equal(2, second.Signed.Count);

        await using var first = await SignerServer.StartAsync(absent, _key);
        await signer.SignAsync(Id, Some.Payload(3), default);
        Assert.Empty(first.Signed);
        _clock.Advance(TimeSpan.FromSeconds(1));
        await signer.SignAsync(Id, Some.Payload(4), default);
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        while (signer.Health[0].Problem is not null)
            await Task.Delay(10, patience.Token);
        await signer.SignAsync(Id, Some.Payload(5), default);
        Assert.Single(first.Signed);
    }

    [Fact(DisplayName = "Where no endpoint can be connected to nothing was sent, and the call may be tried again")]
    public async Task Unavailable()
    {
        using var signer = Signer([new($"http://{UnusedAddress()}/"), new($"http://{UnusedAddress()}/")]);
        await Assert.ThrowsAsync<SignerUnavailableException>(async () => await signer.SignAsync(Id, Some.Payload(), default));
        await Assert.ThrowsAsync<SignerUnavailableException>(async () => await signer.GetKeysAsync(default));
        Assert.All(signer.Health, health => Assert.NotNull(health.Problem));
    }

    [Fact(DisplayName = "Keys that are not configured are refused without a request, and so are settings that cannot work")]
    public async Task Not_configured()
    {
        await using var server = await SignerServer.StartAsync(keys: _key);
        using var other = Some.Key();
        using var signer = Signer([server.Address]);
        await Assert.ThrowsAsync<SignerRefusedException>(async () => await signer.SignAsync(new(other.Hash.ToString()), Some.Payload(), default));
        Assert.Empty(server.Signed);
        Assert.Throws<ArgumentException>(() => Signer([]));
        Assert.Throws<ArgumentException>(() => Signer([new("ftp://host/")]));
        Assert.DoesNotContain("secret", Assert.Throws<ArgumentException>(() => Signer([new("http://user:secret@host/")])).Message, StringComparison.Ordinal);
    }

    private static Task Answer(HttpContext context, int status, string body)
    {
        context.Response.StatusCode = status;
        return body.Length == 0 ? Task.CompletedTask : context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(body)).AsTask();
    }

    /// <summary>A loopback address that nobody else listens at or is given as the port of a client.</summary>
    private static IPEndPoint UnusedAddress()
    {
        var address = new IPAddress([127, (byte)RandomNumberGenerator.GetInt32(1, 255), (byte)RandomNumberGenerator.GetInt32(1, 255), (byte)RandomNumberGenerator.GetInt32(2, 255)]);
        using var listener = new TcpListener(address, 0);
        listener.Start();
        return (IPEndPoint)listener.LocalEndpoint;
    }

    private RemoteSigner Signer(Uri[] endpoints, PublicKeyHash[]? keys = null, SecretKey? authentication = null) => new(
        new() { Endpoints = [.. endpoints], Keys = [.. keys ?? [_key.Hash]], Authentication = authentication, ConnectTimeout = TimeSpan.FromMinutes(3) }, _clock);
}
