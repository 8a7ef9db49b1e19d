using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ActorNode.Server.Tests.Jobs;

/// <summary>One call of a task, as it came in.</summary>
/// <param name="Task">The path: which task.</param>
/// <param name="Run">The run that a bridge is told; empty for other calls.</param>
/// <param name="At">When it was known here.</param>
/// <param name="Node">Where the node says that late answers go.</param>
internal sealed record Effect(string Task, string Run, DateTimeOffset At, string Node);

/// <summary>
/// What tasks do outside of the node: an HTTP server and bridges in one. A call is recorded before it is answered, so that no answer is known to
/// a node whose call is not known here.
/// </summary>
internal sealed class EffectServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Func<Effect, HttpContext, Task> _answer;

    private EffectServer(WebApplication app, Func<Effect, HttpContext, Task> answer) => (_app, _answer) = (app, answer);

    /// <summary>Every call so far.</summary>
    public ConcurrentQueue<Effect> Calls { get; } = new();

    public string Url => _app.Urls.Single();

    /// <param name="answer">Answers a call.</param>
    public static async Task<EffectServer> StartAsync(Func<Effect, HttpContext, Task> answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var server = new EffectServer(app, answer);
        app.Run(server.OnCallAsync);
        await app.StartAsync();
        return server;
    }

    /// <summary>Calls of one task of one run.</summary>
    public IReadOnlyList<Effect> Of(string task, string run) => [.. Calls.Where(call => call.Task == task && call.Run == run)];

    /// <summary>Waits until there is such a call.</summary>
    public async Task<Effect> CalledAsync(Func<Effect, bool> which)
    {
        using var patience = new CancellationTokenSource(JobsClient.Patience);
        while (true)
        {
            if (Calls.FirstOrDefault(which) is { } call)
                return call;
            await Task.Delay(20, patience.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    private async Task OnCallAsync(HttpContext context)
    {
        try
        {
            var body = context.Request.Method == "POST" ? await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted) : null;
            var call = new Effect(
                context.Request.Path.Value!.TrimStart('/'), (string?)body?["id"] ?? "", DateTimeOffset.UtcNow, (string?)body?["responseURL"] ?? "");
            Calls.Enqueue(call);
            await _answer(call, context);
        }
        catch (Exception gone) when (context.RequestAborted.IsCancellationRequested && gone is OperationCanceledException or IOException or BadHttpRequestException)
        {
            // Whoever asked was killed.
        }
    }
}
