using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using ActorNode.Configuration;
using ActorNode.Server.Hosting;
using ActorNode.Storage;
using Akka.Actor;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace ActorNode.Server.Tests.Hosting;

public sealed class NodeHostSpec : IDisposable
{
    private readonly CancellationTokenSource _stop = new();

    public void Dispose() => _stop.Dispose();

    [Fact(DisplayName = "A node that is told to stop ends with 0, and has closed its store")]
    public async Task Stops()
    {
        var store = new InMemoryNodeStore();
        await using var app = NodeHost.Build(Configuration(), store, NullLoggerFactory.Instance);
        var run = NodeHost.RunAsync(app, _stop.Token);
        using var http = new HttpClient { BaseAddress = await UrlAsync(app) };

        using var written = await http.PostAsJsonAsync("/v1/messages", new JsonObject { ["a"] = new JsonArray(new JsonObject { ["id"] = "1", ["body"] = "" }) });
        Assert.Equal(HttpStatusCode.OK, written.StatusCode);
        await _stop.CancelAsync();

        Assert.Equal(0, await run);
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await store.CommitAsync([new CommitCommand.Probe()], default));
    }

    [Fact(DisplayName = "An actor system that ends by itself takes the node with it, and the exit code is 1")]
    public async Task Dies()
    {
        await using var app = NodeHost.Build(Configuration(), new InMemoryNodeStore(), NullLoggerFactory.Instance);
        var run = NodeHost.RunAsync(app, _stop.Token);
        await UrlAsync(app);

        await app.Services.GetRequiredService<ActorSystem>().Terminate();

        Assert.Equal(1, await run);
    }

    [Fact(DisplayName = "A request that never ends is cut off after the drain time, and the node still ends in order")]
    public async Task Cuts_off()
    {
        var store = new InMemoryNodeStore();
        await using var app = NodeHost.Build(Configuration(), store, NullLoggerFactory.Instance);
        var run = NodeHost.RunAsync(app, _stop.Token);
        var url = await UrlAsync(app);
        using var client = new TcpClient();
        await client.ConnectAsync(url.Host, url.Port);
        await using var connection = client.GetStream();
        await connection.WriteAsync(Encoding.ASCII.GetBytes(
            $"POST /v1/messages HTTP/1.1\r\nHost: {url.Authority}\r\nContent-Type: application/x-ndjson\r\nContent-Length: 100\r\nExpect: 100-continue\r\n\r\n"));
        using var reader = new StreamReader(connection);

        // The server says so when the request's reader waits for the body, which never comes.
        Assert.Equal("HTTP/1.1 100 Continue", await reader.ReadLineAsync());
        await _stop.CancelAsync();

        Assert.Equal(0, await run);
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await store.CommitAsync([new CommitCommand.Probe()], default));
    }

    private static NodeConfiguration Configuration()
    {
        var configuration = NodeConfiguration.Load(new ConfigurationSources());
        var settings = configuration.Settings;
        return configuration with { Settings = settings with { Http = settings.Http with { Urls = ["http://127.0.0.1:0"], UnreadyDelay = TimeSpan.Zero, DrainTimeout = TimeSpan.FromMilliseconds(500) } } };
    }

    /// <summary>Waits for the start: from then on the addresses are known.</summary>
    private static async Task<Uri> UrlAsync(Microsoft.AspNetCore.Builder.WebApplication app)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = app.Lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task;
        return new Uri(app.Urls.First());
    }
}
