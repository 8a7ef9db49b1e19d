using System.Collections.Concurrent;
using System.Collections.Immutable;
using ActorNode.Upkeep;

namespace ActorNode.Benchmarks.Upkeep;

/// <summary>Channels that do nothing but change when told to, with a manager of a fixed size.</summary>
internal sealed class BenchmarkChannels(int managerBytes) : IChannelManager, IPeerManager, IEventHandler
{
    private readonly byte[] _encoded = new byte[managerBytes];
    private readonly ConcurrentQueue<UpkeepEvent> _events = new();
    private int _dirty;

    public event Action? EventOrPersistenceNeeded;

    /// <summary>Called with each event, on the handler's thread.</summary>
    public Action<UpkeepEvent> OnEvent { get; set; } = _ => { };

    public bool NeedsPendingHtlcProcessing => false;

    public void Change()
    {
        Volatile.Write(ref _dirty, 1);
        EventOrPersistenceNeeded?.Invoke();
    }

    public void Offer(IEnumerable<UpkeepEvent> events)
    {
        foreach (var upkeepEvent in events)
            _events.Enqueue(upkeepEvent);
        EventOrPersistenceNeeded?.Invoke();
    }

    public bool GetAndClearNeedsPersistence() => Interlocked.Exchange(ref _dirty, 0) == 1;

    public ReadOnlyMemory<byte> Encode() => _encoded;

    public async Task ProcessPendingEventsAsync(Func<UpkeepEvent, ValueTask<EventResult>> handler)
    {
        while (_events.TryPeek(out var head) && !(await handler(head)).IsReplay)
            _events.TryDequeue(out _);
    }

    public ValueTask<EventResult> HandleEventAsync(UpkeepEvent upkeepEvent, CancellationToken cancellationToken)
    {
        OnEvent(upkeepEvent);
        return ValueTask.FromResult(EventResult.Handled);
    }

    public UpkeepEvent? ReadEvent(ReadOnlySpan<byte> encoded) => null;

    public void TimerTickOccurred()
    {
    }

    public void ProcessPendingHtlcForwards()
    {
    }

    public void ProcessEvents()
    {
    }

    public void DisconnectAllPeers()
    {
    }
}

/// <summary>A chain monitor that has no events of its own.</summary>
internal sealed class QuietMonitor : IChainMonitor
{
    public event Action? UpdateNeeded
    {
        add { }
        remove { }
    }

    public int PendingOperationCount => 0;

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
}

internal sealed record BenchmarkEvent(string Id) : UpkeepEvent(Id)
{
    public override ReadOnlyMemory<byte> Encode() => default;
}

/// <summary>A store in memory whose writes take so long, and which says when each has ended.</summary>
internal sealed class BenchmarkStore(TimeSpan delay) : IUpkeepStore
{
    private readonly ConcurrentDictionary<UpkeepKey, ReadOnlyMemory<byte>> _values = new();

    public Action Written { get; set; } = () => { };

    public Task<ReadOnlyMemory<byte>?> ReadAsync(UpkeepKey key, CancellationToken cancellationToken) =>
        Task.FromResult(_values.TryGetValue(key, out var value) ? (ReadOnlyMemory<byte>?)value : null);

    public async Task WriteAsync(UpkeepKey key, ReadOnlyMemory<byte> value, CancellationToken cancellationToken)
    {
        if (delay > TimeSpan.Zero)
            await Task.Delay(delay, cancellationToken);
        _values[key] = value.ToArray();
        Written();
    }

    public Task RemoveAsync(UpkeepKey key, CancellationToken cancellationToken)
    {
        _values.TryRemove(key, out _);
        return Task.CompletedTask;
    }

    public Task<ImmutableArray<UpkeepKey>> ListAsync(string primaryNamespace, string secondaryNamespace, CancellationToken cancellationToken) =>
        Task.FromResult<ImmutableArray<UpkeepKey>>([]);
}
