using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using ActorNode.Configuration;
using ActorNode.Jobs;
using ActorNode.Jobs.Access;
using ActorNode.Jobs.Adapters;
using ActorNode.Protocol.Jobs;
using ActorNode.Server.Http;
using ActorNode.Storage;
using Akka.Actor;
using Akka.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace ActorNode.Server.Tests.Http.Jobs;

/// <summary>An answer of the jobs' API.</summary>
public sealed record ApiAnswer(int Status, string Text, HttpResponseMessage Response)
{
    public JsonNode Json => JsonNode.Parse(Text)!;

    public JsonNode Data => Json["data"]!;

    public JsonNode Attributes => Data["attributes"]!;

    public string ContentType => Response.Content.Headers.ContentType?.MediaType ?? "";

    /// <summary>What it says is wrong; an empty body says nothing.</summary>
    public string Errors => Text.Length == 0 ? "" : string.Join('|', Json["errors"]!.AsArray().Select(error => (string)error!["detail"]!));
}

/// <summary>The jobs' API on a free loopback port, over its real actors and a journal in memory. Its client keeps no cookies.</summary>
public sealed class JobsNode : IAsyncDisposable
{
    public const string Email = "operator@example.com";
    public const string Password = "correct horse battery";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly WebApplication _app;
    private readonly WebApplication _bridge;

    private JobsNode(WebApplication app, WebApplication bridge, CollectingLogger log, TestClock clock)
    {
        (_app, _bridge, Log, Clock) = (app, bridge, log, clock);
        Address = new Uri(app.Urls.Single());
        Http = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false }) { BaseAddress = Address, Timeout = Patience };
    }

    public CollectingLogger Log { get; }

    /// <summary>What rates are measured by.</summary>
    public TestClock Clock { get; }

    public Uri Address { get; }

    public HttpClient Http { get; }

    public IServiceProvider Services => _app.Services;

    /// <summary>Where there is a bridge that lets runs wait.</summary>
    public string BridgeUrl => _bridge.Urls.Single();

    /// <summary>A node with a client that is logged in.</summary>
    public static async Task<(JobsNode Node, ApiClient Client)> WithClientAsync(Func<NodeSettings, NodeSettings>? change = null)
    {
        var node = await StartAsync(change);
        return (node, await node.ClientAsync());
    }

    public static NodeSettings Dev(NodeSettings settings) => settings with { Jobs = settings.Jobs with { Dev = true } };

    /// <param name="change">Changes the settings.</param>
    /// <param name="withUser">Whether the API gets a user.</param>
    /// <param name="folder">Where the node's data stay; null: in memory.</param>
    /// <param name="more">What runs beside the node's own parts.</param>
    public static async Task<JobsNode> StartAsync(
        Func<NodeSettings, NodeSettings>? change = null, bool withUser = true, string? folder = null, Action<AkkaConfigurationBuilder>? more = null)
    {
        var settings = NodeConfiguration.Load(new ConfigurationSources()).Settings;
        settings = settings with
        {
            Data = folder ?? settings.Data,
            Storage = folder is null ? settings.Storage with { Provider = StorageProvider.Memory } : settings.Storage with { DataFolder = folder },
            // No request has a deadline on a machine that is busy; hashes are as cheap as can be.
            Http = settings.Http with { RequestTimeout = TimeSpan.FromMinutes(5) },
            Jobs = settings.Jobs with { Sessions = settings.Jobs.Sessions with { PasswordCost = 4 }, Api = settings.Jobs.Api with { RequestsPerMinute = null, LoginsPerWindow = null } },
        };
        settings = change?.Invoke(settings) ?? settings;
        var store = await NodeStore.OpenAsync(settings.Storage, CancellationToken.None);
        var (log, clock) = (new CollectingLogger(), new TestClock());
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Trace).AddProvider(log);
        builder.Services.AddSingleton<TimeProvider>(clock);
        builder.Services.AddSingleton(store);
        builder.Services.AddNodeHttp(settings.Http, settings.Messages, settings.Forging, settings);
        builder.Services.AddAkka("jobs-api-spec", akka =>
        {
            akka
                .ConfigureLoggers(actors =>
                {
                    actors.ClearLoggers();
                    actors.AddLoggerFactory();
                    actors.LogLevel = Akka.Event.LogLevel.DebugLevel;
                })
                .WithActorNode(
                    store,
                    settings.Storage,
                    settings.Messages,
                    jobs: new JobsPorts(Adapters, User: withUser ? new ApiUser(Email, new Secret(Password)) : null),
                    jobsSettings: settings.Jobs);
            more?.Invoke(akka);
        });
        var app = builder.Build();
        app.MapNodeHttp();
        await app.StartAsync();
        var node = new JobsNode(app, await StartBridgeAsync(), log, clock);
        if (withUser)
            await node.AccessAsync<AccessReplies.UserIs>(new AccessCommands.EnsureUser(Email, new Secret(Password)));
        return node;
    }

    /// <summary>What tests have beside the node's own kinds of tasks.</summary>
    private static ImmutableArray<IAdapterType> Adapters =>
    [
        new TestAdapter("copyinput", input => TaskOutcome.Completed(input.Data.With("seen", input.Parameters.ToString()))),
        new TestAdapter("fail", input => TaskOutcome.Errored(input.Data, "it is broken")),
    ];

    /// <summary>A bridge that says to every run that its answer will come.</summary>
    private static async Task<WebApplication> StartBridgeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var bridge = builder.Build();
        bridge.Run(context => context.Response.WriteAsync("""{"pending":true}"""));
        await bridge.StartAsync();
        return bridge;
    }

    /// <summary>Asks about users and sessions past HTTP.</summary>
    public async Task<T> AccessAsync<T>(object message)
        where T : class
    {
        var access = await Services.GetRequiredService<IRequiredActor<JobsAccess>>().GetAsync();
        return await access.Ask<T>(message, Patience);
    }

    public async Task<ApiAnswer> SendAsync(HttpMethod method, string path, string? body = null, string? cookie = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        if (cookie is not null)
            request.Headers.TryAddWithoutValidation("Cookie", cookie);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return await SendAsync(request);
    }

    public async Task<ApiAnswer> SendAsync(HttpRequestMessage request)
    {
        var response = await Http.SendAsync(request);
        var answer = new ApiAnswer((int)response.StatusCode, await response.Content.ReadAsStringAsync(), response);
        Assert.Equal("DENY", Assert.Single(response.Headers.GetValues("X-Frame-Options")));
        if (answer.Status >= 400 && answer.Text.Length > 0)
            Assert.Equal("application/json", answer.ContentType);
        return answer;
    }

    public Task<ApiAnswer> LogInAsync(string email = Email, string password = Password, string? cookie = null) =>
        SendAsync(HttpMethod.Post, "/sessions", new JsonObject { ["email"] = email, ["password"] = password }.ToJsonString(), cookie);

    /// <summary>A client that is logged in.</summary>
    public async Task<ApiClient> ClientAsync()
    {
        var answer = await LogInAsync();
        Assert.Equal(HttpStatusCode.OK, answer.Response.StatusCode);
        return new ApiClient(this, CookieOf(answer));
    }

    /// <summary>The cookie that an answer sets, as a client sends it back.</summary>
    public static string CookieOf(ApiAnswer answer) => SetCookieOf(answer).Split(';')[0];

    public static string SetCookieOf(ApiAnswer answer) =>
        Assert.Single(answer.Response.Headers.GetValues("Set-Cookie"), cookie => cookie.StartsWith("clsession=", StringComparison.Ordinal));

    /// <summary>Everything that was logged.</summary>
    public string LogText() => string.Join('\n', Log.Entries.Select(entry => string.Create(CultureInfo.InvariantCulture, $"{entry.Level} {entry.Text} {entry.Error}")));

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        Services.GetRequiredService<NodeLifetime>().BeginStopping();
        await _app.StopAsync();
        await Services.GetRequiredService<ActorSystem>().Terminate();
        await _app.DisposeAsync();
        await _bridge.DisposeAsync();
    }
}

/// <summary>Sends requests of one session.</summary>
public sealed record ApiClient(JobsNode Node, string Cookie)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    public Task<ApiAnswer> GetAsync(string path) => Node.SendAsync(HttpMethod.Get, path, null, Cookie);

    public Task<ApiAnswer> PostAsync(string path, string? body) => Node.SendAsync(HttpMethod.Post, path, body, Cookie);

    public Task<ApiAnswer> PatchAsync(string path, string body) => Node.SendAsync(HttpMethod.Patch, path, body, Cookie);

    public Task<ApiAnswer> DeleteAsync(string path, string? body = null) => Node.SendAsync(HttpMethod.Delete, path, body, Cookie);

    /// <summary>Creates a job that a request starts, of these tasks. Its id.</summary>
    public async Task<string> JobAsync(params string[] tasks)
    {
        var created = await PostAsync("/v2/specs", $$"""{"initiators":[{"type":"web"}],"tasks":[{{string.Join(',', tasks.Select(task => $$"""{"type":"{{task}}"}"""))}}]}""");
        Assert.True(created.Status == 200, created.Text);
        return (string)created.Data["id"]!;
    }

    /// <summary>Starts a run. Its id.</summary>
    public async Task<string> RunAsync(string job, string? input = null)
    {
        var started = await PostAsync($"/v2/specs/{job}/runs", input);
        Assert.True(started.Status == 200, started.Text);
        return (string)started.Data["id"]!;
    }

    /// <summary>A run once it stands so.</summary>
    public async Task<ApiAnswer> RunBecomesAsync(string run, string status)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            var shown = await GetAsync($"/v2/runs/{run}");
            if (shown.Status == 200 && (string?)shown.Attributes["status"] == status)
                return shown;
            await Task.Delay(20, patience.Token);
        }
    }

    /// <summary>The list once it has so many.</summary>
    public async Task<ApiAnswer> ListBecomesAsync(string path, int count)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            var shown = await GetAsync(path);
            if ((int)shown.Json["meta"]!["count"]! == count)
                return shown;
            await Task.Delay(20, patience.Token);
        }
    }
}

/// <summary>An adapter that does what the test says.</summary>
internal sealed class TestAdapter(string name, Func<TaskInput, TaskOutcome> does) : IAdapterType, IAdapter
{
    public string Name => name;

    public uint MinimumConfirmations => 0;

    public Juels MinimumPayment => Juels.Zero;

    public IAdapter Create(JobData parameters) => this;

    public ValueTask<TaskOutcome> PerformAsync(TaskInput input, CancellationToken cancellationToken) => new(does(input));
}
