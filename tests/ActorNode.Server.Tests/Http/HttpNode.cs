using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ActorNode.Configuration;
using ActorNode.Messages;
using ActorNode.Protocol.Services;
using ActorNode.Server.Http;
using ActorNode.Server.Http.Messages;
using ActorNode.Services;
using ActorNode.Storage;
using Akka.Actor;
using Akka.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace ActorNode.Server.Tests.Http;

/// <summary>The HTTP API on a free loopback port.</summary>
public sealed class HttpNode : IAsyncDisposable
{
    private readonly WebApplication _app;

    private HttpNode(WebApplication app, StandInMessages messages, CollectingLogger log)
    {
        _app = app;
        Messages = messages;
        Log = log;
        Address = new Uri(app.Urls.Single());
        Client = new HttpClient { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(60) };
    }

    public HttpClient Client { get; }

    public Uri Address { get; }

    public StandInMessages Messages { get; }

    public CollectingLogger Log { get; }

    public NodeLifetime Lifetime => _app.Services.GetRequiredService<NodeLifetime>();

    /// <summary>Bytes that requests hold for their bodies now.</summary>
    public long BodyBytes => _app.Services.GetRequiredService<WriteRoute>().Budget.Taken;

    public ActorSystem System => _app.Services.GetRequiredService<ActorSystem>();

    /// <summary>What the services actor answers; null is silence.</summary>
    public object? Services { get; set; } = new ServiceReplies.Services([Service("storage"), Service("messages") with { DependsOn = ["storage"] }]);

    public static ServiceStatus Service(string name, ServiceState state = ServiceState.Ready) =>
        new(name, state, DateTimeOffset.UnixEpoch, ImmutableArray<string>.Empty, 0, null);

    /// <summary>A node before stand-ins.</summary>
    public static async Task<HttpNode> StartAsync(HttpSettings? http = null, MessagesSettings? messages = null)
    {
        HttpNode? node = null;
        var standIn = new StandInMessages();
        return node = await StartAsync(http, messages, standIn, akka => akka.WithActors((system, registry) =>
        {
            var actor = system.ActorOf(StandInActor.Props(standIn), "messages");
            registry.Register<MessageWriterActor>(actor);
            registry.Register<AccountActor>(actor);
            registry.Register<MessageReaderActor>(system.ActorOf(StandInActor.Props(standIn), "reader"));
            registry.Register<ServicesActor>(system.ActorOf(StandInServicesActor.Props(() => node!.Services), "services"));
        }));
    }

    /// <summary>A node with its real actors, over a store.</summary>
    public static Task<HttpNode> StartAsync(INodeStore store, HttpSettings? http = null, MessagesSettings? messages = null) =>
        StartAsync(http, messages, new StandInMessages(), akka => akka.WithActorNode(store, new StorageSettings { Provider = StorageProvider.Memory }, messages ?? new MessagesSettings()));

    /// <summary>A node before actors that the test brings along.</summary>
    public static Task<HttpNode> StartAsync(Action<AkkaConfigurationBuilder> actors) => StartAsync(null, null, new StandInMessages(), actors);

    private static async Task<HttpNode> StartAsync(
        HttpSettings? http, MessagesSettings? messages, StandInMessages standIn, Action<AkkaConfigurationBuilder> actors)
    {
        var log = new CollectingLogger();
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Trace).AddProvider(log);
        builder.Services.AddNodeHttp(http ?? new HttpSettings(), messages ?? new MessagesSettings());
        builder.Services.AddAkka("http-spec", actors);
        var app = builder.Build();
        app.MapNodeHttp();
        await app.StartAsync();
        return new HttpNode(app, standIn, log);
    }

    public async Task<(HttpResponseMessage Response, JsonNode Json)> SendAsync(HttpMethod method, string path, HttpContent? content = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        var response = await Client.SendAsync(request);
        return (response, JsonNode.Parse(await response.Content.ReadAsStringAsync())!);
    }

    public Task<(HttpResponseMessage Response, JsonNode Json)> GetAsync(string path) => SendAsync(HttpMethod.Get, path);

    public Task<(HttpResponseMessage Response, JsonNode Json)> PostAsync(string text, string contentType = "application/json") =>
        SendAsync(HttpMethod.Post, "/v1/messages", Content(text, contentType));

    /// <summary>Sends and expects a problem, whose rules hold for every one.</summary>
    public async Task<JsonNode> ProblemAsync(HttpStatusCode status, HttpMethod method, string path, HttpContent? content = null)
    {
        var (response, json) = await SendAsync(method, path, content);
        IsProblem(status, response, json);
        return json;
    }

    public static void IsProblem(HttpStatusCode status, HttpResponseMessage response, JsonNode json)
    {
        Assert.Equal(status, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal((int)status, json["status"]!.GetValue<int>());
        Assert.NotEqual("", json["title"]!.GetValue<string>());
        Assert.NotEqual("", json["detail"]!.GetValue<string>());
    }

    public static HttpContent Content(string text, string contentType)
    {
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(text));
        content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        return content;
    }

    /// <summary>Sends bytes that no HTTP client would, and reads the response: as long as its length says, otherwise to the end.</summary>
    public async Task<string> RawAsync(string request)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, Address.Port);
        var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request));
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var text = new StringBuilder();
        var buffer = new byte[4096];
        while (!IsComplete(text.ToString()))
        {
            var read = await stream.ReadAsync(buffer, patience.Token);
            if (read == 0)
                break;
            text.Append(Encoding.Latin1.GetString(buffer, 0, read));
        }

        return text.ToString();
    }

    /// <summary>The same for one line: method and target.</summary>
    public Task<string> RawTargetAsync(string methodAndTarget) =>
        RawAsync($"{methodAndTarget} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");

    private static bool IsComplete(string response)
    {
        var head = response.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        var length = Regex.Match(response, "\r\nContent-Length: ([0-9]+)\r\n");
        return head >= 0 && length.Success && response.Length >= head + 4 + int.Parse(length.Groups[1].Value, CultureInfo.InvariantCulture);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        Lifetime.BeginStopping();
        await _app.StopAsync();
        await System.Terminate();
        await _app.DisposeAsync();
    }
}
