using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Net;
using System.Text.Json;
using ActorNode.Tezos.Signers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ActorNode.Server.Tests.Crash.Forging;

/// <summary>
/// A remote signer outside of the node's process, which sees what really is signed. Each life of the node has an address of its own. A call is
/// in the history before anything else happens to it.
/// </summary>
internal sealed class SignerWitness : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly FrozenDictionary<string, SigningKey> _keys;
    private readonly ConcurrentDictionary<(int, string), bool> _underWay = new();
    private Func<Call, Task> _onCall = AnswerAsync;

    private SignerWitness(WebApplication app, IEnumerable<SigningKey> keys, SigningHistory history)
    {
        _app = app;
        _keys = keys.ToFrozenDictionary(key => key.Hash.ToString());
        History = history;
    }

    public SigningHistory History { get; }

    /// <summary>What is done to the calls from now on; by default they are signed and answered.</summary>
    public Func<Call, Task> OnCall
    {
        set => Volatile.Write(ref _onCall, value);
    }

    /// <summary>A key may be asked for again while an earlier call hangs: its outcome is unknown by then.</summary>
    public bool MayOverlap { get; set; }

    public static async Task<SignerWitness> StartAsync(IReadOnlyList<SigningKey> keys)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var witness = new SignerWitness(app, keys, new SigningHistory(keys.Select(key => key.PublicKey)));
        app.MapGet("/{life:int}/authorized_keys", context => context.Response.WriteAsJsonAsync(new { }));
        app.MapGet("/{life:int}/keys/{key}", (HttpContext context, string key) => context.Response.WriteAsJsonAsync(new { public_key = witness._keys[key].PublicKey.ToString() }));
        app.MapPost("/{life:int}/keys/{key}", witness.OnPostAsync);
        await app.StartAsync();
        return witness;
    }

    /// <summary>What the node is told of the signer.</summary>
    public Dictionary<string, string> EnvironmentOf(int life) => new()
    {
        ["ACTORNODE__FORGING__SIGNERS__REMOTE__ENDPOINTS"] = $"{_app.Urls.Single()}/{life}",
        ["ACTORNODE__FORGING__SIGNERS__REMOTE__KEYS"] = string.Join(';', _keys.Keys),
    };

    public static async Task AnswerAsync(Call call) => await call.AnswerAsync(call.Sign());

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    private async Task OnPostAsync(HttpContext context, int life, string key)
    {
        var hex = await JsonSerializer.DeserializeAsync<string>(context.Request.Body, cancellationToken: context.RequestAborted);
        var payload = Convert.FromHexString(hex!);
        History.Asked(life, key, payload);
        if (!_underWay.TryAdd((life, key), true) && !MayOverlap)
            History.Wrong($"{key}: two calls at once");
        var call = new Call(context, _keys[key], payload, History, () => _underWay.TryRemove((life, key), out _));
        try
        {
            await Volatile.Read(ref _onCall)(call);
        }
        catch (Exception gone) when (context.RequestAborted.IsCancellationRequested && gone is OperationCanceledException or IOException)
        {
            // Whoever asked was killed, or waits no more.
        }
        finally
        {
            call.End();
        }
    }

    /// <summary>One call under way.</summary>
    internal sealed class Call(HttpContext context, SigningKey key, byte[] payload, SigningHistory history, Action end)
    {
        public string Sign()
        {
            var signature = key.Sign(payload).ToString();
            history.Signed();
            return signature;
        }

        /// <summary>A signature of another key, which does not verify.</summary>
        public string Lie(SigningKey other) => other.Sign(payload).ToString();

        public Task AnswerAsync(string signature)
        {
            // The node can have the answer, and ask for the key again, before the next line here is run.
            End();
            return context.Response.WriteAsJsonAsync(new { signature }, context.RequestAborted);
        }

        /// <summary>Holds the call until the time has come, or nobody waits any more.</summary>
        public Task HoldAsync(Task until) => until.WaitAsync(context.RequestAborted);

        public void Die()
        {
            End();
            context.Abort();
        }

        public void End() => Interlocked.Exchange(ref end, () => { })();
    }
}
