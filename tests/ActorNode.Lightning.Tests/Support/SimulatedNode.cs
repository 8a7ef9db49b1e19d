using ActorNode.Lightning.Simulation;
using ActorNode.Storage;
using ActorNode.Upkeep;

namespace ActorNode.Lightning.Tests.Support;

/// <summary>
/// A simulated node under the plainest upkeep there can be: one pass after each step, every tick at its interval, everything in one thread. A
/// pass can end at any of its points, as a crash would end it; <see cref="RestartAsync"/> opens what is on disk then.
/// </summary>
internal sealed class SimulatedNode
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(50);

    private readonly WorldInMemory _world = new();
    private readonly SimulationSettings _settings;
    private int _passes;
    private bool _dirty;

    private SimulatedNode(SimulationSettings settings) => _settings = settings;

    public MemoryStore Store { get; } = new();

    public SimulatedLightning Lightning { get; private set; } = null!;

    public UpkeepPorts Ports { get; private set; } = null!;

    public DateTimeOffset Now { get; private set; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public bool Rebroadcasts { get; set; } = true;

    /// <summary>Handles events before the node's own handler; null: it handles them.</summary>
    public Func<UpkeepEvent, EventResult?> Before { get; set; } = _ => null;

    public static async Task<SimulatedNode> StartAsync(SimulationSettings? settings = null)
    {
        var node = new SimulatedNode(settings ?? new SimulationSettings());
        await node.RestartAsync();
        return node;
    }

    /// <summary>As after the end of the process: only the store and the world's file are left.</summary>
    public async Task RestartAsync()
    {
        Lightning = await SimulatedLightning.OpenAsync(_settings, Store, _world, Now);
        Ports = Lightning.Ports;
        _dirty = false;
        Ports.ChannelManager.TimerTickOccurred();
        Ports.ChainMonitor.RebroadcastPendingClaims();
    }

    public async Task RunAsync(TimeSpan time)
    {
        for (var end = Now + time; Now < end;)
            await PassAsync();
    }

    public async Task UntilAsync(Func<LightningStatus, bool> reached, string what)
    {
        for (var pass = 0; !reached(Lightning.Status); pass++)
        {
            if (pass > 20_000)
                throw new InvalidOperationException($"never {what}: {Lightning.Status}");
            await PassAsync();
        }
    }

    /// <summary>One step of the world, then one pass of upkeep, which ends before one of its <see cref="Points"/>.</summary>
    public async Task PassAsync(int crashBefore = Points)
    {
        Now += Step;
        await Lightning.StepAsync(Now);
        for (var point = 0; point < Math.Min(crashBefore, Points); point++)
            await UpkeepAsync(point);
        _passes++;
    }

    public const int Points = 6;

    private int _count;
    private byte[]? _encoded;

    private async Task UpkeepAsync(int point)
    {
        switch (point)
        {
            case 0:
                await Ports.ChannelManager.ProcessPendingEventsAsync(HandleAsync);
                await Ports.ChainMonitor.ProcessPendingEventsAsync(HandleAsync);
                await Ports.OnionMessenger!.ProcessPendingEventsAsync(HandleAsync);
                break;
            case 1:
                Ports.PeerManager.ProcessEvents();
                break;
            case 2:
                Ports.ChannelManager.ProcessPendingHtlcForwards();
                break;
            case 3:
                _dirty |= Ports.ChannelManager.GetAndClearNeedsPersistence();
                _count = Ports.ChainMonitor.PendingOperationCount;
                _encoded = _dirty ? Ports.ChannelManager.Encode().ToArray() : null;
                break;
            case 4 when _encoded is not null && await TryAsync(() => Ports.Store.WriteAsync(UpkeepKey.Manager, _encoded, default)):
                Ports.ChainMonitor.Flush(_count);
                _dirty = false;
                break;
            case 5:
                await TickAsync();
                break;
        }
    }

    private async Task TickAsync()
    {
        await TryAsync(() => Ports.LiquidityManager!.PersistAsync(default));
        if (_passes % 200 == 0)
            Ports.ChannelManager.TimerTickOccurred();
        if (_passes % 100 == 50)
        {
            Ports.PeerManager.TimerTickOccurred();
            Ports.OnionMessenger!.TimerTickOccurred();
        }

        if (_passes % 60 == 30)
        {
            if (Rebroadcasts)
                Ports.ChainMonitor.RebroadcastPendingClaims();
            Ports.ChainMonitor.ArchiveFullyResolvedChannelMonitors();
        }

        if (_passes % 20 == 10)
            await TryAsync(() => Ports.Sweeper!.RegenerateAndBroadcastSpendIfNecessaryAsync(default));
        if (_passes % 400 == 399 && Ports.GossipSync!.PrunableNetworkGraph is { } graph)
        {
            graph.RemoveStaleChannelsAndTrackingWithTime((ulong)Now.ToUnixTimeSeconds());
            await TryAsync(() => Ports.Store.WriteAsync(UpkeepKey.NetworkGraph, graph.Encode(), default));
            await TryAsync(() => Ports.Store.WriteAsync(UpkeepKey.Scorer, Ports.Scorer!.Encode(), default));
        }
    }

    private async ValueTask<EventResult> HandleAsync(UpkeepEvent upkeepEvent)
    {
        if (Before(upkeepEvent) is { } instead)
            return instead;
        Learn(upkeepEvent);
        try
        {
            return await Ports.EventHandler.HandleEventAsync(upkeepEvent, default);
        }
        catch (StoreUnavailableException broken)
        {
            return EventResult.Replay(broken.Message);
        }
    }

    private void Learn(UpkeepEvent upkeepEvent)
    {
        var time = Now - DateTimeOffset.UnixEpoch;
        switch (upkeepEvent)
        {
            case PaymentPathFailed failed:
                if (failed.NetworkUpdate is { } update)
                    Ports.GossipSync!.NetworkGraph.HandleNetworkUpdate(update);
                if (failed.ShortChannelId is { } at)
                    Ports.Scorer!.PaymentPathFailed(failed.Path, at, time);
                break;
            case PaymentPathSuccessful arrived:
                Ports.Scorer!.PaymentPathSuccessful(arrived.Path, time);
                break;
            case ProbeFailed { ShortChannelId: { } failedAt } failed:
                Ports.Scorer!.ProbeFailed(failed.Path, failedAt, time);
                break;
            case ProbeSuccessful arrived:
                Ports.Scorer!.ProbeSuccessful(arrived.Path, time);
                break;
        }
    }

    private static async Task<bool> TryAsync(Func<Task> write)
    {
        try
        {
            await write();
            return true;
        }
        catch (StoreUnavailableException)
        {
            return false;
        }
    }
}
