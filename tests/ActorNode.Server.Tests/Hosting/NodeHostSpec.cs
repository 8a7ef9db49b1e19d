using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using ActorNode.Configuration;
using ActorNode.Protocol.Services;
using ActorNode.Server.Hosting;
using ActorNode.Services;
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

    [Fact(DisplayName = "The node's own parts and background services are listed alike, and the node is ready when all of them are")]
    public async Task Lists_services()
    {
        await using var app = NodeHost.Build(Configuration(), new InMemoryNodeStore(), NullLoggerFactory.Instance, akka => akka
            .WithBackgroundService<Patient>("patient", new ServiceOptions { DependsOn = ["http"] }));
        var run = NodeHost.RunAsync(app, _stop.Token);
        using var http = new HttpClient { BaseAddress = await UrlAsync(app) };
        await UntilReadyAsync(http);

        var services = (await http.GetFromJsonAsync<JsonObject>("/v1/services"))!["services"]!.AsArray();
        // Retention reports itself when its actor starts.
        Assert.Equal(
            ["storage", "messages", "jobs-user", "jobs", "http", "patient"],
            services.Select(s => (string)s!["name"]!).Where(name => name != "jobs-retention"));
        Assert.All(services, s => Assert.Equal("ready", (string)s!["state"]!));
        Assert.Equal("http", (string)services.Single(s => (string)s!["name"]! == "patient")!["dependencies"]![0]!);
        Assert.Matches("(?m)^actornode_services_starts[a-z_]*\\{service=\"patient\"\\} 1$", await http.GetStringAsync("/metrics"));

        await _stop.CancelAsync();
        Assert.Equal(0, await run);
    }

    [Fact(DisplayName = "C.2 grace: a service whose policy is to stop the node ends it in order, with exit code 1")]
    public async Task Service_stops_node()
    {
        var store = new InMemoryNodeStore();
        await using var app = NodeHost.Build(Configuration(), store, NullLoggerFactory.Instance, akka => akka
            .WithBackgroundService("broken", _ => throw new InvalidDataException("boom"), new ServiceOptions { OnFailure = EndPolicy.StopNode }));

        Assert.Equal(1, await NodeHost.RunAsync(app, _stop.Token));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await store.CommitAsync([new CommitCommand.Probe()], default));
    }

    [Fact(DisplayName = "C.2 grace: a service that blocks its thread for ever neither keeps the node from getting ready nor from ending, and the exit code tells of it")]
    public async Task Hanging_service()
    {
        using var gate = new ManualResetEventSlim();
        var store = new InMemoryNodeStore();
        var configuration = Configuration();
        configuration = configuration with { Settings = configuration.Settings with { Services = new ServicesSettings { GracePeriod = TimeSpan.FromMilliseconds(50), FastTimeout = TimeSpan.FromMilliseconds(50) } } };
        await using var app = NodeHost.Build(configuration, store, NullLoggerFactory.Instance, akka => akka.WithBackgroundService("deaf", _ => new Deaf(gate)));
        var run = NodeHost.RunAsync(app, _stop.Token);
        using var http = new HttpClient { BaseAddress = await UrlAsync(app) };
        await UntilReadyAsync(http);

        await _stop.CancelAsync();
        Assert.Equal(1, await run);
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await store.CommitAsync([new CommitCommand.Probe()], default));
        gate.Set();
    }

    [Fact(DisplayName = "C.2 shutdown watch: a second signal tells a service that would use the whole grace period to end at once, and the node ends")]
    public async Task Second_signal()
    {
        var configuration = Configuration();
        configuration = configuration with { Settings = configuration.Settings with { Services = new ServicesSettings { GracePeriod = TimeSpan.FromHours(1), FastTimeout = TimeSpan.FromMinutes(1) } } };
        var slow = new Slow();
        var fast = new FastStop();
        await using var app = NodeHost.Build(configuration, new InMemoryNodeStore(), NullLoggerFactory.Instance, akka => akka.WithBackgroundService("slow", _ => slow));
        var run = NodeHost.RunAsync(app, _stop.Token, fast);
        using var http = new HttpClient { BaseAddress = await UrlAsync(app) };
        await UntilReadyAsync(http);
        await _stop.CancelAsync();
        Assert.Equal(ShutdownKind.Graceful, (await slow.Told.Task.WaitAsync(TimeSpan.FromSeconds(60))).Kind);
        Assert.False(run.IsCompleted);

        await fast.RunAsync();

        Assert.Equal(ShutdownKind.Fast, slow.Last!.Kind);
        Assert.Equal(0, await run);
    }

    [Theory(DisplayName = "C.2 dependencies: a cycle, an unknown dependency or a name taken twice keeps the node from starting, and says which")]
    [InlineData("circular service dependency: a -> a", "a", "a")]
    [InlineData("service 'a' depends on 'nobody', which does not exist", "a", "nobody")]
    [InlineData("service 'storage' exists already", "storage", "http")]
    public async Task Refuses_graph(string problem, string name, string dependency)
    {
        await using var app = NodeHost.Build(Configuration(), new InMemoryNodeStore(), NullLoggerFactory.Instance, akka => akka
            .WithBackgroundService<Patient>(name, new ServiceOptions { DependsOn = [dependency] }));

        Assert.Equal(problem, (await Assert.ThrowsAsync<ServiceGraphException>(() => NodeHost.RunAsync(app, _stop.Token))).Message);
    }

    private static async Task UntilReadyAsync(HttpClient http)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            using var answer = await http.GetAsync("/health/ready", patience.Token);
            if (answer.IsSuccessStatusCode)
                return;
        }
    }

    private sealed class Patient : IBackgroundService
    {
        public Task StartAsync(ShutdownWatch shutdown) => shutdown.WhenRequested;
    }

    /// <summary>Ends only when it must end at once.</summary>
    private sealed class Slow : IBackgroundService
    {
        public TaskCompletionSource<ShutdownRequest> Told { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ShutdownRequest? Last { get; private set; }

        public async Task StartAsync(ShutdownWatch shutdown)
        {
            Told.SetResult(await shutdown.WhenRequested);
            var fast = new TaskCompletionSource();
            await using var registration = shutdown.FastToken.Register(fast.SetResult);
            await fast.Task;
            Last = shutdown.Request;
        }
    }

    private sealed class Deaf(ManualResetEventSlim gate) : IBackgroundService
    {
        public Task StartAsync(ShutdownWatch shutdown)
        {
            gate.Wait();
            return Task.CompletedTask;
        }
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
