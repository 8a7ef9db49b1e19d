using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using ActorNode.Configuration;
using ActorNode.Forging;
using ActorNode.Server.Forging;
using ActorNode.Server.Hosting;
using ActorNode.Storage;
using ActorNode.Tezos.Chain;
using ActorNode.Tezos.Hashes;
using ActorNode.Tezos.Requests;
using ActorNode.Tezos.Signers;
using Akka.Actor;
using Akka.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ActorNode.Server.Tests.Http.Signer;

/// <summary>A whole node on a free loopback port that signs with keys in memory. What it logs is kept.</summary>
internal sealed class SignerNode : IAsyncDisposable
{
    public static readonly ChainId Chain = ChainId.Parse("NetXdQprcVkpaWU");

    private readonly WebApplication _app;
    private readonly ILoggerFactory _loggers;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task<int> _run;
    private int _disposed;

    private SignerNode(WebApplication app, ILoggerFactory loggers, CollectingLogger log)
    {
        (_app, _loggers, Log) = (app, loggers, log);
        _run = NodeHost.RunAsync(app, _stop.Token);
    }

    public HttpClient Http { get; private set; } = null!;

    public Uri Url { get; private set; } = null!;

    public CollectingLogger Log { get; }

    public ActorSystem System => _app.Services.GetRequiredService<ActorSystem>();

    public IActorRef Worker => _app.Services.GetRequiredService<IReadOnlyActorRegistry>().Get<ForgeWorker>();

    /// <summary>Starts a node that signs for everybody on this machine, and all magic bytes, unless <paramref name="change"/> says otherwise.</summary>
    public static Task<SignerNode> StartAsync(SigningKey key, Func<NodeSettings, NodeSettings>? change = null) => StartAsync(new InMemorySigner(key), change);

    public static async Task<SignerNode> StartAsync(ISigner signer, Func<NodeSettings, NodeSettings>? change = null)
    {
        var log = new CollectingLogger();
        var loggers = LoggerFactory.Create(logging => logging
            .SetMinimumLevel(LogLevel.Trace)
            // As in a node's log, at any level.
            .AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Warning)
            .AddProvider(log));
        var configuration = NodeConfiguration.Load(new ConfigurationSources());
        var settings = configuration.Settings with
        {
            Storage = configuration.Settings.Storage with { Provider = StorageProvider.Memory },
            Http = configuration.Settings.Http with { Urls = ["http://127.0.0.1:0"], UnreadyDelay = TimeSpan.Zero },
            Forging = configuration.Settings.Forging with { Http = new ForgingHttpSettings { MagicBytes = ["0x01", "0x02", "0x03", "0x11", "0x12", "0x13", "0x14"] } },
        };
        configuration = configuration with { Settings = change?.Invoke(settings) ?? settings };
        var ports = new ForgingPorts(new VerifyingSigner(signer), Reader: new TezosPayloadReader());
        var node = new SignerNode(NodeHost.Build(configuration, new InMemoryNodeStore(), loggers, forging: ports), loggers, log);
        await node.StartedAsync();
        return node;
    }

    public static byte[] Attestation(int level, int round = 0, byte fill = 6, ChainId? chain = null) => SignerPayload.Of(
        chain ?? Chain, new ConsensusVote(VoteKind.Attestation, new(Hash(5)), Slot: 9, level, round, new(Hash(fill))));

    public static byte[] Block(int level, int round = 0, byte fill = 6) => SignerPayload.Of(Chain, new BlockHeader(
        new(level, 1, new(Hash(1)), 1_600_000_000, 4, new(Hash(2)), new TenderbakeFitness(level, null, 0, round).ToFitness(), new(Hash(3))),
        new(new(Hash(fill)), round, 0x0102030405060708, null, PerBlockVote.Off, PerBlockVote.Pass)));

    public static byte[] Operation(byte fill = 7) => SignerPayload.OfOperation([.. Hash(fill).ToArray(), 0x6c, 0x01]);

    public static Hash32 Hash(byte fill) => new(Enumerable.Repeat(fill, Hash32.Length).ToArray());

    public Task<Answer> SignAsync(SigningKey key, byte[] payload, string query = "", string? requestId = null) =>
        PostAsync($"/keys/{key.Hash}{query}", $"\"{Convert.ToHexStringLower(payload)}\"", requestId: requestId);

    public async Task<Answer> PostAsync(string path, string body, string contentType = "application/json", string? requestId = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(contentType);
        if (requestId is not null)
            request.Headers.TryAddWithoutValidation("X-Request-Id", requestId);
        return await SendAsync(request);
    }

    public async Task<Answer> GetAsync(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        return await SendAsync(request);
    }

    public async Task<Answer> SendAsync(HttpRequestMessage request)
    {
        using var response = await Http.SendAsync(request);
        return new Answer(
            (int)response.StatusCode,
            JsonNode.Parse(await response.Content.ReadAsStringAsync())!,
            response.Headers.TryGetValues("X-Request-Id", out var ids) ? ids.Single() : "",
            response.Content.Headers.ContentType?.MediaType ?? "");
    }

    /// <summary>Once; a second time does nothing.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 1)
            return;
        Http.Dispose();
        await _stop.CancelAsync();
        await _run;
        await _app.DisposeAsync();
        _loggers.Dispose();
        _stop.Dispose();
    }

    private async Task StartedAsync()
    {
        var ready = await _app.Services.GetRequiredService<NodeLifecycle>().Ready;
        if (!ready)
            throw new InvalidOperationException($"the node ended with {await _run} before it was ready");
        Url = new Uri(_app.Urls.First().Replace("0.0.0.0", "127.0.0.1", StringComparison.Ordinal));
        Http = new HttpClient(new HttpClientHandler { ServerCertificateCustomValidationCallback = Trusts }) { BaseAddress = Url, Timeout = TimeSpan.FromSeconds(60) };
    }

    private static bool Trusts(HttpRequestMessage request, X509Certificate2? certificate, X509Chain? chain, SslPolicyErrors errors) =>
        certificate?.Subject == "CN=actornode-test";

    /// <summary>An answer of the signer protocol.</summary>
    internal sealed record Answer(int Status, JsonNode Json, string RequestId, string ContentType)
    {
        public string Signature => (string)Json["signature"]!;

        /// <summary>The message of a trace of errors, which must be one that clients understand.</summary>
        public string Error
        {
            get
            {
                var error = Json.AsArray().Single()!;
                return ((string)error["kind"]!, (string)error["id"]!, ContentType) == ("temporary", "failure", "application/json")
                    ? (string)error["msg"]!
                    : throw new InvalidOperationException($"{ContentType}: {Json}");
            }
        }
    }
}
