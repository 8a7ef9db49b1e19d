using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using ActorNode.Tezos.Keys;
using ActorNode.Tezos.Requests;
using ActorNode.Tezos.Signers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ActorNode.Tezos.Tests.Support;

/// <summary>A remote signer on a real socket that behaves as the test says.</summary>
internal sealed class SignerServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Dictionary<string, SigningKey> _keys;

    private SignerServer(WebApplication app, IEnumerable<SigningKey> keys)
    {
        _app = app;
        _keys = keys.ToDictionary(key => key.Hash.ToString());
        OnSign = SignAsync;
    }

    public Uri Address { get; private set; } = null!;

    /// <summary>Those who may ask; null for everybody.</summary>
    public PublicKey? Authorized { get; set; }

    /// <summary>What a request to sign gets; by default a signature.</summary>
    public Func<HttpContext, string, byte[], Task> OnSign { get; set; }

    /// <summary>What a request for a public key gets; null for the key.</summary>
    public Func<HttpContext, Task>? OnKey { get; set; }

    public ConcurrentQueue<string> Signed { get; } = new();

    public ConcurrentDictionary<string, int> Connections { get; } = new();

    public static async Task<SignerServer> StartAsync(IPEndPoint? at = null, params IEnumerable<SigningKey> keys)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(at ?? new IPEndPoint(IPAddress.Loopback, 0)));
        var app = builder.Build();
        var server = new SignerServer(app, keys);
        app.Use((context, next) =>
        {
            server.Connections.AddOrUpdate(context.Connection.Id, 1, (_, count) => count + 1);
            return next(context);
        });
        app.MapGet("/base/authorized_keys", server.AuthorizedAsync);
        app.MapGet("/base/keys/{key}", server.KeyAsync);
        app.MapPost("/base/keys/{key}", async (HttpContext context, string key) =>
        {
            var hex = await JsonSerializer.DeserializeAsync<string>(context.Request.Body, cancellationToken: context.RequestAborted);
            server.Signed.Enqueue(key);
            await server.OnSign(context, key, Convert.FromHexString(hex!));
        });
        await app.StartAsync();
        server.Address = new(app.Urls.Single() + "/base/");
        return server;
    }

    /// <summary>Signs as it should.</summary>
    public async Task SignAsync(HttpContext context, string key, byte[] payload)
    {
        if (Authorized is { } authorized)
        {
            var proof = (string?)context.Request.Query["authentication"];
            if (proof is null || !authorized.Verify(SignerPayload.OfAuthentication(PublicKeyHash.Parse(key), payload), Signature.Parse(proof)))
            {
                context.Response.StatusCode = 401;
                await context.Response.WriteAsJsonAsync(new { error = "invalid authentication signature" });
                return;
            }
        }

        if (_keys.TryGetValue(key, out var signing))
            await context.Response.WriteAsJsonAsync(new { signature = signing.Sign(payload).ToString() });
        else
            context.Response.StatusCode = 404;
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    private Task AuthorizedAsync(HttpContext context) => Authorized is { } key
        ? context.Response.WriteAsJsonAsync(new { authorized_keys = new[] { key.Hash(Network.Tezos).ToString() } })
        : context.Response.WriteAsJsonAsync(new { });

    private Task KeyAsync(HttpContext context)
    {
        if (OnKey is { } answer)
            return answer(context);
        if (_keys.TryGetValue((string)context.Request.RouteValues["key"]!, out var key))
            return context.Response.WriteAsJsonAsync(new { public_key = key.PublicKey.ToString() });
        context.Response.StatusCode = 404;
        return Task.CompletedTask;
    }
}
