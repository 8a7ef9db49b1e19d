using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text;
using ActorNode.Storage;
using ActorNode.Upkeep;

namespace ActorNode.Tests.Upkeep.Support;

/// <summary>Ports that do what the test says and log every call of them.</summary>
public sealed class FakeLightning
{
    public FakeLightning()
    {
        Manager = new FakeManager(Log);
        Monitor = new FakeMonitor(Log);
        Peers = new FakePeers(Log);
        Handler = new FakeHandler(Log);
        Store = new FakeStore(Log);
        Gossip = new FakeGossip(Log);
        Scorer = new FakeScorer(Log);
        Onion = new FakeOnion(Log);
        Liquidity = new FakeLiquidity(Log);
        Sweeper = new FakeSweeper(Log);
    }

    public CallLog Log { get; } = new();

    public FakeManager Manager { get; }

    public FakeMonitor Monitor { get; }

    public FakePeers Peers { get; }

    public FakeHandler Handler { get; }

    public FakeStore Store { get; }

    public FakeGossip Gossip { get; }

    public FakeScorer Scorer { get; }

    public FakeOnion Onion { get; }

    public FakeLiquidity Liquidity { get; }

    public FakeSweeper Sweeper { get; }

    /// <summary>Only what every node has.</summary>
    public UpkeepPorts Least => new() { ChannelManager = Manager, ChainMonitor = Monitor, PeerManager = Peers, EventHandler = Handler, Store = Store };

    public UpkeepPorts All => Least with { GossipSync = Gossip, Scorer = Scorer, OnionMessenger = Onion, LiquidityManager = Liquidity, Sweeper = Sweeper };
}

/// <summary>A queue of events; the one at its head stays until it was handled.</summary>
public class FakeEvents(CallLog log, string name) : IEventsProvider
{
    private int _running;

    public ConcurrentQueue<UpkeepEvent> Events { get; } = new();

    /// <summary>Raised after a replay, as sources may.</summary>
    protected virtual void AfterReplay()
    {
    }

    protected virtual void AfterHandled()
    {
    }

    public async Task ProcessPendingEventsAsync(Func<UpkeepEvent, ValueTask<EventResult>> handler)
    {
        if (Interlocked.Exchange(ref _running, 1) == 1)
            return;
        try
        {
            log.Called($"{name}.events");
            while (Events.TryPeek(out var head))
            {
                if ((await handler(head)).IsReplay)
                {
                    AfterReplay();
                    return;
                }

                Events.TryDequeue(out _);
                AfterHandled();
            }
        }
        finally
        {
            Volatile.Write(ref _running, 0);
        }
    }
}

public sealed class FakeManager(CallLog log) : FakeEvents(log, "manager"), IChannelManager
{
    private readonly CallLog _log = log;
    private int _dirty;
    private long _version;

    public event Action? EventOrPersistenceNeeded;

    public bool HasSubscribers => EventOrPersistenceNeeded is not null;

    public volatile bool NeedsHtlcs;

    /// <summary>Whether its tick changes it.</summary>
    public bool TickChanges { get; set; } = true;

    /// <summary>How often it changed: what it encodes.</summary>
    public long Version => Interlocked.Read(ref _version);

    public bool NeedsPendingHtlcProcessing
    {
        get
        {
            _log.Called("rest");
            return NeedsHtlcs;
        }
    }

    public void Change(bool signal = true)
    {
        Interlocked.Increment(ref _version);
        Volatile.Write(ref _dirty, 1);
        if (signal)
            Signal();
    }

    public void Signal() => EventOrPersistenceNeeded?.Invoke();

    public void Offer(params UpkeepEvent[] events)
    {
        foreach (var one in events)
            Events.Enqueue(one);
        Signal();
    }

    public void TimerTickOccurred()
    {
        _log.Called("manager.tick");
        if (TickChanges)
            Change(signal: false);
    }

    public void ProcessPendingHtlcForwards() => _log.Called("manager.htlcs");

    public bool GetAndClearNeedsPersistence() => Interlocked.Exchange(ref _dirty, 0) == 1;

    public ReadOnlyMemory<byte> Encode()
    {
        _log.Called("manager.encode");
        return Encoding.ASCII.GetBytes($"{Version}");
    }

    public UpkeepEvent? ReadEvent(ReadOnlySpan<byte> encoded)
    {
        var id = Encoding.UTF8.GetString(encoded);
        return id.StartsWith("unknown", StringComparison.Ordinal) ? null : new SomeEvent(id);
    }

    protected override void AfterReplay()
    {
        _log.Called("manager.replayed");
        Change(signal: false);
        Signal();
    }

    protected override void AfterHandled() => Change();
}

public sealed class FakeMonitor(CallLog log) : FakeEvents(log, "monitor"), IChainMonitor
{
    private readonly CallLog _log = log;
    private int _pending;

    public event Action? UpdateNeeded;

    public int PendingOperationCount
    {
        get
        {
            _log.Called("monitor.count");
            return Volatile.Read(ref _pending);
        }
    }

    public void Defer(int operations) => Interlocked.Add(ref _pending, operations);

    public void Signal() => UpdateNeeded?.Invoke();

    public void RebroadcastPendingClaims() => _log.Called("monitor.rebroadcast");

    public void Flush(int count)
    {
        Interlocked.Add(ref _pending, -count);
        _log.Called($"monitor.flush {count}");
    }

    public void ArchiveFullyResolvedChannelMonitors() => _log.Called("monitor.archive");
}

public sealed class FakePeers(CallLog log) : IPeerManager
{
    public void ProcessEvents() => log.Called("peers.process");

    public void TimerTickOccurred() => log.Called("peers.tick");

    public void DisconnectAllPeers() => log.Called("peers.disconnect");
}

public sealed class FakeHandler(CallLog log) : IEventHandler
{
    private int _running;

    public Func<UpkeepEvent, CancellationToken, ValueTask<EventResult>> Answer { get; set; } = (_, _) => ValueTask.FromResult(EventResult.Handled);

    /// <summary>The most calls at once.</summary>
    public int Most { get; private set; }

    public async ValueTask<EventResult> HandleEventAsync(UpkeepEvent upkeepEvent, CancellationToken cancellationToken)
    {
        Most = Math.Max(Most, Interlocked.Increment(ref _running));
        try
        {
            log.Called($"handle {upkeepEvent.Id}");
            return await Answer(upkeepEvent, cancellationToken);
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }

    /// <summary>Refuses these events so often, then takes them.</summary>
    public void Refuse(string id, int times)
    {
        var left = times;
        Answer = (upkeepEvent, _) => ValueTask.FromResult(
            upkeepEvent.Id == id && Interlocked.Decrement(ref left) >= 0 ? EventResult.Replay("not now") : EventResult.Handled);
    }
}

/// <summary>A store in memory whose writes fail, or wait, as the test says.</summary>
public sealed class FakeStore(CallLog log) : IUpkeepStore
{
    private readonly ConcurrentDictionary<UpkeepKey, byte[]> _values = new();
    private readonly ConcurrentDictionary<UpkeepKey, int> _failures = new();
    private readonly ConcurrentDictionary<UpkeepKey, long> _last = new();
    private volatile TaskCompletionSource? _held;
    private long _calls;

    public void FailWrites(UpkeepKey key, int times) => _failures[key] = times;

    /// <summary>Writes wait from now on.</summary>
    public void Hold() => _held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void LetGo()
    {
        var held = _held;
        _held = null;
        held?.SetResult();
    }

    /// <summary>The writes that wait go on, those after them wait.</summary>
    public void LetGoAndHold()
    {
        var held = _held;
        Hold();
        held?.SetResult();
    }

    public string? Text(UpkeepKey key) => _values.TryGetValue(key, out var value) ? Encoding.UTF8.GetString(value) : null;

    /// <summary>The version of the manager that is durable.</summary>
    public long Manager => Text(UpkeepKey.Manager) is { } text ? long.Parse(text, System.Globalization.CultureInfo.InvariantCulture) : 0;

    public int Count => _values.Count;

    public void Put(UpkeepKey key, byte[] value) => _values[key] = value;

    public Task<ReadOnlyMemory<byte>?> ReadAsync(UpkeepKey key, CancellationToken cancellationToken) =>
        Task.FromResult(_values.TryGetValue(key, out var value) ? (ReadOnlyMemory<byte>?)value : null);

    public async Task WriteAsync(UpkeepKey key, ReadOnlyMemory<byte> value, CancellationToken cancellationToken)
    {
        var call = Interlocked.Increment(ref _calls);
        log.Called($"store.write {key.PrimaryNamespace}{(key.PrimaryNamespace.Length > 0 ? "" : key.Key)}");
        if (_held is { } held)
            await held.Task;
        if (_failures.TryGetValue(key, out var left) && left > 0)
        {
            _failures[key] = left - 1;
            throw new StoreUnavailableException("test");
        }

        lock (_last)
        {
            // Writes take effect in the order of the calls, also when they overlap.
            if (_last.GetValueOrDefault(key) < call)
                (_last[key], _values[key]) = (call, value.ToArray());
        }

        log.Called($"store.wrote {key.PrimaryNamespace}{(key.PrimaryNamespace.Length > 0 ? "" : key.Key)}");
    }

    public Task RemoveAsync(UpkeepKey key, CancellationToken cancellationToken)
    {
        if (_failures.TryGetValue(key, out var left) && left > 0)
        {
            _failures[key] = left - 1;
            return Task.FromException(new StoreUnavailableException("test"));
        }

        _values.TryRemove(key, out _);
        return Task.CompletedTask;
    }

    public Task<ImmutableArray<UpkeepKey>> ListAsync(string primaryNamespace, string secondaryNamespace, CancellationToken cancellationToken) =>
        Task.FromResult<ImmutableArray<UpkeepKey>>([.. _values.Keys.Where(k => k.PrimaryNamespace == primaryNamespace && k.SecondaryNamespace == secondaryNamespace)]);
}

public sealed class FakeGossip(CallLog log) : IGossipSync, INetworkGraph
{
    public event Action? ValidationCompleted;

    public INetworkGraph NetworkGraph => this;

    public volatile bool Synced = true;

    public INetworkGraph? PrunableNetworkGraph => Synced ? this : null;

    public bool IsRapid { get; set; }

    public ConcurrentQueue<NetworkUpdate> Updates { get; } = new();

    public ulong PrunedAt { get; private set; }

    public void Signal() => ValidationCompleted?.Invoke();

    public void HandleNetworkUpdate(NetworkUpdate update)
    {
        Updates.Enqueue(update);
        log.Called("graph.update");
    }

    public void RemoveStaleChannelsAndTrackingWithTime(ulong currentTimeUnix)
    {
        PrunedAt = currentTimeUnix;
        log.Called("graph.prune");
    }

    public ReadOnlyMemory<byte> Encode() => "graph"u8.ToArray();
}

public sealed class FakeScorer(CallLog log) : IScorer
{
    public void PaymentPathFailed(PaymentPath path, ulong shortChannelId, TimeSpan sinceEpoch) => log.Called($"scorer.payment-failed {shortChannelId}");

    public void PaymentPathSuccessful(PaymentPath path, TimeSpan sinceEpoch) => log.Called("scorer.payment-successful");

    public void ProbeFailed(PaymentPath path, ulong shortChannelId, TimeSpan sinceEpoch) => log.Called($"scorer.probe-failed {shortChannelId}");

    public void ProbeSuccessful(PaymentPath path, TimeSpan sinceEpoch) => log.Called("scorer.probe-successful");

    public void TimePassed(TimeSpan sinceEpoch) => log.Called("scorer.time-passed");

    public ReadOnlyMemory<byte> Encode() => "scores"u8.ToArray();
}

public sealed class FakeOnion(CallLog log) : FakeEvents(log, "onion"), IOnionMessenger
{
    private readonly CallLog _log = log;

    public event Action? UpdateNeeded;

    public void Signal() => UpdateNeeded?.Invoke();

    public void TimerTickOccurred() => _log.Called("onion.tick");
}

public sealed class FakeLiquidity(CallLog log) : ILiquidityManager
{
    private int _running;

    public event Action? MessagesOrPersistenceNeeded;

    public bool Overlapped { get; private set; }

    public volatile TaskCompletionSource? Held;

    public void Signal() => MessagesOrPersistenceNeeded?.Invoke();

    public async Task PersistAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref _running) > 1)
            Overlapped = true;
        try
        {
            log.Called("liquidity.persist");
            if (Held is { } held)
                await held.Task;
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }
}

public sealed class FakeSweeper(CallLog log) : ISweeper
{
    private int _running;

    public bool Overlapped { get; private set; }

    public volatile TaskCompletionSource? Held;

    public async Task RegenerateAndBroadcastSpendIfNecessaryAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref _running) > 1)
            Overlapped = true;
        try
        {
            log.Called("sweeper.sweep");
            if (Held is { } held)
                await held.Task;
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }
}

public sealed record SomeEvent(string Id) : UpkeepEvent(Id)
{
    public override ReadOnlyMemory<byte> Encode() => Encoding.UTF8.GetBytes(Id);
}

public sealed record SomePathFailed(string Id, bool Permanently, ulong? Channel, NetworkUpdate? Update)
    : PaymentPathFailed(Id, new PaymentPath([]), Permanently, Channel, Update)
{
    public override ReadOnlyMemory<byte> Encode() => Encoding.UTF8.GetBytes(Id);
}

public sealed record SomePathSuccessful(string Id) : PaymentPathSuccessful(Id, new PaymentPath([]))
{
    public override ReadOnlyMemory<byte> Encode() => Encoding.UTF8.GetBytes(Id);
}

public sealed record SomeProbeSuccessful(string Id) : ProbeSuccessful(Id, new PaymentPath([]))
{
    public override ReadOnlyMemory<byte> Encode() => Encoding.UTF8.GetBytes(Id);
}

public sealed record SomeProbeFailed(string Id, ulong? Channel) : ProbeFailed(Id, new PaymentPath([]), Channel)
{
    public override ReadOnlyMemory<byte> Encode() => Encoding.UTF8.GetBytes(Id);
}
