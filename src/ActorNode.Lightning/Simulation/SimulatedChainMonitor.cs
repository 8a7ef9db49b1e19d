using System.Collections.Immutable;
using ActorNode.Storage;
using ActorNode.Upkeep;

namespace ActorNode.Lightning.Simulation;

/// <summary>
/// Writes each channel's monitor, watches closed channels until nothing is left to claim, and refuses to flush what the persisted manager
/// does not know of: that is the rule which keeps a crash from losing a channel, so breaking it is a violation. Members of the port take the
/// world's gate.
/// </summary>
internal sealed class SimulatedChainMonitor : IChainMonitor
{
    private const string Active = "monitors";
    private const string Archived = "archived_monitors";

    private readonly World _world;
    private readonly SimulatedChannelManager _manager;
    private readonly WatchedStore _store;
    private readonly SimulatedSweeper _sweeper;
    private readonly SortedDictionary<string, EventQueue> _events = new(StringComparer.Ordinal);
    private ImmutableSortedDictionary<string, ChannelState> _monitors;
    private long _flushed;
    private long _written;
    private bool _archive;
    private bool _signal;

    public SimulatedChainMonitor(
        World world, SimulatedChannelManager manager, WatchedStore store, SimulatedSweeper sweeper, ImmutableSortedDictionary<string, ChannelState> monitors)
    {
        (_world, _manager, _store, _sweeper, _monitors) = (world, manager, store, sweeper, monitors);
        var channels = manager.State.Channels;
        foreach (var monitor in monitors.Values.Where(m => channels.TryGetValue(m.Id, out var channel) && channel.CommitmentNumber < m.CommitmentNumber))
            manager.IsStale(monitor.Id, $"its monitor is at commitment {monitor.CommitmentNumber}, the manager at {channels[monitor.Id].CommitmentNumber}");
    }

    /// <inheritdoc/>
    public event Action? UpdateNeeded;

    /// <inheritdoc/>
    public int PendingOperationCount
    {
        get
        {
            lock (_world.Gate)
                return Pending.Count();
        }
    }

    public int MonitorCount => _monitors.Count;

    public int PendingEvents => _events.Values.Sum(q => q.Items.Count);

    private IEnumerable<MonitorOperation> Pending => _manager.State.Operations.Where(o => o.Id > _flushed);

    /// <summary>Reads the monitors that are not archived.</summary>
    public static async Task<ImmutableSortedDictionary<string, ChannelState>> LoadAsync(IUpkeepStore store, CancellationToken cancellationToken)
    {
        var monitors = ImmutableSortedDictionary.CreateBuilder<string, ChannelState>(StringComparer.Ordinal);
        foreach (var key in await store.ListAsync(Active, "", cancellationToken))
        {
            if (await store.ReadAsync(key, cancellationToken) is { } bytes)
                monitors.Add(key.Key, Encoding.Channel(bytes));
        }

        return monitors.ToImmutable();
    }

    /// <inheritdoc/>
    public void Flush(int count)
    {
        lock (_world.Gate)
        {
            var pending = Pending.Take(count + 1).ToArray();
            if (pending.Length < count)
                _world.Violations.Add($"flush: {count} operations were asked for, but {pending.Length} are pending");
            foreach (var operation in pending.Take(count))
            {
                if (operation.Id > _store.DurableOperation)
                {
                    _world.Violations.Add($"flush: operation {operation.Id} before a manager that knows of it was persisted (operation {_store.DurableOperation} was)");
                    return;
                }

                _flushed = operation.Id;
            }
        }
    }

    /// <inheritdoc/>
    public void RebroadcastPendingClaims()
    {
        lock (_world.Gate)
        {
            _manager.Counts.Rebroadcasts++;
            _world.State = _world.State with
            {
                Mempool = _world.State.Mempool.SetItems(_world.State.Mempool.Values.Select(c => KeyValuePair.Create(c.Channel, c with { Feerate = c.Feerate + 1 }))),
            };
        }
    }

    /// <inheritdoc/>
    public void ArchiveFullyResolvedChannelMonitors()
    {
        lock (_world.Gate)
            _archive = true;
    }

    /// <inheritdoc/>
    public async Task ProcessPendingEventsAsync(Func<UpkeepEvent, ValueTask<EventResult>> handler)
    {
        EventQueue[] queues;
        lock (_world.Gate)
            queues = [.. _events.Values];
        foreach (var queue in queues)
            await queue.ProcessAsync(handler);
    }

    /// <summary>There is a new block: outputs may have become spendable.</summary>
    public void BlockConnected()
    {
        foreach (var output in _world.State.Outputs.Values.Where(o => o.SweptAt is null && o.MatureAt <= _world.State.Height && !_sweeper.IsTracked(o.Id)))
        {
            if (_events.ContainsKey(output.Id))
                continue;
            var queue = new EventQueue(_world.Gate, [], () => { });
            // The same id after a restart too: the output is the same.
            queue.Add(new EventData($"monitor-{output.Id}", EventKind.SpendableOutputs, output.Id, output.AmountMsat));
            _events.Add(output.Id, queue);
            _manager.Counts.Events++;
            _signal = true;
        }

        foreach (var done in _events.Where(e => e.Value.Items.IsEmpty && _world.State.Outputs.GetValueOrDefault(e.Key) is null or { SweptAt: not null }).ToArray())
            _events.Remove(done.Key);
    }

    /// <summary>
    /// Writes the monitors of flushed operations, then tells the peers that are there. A store that does not work now is tried again with
    /// the next step. Returns the operations that peers know of now.
    /// </summary>
    public async Task<IReadOnlyList<MonitorOperation>> CarryOutAsync(Func<string, bool> isThere, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var told = new List<MonitorOperation>();
        MonitorOperation[] flushed;
        lock (_world.Gate)
            flushed = [.. _manager.State.Operations.TakeWhile(o => o.Id <= _flushed)];
        try
        {
            if (!await WriteAsync(flushed.Where(o => o.Id > _written), cancellationToken))
                return told;
            lock (_world.Gate)
            {
                foreach (var operation in flushed.Where(o => isThere(_monitors[o.Channel].Peer)))
                {
                    _world.Apply(operation, now);
                    told.Add(operation);
                }
            }
        }
        catch (SimulationException impossible)
        {
            _world.Violations.Add(impossible.Message);
        }

        await ArchiveAsync(cancellationToken);
        return told;
    }

    public void Signal()
    {
        lock (_world.Gate)
        {
            if (!_signal)
                return;
            _signal = false;
        }

        UpdateNeeded?.Invoke();
    }

    private async Task<bool> WriteAsync(IEnumerable<MonitorOperation> operations, CancellationToken cancellationToken)
    {
        var next = _monitors;
        var last = _written;
        var changed = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var operation in operations)
        {
            last = operation.Id;
            var known = next.TryGetValue(operation.Channel, out var monitor);
            if (known && monitor!.CommitmentNumber >= operation.CommitmentNumber)
                continue;
            next = next.SetItem(operation.Channel, operation.Update is ChannelUpdate.Funded funded ? funded.Channel
                : known ? monitor!.Apply(operation.Update)
                : throw new SimulationException($"channel {operation.Channel}: there is no monitor for an update of it"));
            changed.Add(operation.Channel);
        }

        try
        {
            foreach (var id in changed)
                await _store.WriteAsync(new UpkeepKey(Active, "", id), Encoding.Of(next[id]), cancellationToken);
        }
        catch (StoreUnavailableException)
        {
            return false;
        }

        (_monitors, _written) = (next, last);
        return true;
    }

    private async Task ArchiveAsync(CancellationToken cancellationToken)
    {
        ChannelState[] resolved;
        lock (_world.Gate)
        {
            if (!_archive)
                return;
            _archive = false;
            resolved = [.. _monitors.Values.Where(m => m.Stage == ChannelStage.Closed && IsResolved(m.Id))];
        }

        try
        {
            foreach (var monitor in resolved)
            {
                await _store.WriteAsync(new UpkeepKey(Archived, "", monitor.Id), Encoding.Of(monitor), cancellationToken);
                await _store.RemoveAsync(new UpkeepKey(Active, "", monitor.Id), cancellationToken);
                _monitors = _monitors.Remove(monitor.Id);
                _manager.Counts.MonitorsArchived++;
            }
        }
        catch (StoreUnavailableException)
        {
            // The next tick of upkeep asks again.
        }
    }

    private bool IsResolved(string channel)
    {
        var state = _world.State;
        var deep = state.Height - World.SettledDepth;
        return !state.Mempool.ContainsKey(channel)
            && (!state.SettledAt.TryGetValue(channel, out var settled) || settled <= deep)
            && (!state.Outputs.TryGetValue(channel, out var output) || output.SweptAt <= deep)
            && !_manager.State.Operations.Any(o => o.Channel == channel);
    }
}
