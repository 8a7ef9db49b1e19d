using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using ActorNode.Protocol.Jobs;

namespace ActorNode.Server.Sandbox.Oracle;

/// <summary>
/// An external adapter behind two bridges: one adds 1 at once, the other doubles, but says first that it will and answers later, with its token,
/// as a program of its own would. It remembers what it owes; while it is dead it cuts every connection and answers nothing. Thread-safe.
/// </summary>
internal sealed class BridgeServer(TimeProvider clock) : IAsyncDisposable
{
    private static readonly TimeSpan Thinks = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<RunId, Owed> _owed = [];
    private readonly ConcurrentQueue<string> _problems = [];
    private WebApplication? _server;
    private HttpClient? _node;
    private volatile string _token = "";
    private volatile bool _dead;
    private int _cut;
    private long _answered;

    private readonly record struct Owed(long Result, DateTimeOffset At);

    public string AdderUrl => $"{LocalServer.UrlOf(_server!)}/add";

    public string DoublerUrl => $"{LocalServer.UrlOf(_server!)}/double";

    /// <summary>Later answers that the node took.</summary>
    public long Answered => Interlocked.Read(ref _answered);

    /// <summary>Later answers that it owes.</summary>
    public int Owing => _owed.Count;

    /// <summary>Connections that it cut while it was dead.</summary>
    public int Cut => Volatile.Read(ref _cut);

    /// <summary>What the node said that it should not have.</summary>
    public IReadOnlyCollection<string> Problems => _problems;

    public async Task StartAsync(CancellationToken cancellationToken) => _server = await LocalServer.StartAsync(ServeAsync, cancellationToken);

    /// <summary>Says whom to answer.</summary>
    /// <param name="node">The node.</param>
    public void Serve(Uri node) => _node ??= new HttpClient(new SocketsHttpHandler
    {
        UseProxy = false,
        // It is this process.
        SslOptions = { RemoteCertificateValidationCallback = (_, _, _, _) => true },
    })
    { BaseAddress = node, Timeout = TimeSpan.FromSeconds(5) };

    /// <summary>Says how the bridge that answers later proves itself.</summary>
    public void Authenticate(Secret incomingToken) => _token = incomingToken.Reveal();

    /// <summary>Owes an answer to a run of an earlier sandbox.</summary>
    public void Owe(RunId run, long value) => _owed.TryAdd(run, new Owed(Doubled(value), clock.GetUtcNow()));

    public void Die() => _dead = true;

    public void Revive() => _dead = false;

    /// <summary>Gives the answers whose time has come.</summary>
    public async Task AnswerAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        foreach (var (run, owed) in _owed)
        {
            if (_dead)
                return;
            if (owed.At <= now)
                await AnswerAsync(run, owed, cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _node?.Dispose();
        if (_server is not null)
            await _server.DisposeAsync();
    }

    private async Task ServeAsync(HttpContext context)
    {
        if (_dead)
        {
            Interlocked.Increment(ref _cut);
            context.Abort();
            return;
        }

        using var request = await JsonDocument.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted);
        var value = ValueOf(request.RootElement.GetProperty("data").GetProperty("result"));
        if (context.Request.Path == "/add")
        {
            await context.Response.WriteAsync(Answer(value + 1));
            return;
        }

        // The node may ask again for the same run; what is owed is owed once.
        _owed.TryAdd(new RunId(request.RootElement.GetProperty("id").GetString()!), new Owed(Doubled(value), clock.GetUtcNow() + Thinks));
        await context.Response.WriteAsync("""{"pending":true}""");
    }

    private async Task AnswerAsync(RunId run, Owed owed, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Patch, $"/v2/runs/{run}")
        {
            Content = new StringContent(Answer(owed.Result), Encoding.UTF8, "application/json"),
            Headers = { Authorization = new AuthenticationHeaderValue("Bearer", _token) },
        };
        try
        {
            using var response = await _node!.SendAsync(request, cancellationToken);
            // While the node's database is out of order its lists lack runs that it has, and runs may not yet wait for the answer.
            var waited = clock.GetUtcNow() - owed.At > Grace;
            switch (response.StatusCode)
            {
                case HttpStatusCode.OK:
                    Interlocked.Increment(ref _answered);
                    _owed.TryRemove(run, out _);
                    break;
                case HttpStatusCode.Unauthorized:
                case HttpStatusCode.NotFound when waited:
                    _problems.Enqueue($"the node answered {(int)response.StatusCode} to the bridge's answer to run {run}");
                    _owed.TryRemove(run, out _);
                    break;
                case HttpStatusCode.MethodNotAllowed when waited:
                    // It waits no more: an answer whose confirmation was lost has reached it.
                    _owed.TryRemove(run, out _);
                    break;
            }
        }
        catch (Exception broken) when (broken is HttpRequestException || !cancellationToken.IsCancellationRequested && broken is OperationCanceledException)
        {
            // Again with the next turn, as any other status that is not final.
        }
    }

    private static long ValueOf(JsonElement result) =>
        long.Parse(result.ValueKind == JsonValueKind.String ? result.GetString()! : result.GetRawText(), CultureInfo.InvariantCulture);

    /// <summary>What the bridge that answers later makes of a value.</summary>
    private static long Doubled(long value) => 2 * value;

    private static string Answer(long result) => string.Create(CultureInfo.InvariantCulture, $$$"""{"data":{"result":"{{{result}}}"}}""");
}
