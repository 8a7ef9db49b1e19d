using System.Collections.Immutable;
using System.Net;
using System.Text.Json.Nodes;
using ActorNode.Configuration;
using ActorNode.Server.Hosting;
using ActorNode.Storage;
using ActorNode.Upkeep;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace ActorNode.Server.Tests.Hosting;

/// <summary>What becomes of a whole node whose channel manager cannot be persisted.</summary>
public sealed class UpkeepNodeSpec : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly CancellationTokenSource _stop = new();
    private readonly Channels _channels = new();

    public void Dispose() => _stop.Dispose();

    [Fact(DisplayName = "C.1 max restarts -> stop node: a node whose manager cannot be persisted any more ends by itself, with exit code 1")]
    public async Task Ends()
    {
        _channels.Fails = true;
        await using var app = Build(stopNode: true);
        Assert.Equal(1, await NodeHost.RunAsync(app, _stop.Token).WaitAsync(Patience));
        Assert.True(_channels.Attempts > 1);
    }

    [Fact(DisplayName = "C.1 stop-node-when-given-up = off: the node goes on and answers, not ready, and upkeep shows why; told to stop, it persists the manager after all and ends with 0")]
    public async Task Goes_on()
    {
        _channels.Fails = true;
        await using var app = Build(stopNode: false);
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = app.Lifetime.ApplicationStarted.Register(started.SetResult);
        var run = NodeHost.RunAsync(app, _stop.Token);
        await started.Task.WaitAsync(Patience);
        using var http = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };

        var status = await UpkeepAsync(http, s => s["state"]!.GetValue<string>() == "failed");
        Assert.Equal("manager could not be persisted: no disk", status["lastError"]!.GetValue<string>());
        using var ready = await http.GetAsync("/health/ready");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        var services = JsonNode.Parse(await ready.Content.ReadAsStringAsync())!["services"]!.AsArray();
        Assert.Equal("failed", services.Single(s => s!["name"]!.GetValue<string>() == "upkeep")!["state"]!.GetValue<string>());
        using var live = await http.GetAsync("/health/live");
        Assert.Equal(HttpStatusCode.OK, live.StatusCode);
        Assert.False(run.IsCompleted);

        _channels.Fails = false;
        await _stop.CancelAsync();
        Assert.Equal(0, await run.WaitAsync(Patience));
        Assert.True(_channels.IsPersisted);
    }

    [Fact(DisplayName = "C.1 stop(): a node that is told to stop and cannot persist its manager ends with 1")]
    public async Task Final_failure()
    {
        await using var app = Build(stopNode: true);
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = app.Lifetime.ApplicationStarted.Register(started.SetResult);
        var run = NodeHost.RunAsync(app, _stop.Token);
        await started.Task.WaitAsync(Patience);
        using var http = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
        await UpkeepAsync(http, s => s["state"]!.GetValue<string>() == "running");
        _channels.Fails = true;
        await _stop.CancelAsync();
        Assert.Equal(1, await run.WaitAsync(Patience));
    }

    private static async Task<JsonNode> UpkeepAsync(HttpClient http, Func<JsonNode, bool> condition)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            using var answer = await http.GetAsync("/v1/upkeep", patience.Token);
            if (answer.IsSuccessStatusCode && JsonNode.Parse(await answer.Content.ReadAsStringAsync(patience.Token)) is { } status && condition(status))
                return status;
        }
    }

    private Microsoft.AspNetCore.Builder.WebApplication Build(bool stopNode)
    {
        var configuration = NodeConfiguration.Load(new ConfigurationSources());
        var settings = configuration.Settings;
        configuration = configuration with
        {
            Settings = settings with
            {
                Http = settings.Http with { Urls = ["http://127.0.0.1:0"], UnreadyDelay = TimeSpan.Zero, DrainTimeout = TimeSpan.FromMilliseconds(500) },
                Upkeep = new UpkeepSettings
                {
                    MinBackoff = TimeSpan.FromMilliseconds(1),
                    MaxBackoff = TimeSpan.FromMilliseconds(1),
                    MaxRestarts = 1,
                    StopNodeWhenGivenUp = stopNode,
                    Persistence = new UpkeepPersistenceSettings { Retries = 0 },
                },
            },
        };
        return NodeHost.Build(configuration, new InMemoryNodeStore(), NullLoggerFactory.Instance, upkeep: _ => new UpkeepPorts
        {
            ChannelManager = _channels,
            ChainMonitor = _channels,
            PeerManager = _channels,
            EventHandler = _channels,
            Store = _channels,
        });
    }

    /// <summary>Channels that changed once and are quiet, with a store that works or not.</summary>
    private sealed class Channels : IChannelManager, IChainMonitor, IPeerManager, IEventHandler, IUpkeepStore
    {
        private int _dirty = 1;
        private int _attempts;

        public event Action? EventOrPersistenceNeeded
        {
            add { }
            remove { }
        }

        public event Action? UpdateNeeded
        {
            add { }
            remove { }
        }

        public volatile bool Fails;

        public volatile bool IsPersisted;

        public int Attempts => Volatile.Read(ref _attempts);

        public bool NeedsPendingHtlcProcessing => false;

        public int PendingOperationCount => 0;

        public void TimerTickOccurred()
        {
        }

        public void ProcessPendingHtlcForwards()
        {
        }

        public bool GetAndClearNeedsPersistence() => Interlocked.Exchange(ref _dirty, 0) == 1;

        public ReadOnlyMemory<byte> Encode() => new byte[] { 1 };

        public UpkeepEvent? ReadEvent(ReadOnlySpan<byte> encoded) => null;

        public Task ProcessPendingEventsAsync(Func<UpkeepEvent, ValueTask<EventResult>> handler) => Task.CompletedTask;

        public void RebroadcastPendingClaims()
        {
        }

        public void Flush(int count)
        {
        }

        public void ArchiveFullyResolvedChannelMonitors()
        {
        }

        public void ProcessEvents()
        {
        }

        public void DisconnectAllPeers()
        {
        }

        public ValueTask<EventResult> HandleEventAsync(UpkeepEvent upkeepEvent, CancellationToken cancellationToken) => ValueTask.FromResult(EventResult.Handled);

        public Task<ReadOnlyMemory<byte>?> ReadAsync(UpkeepKey key, CancellationToken cancellationToken) => Task.FromResult<ReadOnlyMemory<byte>?>(null);

        public Task WriteAsync(UpkeepKey key, ReadOnlyMemory<byte> value, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _attempts);
            if (Fails)
                return Task.FromException(new StoreUnavailableException("no disk"));
            IsPersisted = true;
            return Task.CompletedTask;
        }

        public Task RemoveAsync(UpkeepKey key, CancellationToken cancellationToken) => Task.CompletedTask;

        public Task<ImmutableArray<UpkeepKey>> ListAsync(string primaryNamespace, string secondaryNamespace, CancellationToken cancellationToken) =>
            Task.FromResult(ImmutableArray<UpkeepKey>.Empty);
    }
}
