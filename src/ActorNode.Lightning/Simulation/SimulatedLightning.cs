using System.Collections.Immutable;
using ActorNode.Upkeep;
using Microsoft.Extensions.Logging;

namespace ActorNode.Lightning.Simulation;

/// <summary>
/// A whole Lightning node in one process, with the world around it: every port of upkeep, for real except that nobody is out there. The
/// world moves by <see cref="StepAsync"/> alone, in whatever steps and by whatever clock the caller likes; with the same seed and the same
/// calls the same happens. Ports may be called from any thread.
/// <para>
/// What the node knows is in the store, as upkeep persists it; the world outside is in a file of its own. A simulation that is opened again on
/// both goes on; one whose manager is older than what its peers saw says so: see <see cref="LightningStatus.Violations"/>.
/// </para>
/// </summary>
public sealed class SimulatedLightning
{
    private readonly World _world;
    private readonly IWorldFile _file;
    private readonly SimulatedChannelManager _manager;
    private readonly SimulatedChainMonitor _monitor;
    private readonly SimulatedPeerManager _peers;
    private readonly SimulatedGossip _gossip;
    private readonly SimulatedScorer _scorer;
    private readonly SimulatedOnionMessenger _onion;
    private readonly SimulatedLiquidityManager _liquidity;
    private readonly SimulatedSweeper _sweeper;
    private readonly SimulatedWallet _wallet;
    private readonly WatchedStore _store;
    private readonly Traffic _traffic;
    private WorldState? _saved;
    private DateTimeOffset _nextBlock;

    private SimulatedLightning(World world, IWorldFile file, Loaded loaded, DateTimeOffset now)
    {
        var session = $"{world.NextNumber()}";
        (_world, _file, _store) = (world, file, loaded.Store);
        _manager = new SimulatedChannelManager(world, loaded.Manager, session);
        _sweeper = new SimulatedSweeper(world, loaded.Store, _manager.Counts, loaded.Sweeper);
        _monitor = new SimulatedChainMonitor(world, _manager, loaded.Store, _sweeper, loaded.Monitors);
        _peers = new SimulatedPeerManager(world, _manager);
        _gossip = new SimulatedGossip(world, new SimulatedGraph(loaded.Graph), now);
        _scorer = new SimulatedScorer(loaded.Scorer);
        _onion = new SimulatedOnionMessenger(world, _manager.Counts, session);
        _liquidity = new SimulatedLiquidityManager(loaded.Store, loaded.Liquidity);
        _wallet = new SimulatedWallet(_manager, _sweeper);
        _traffic = new Traffic(world, _manager, _peers, _gossip.Graph, _scorer, _onion, now);
        _nextBlock = now + world.Settings.BlockInterval;
        Save();
    }

    /// <summary>Opens a node and its world, or begins both.</summary>
    /// <param name="settings">The world.</param>
    /// <param name="store">Where the node's objects are.</param>
    /// <param name="worldPath">The file of the world outside.</param>
    /// <param name="now">The time from which the world goes on.</param>
    /// <param name="log">Gets violations.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="Storage.StoreUnavailableException">The store does not work now.</exception>
    public static Task<SimulatedLightning> OpenAsync(
        SimulationSettings settings, IUpkeepStore store, string worldPath, DateTimeOffset now, ILogger? log = null, CancellationToken cancellationToken = default) =>
        OpenAsync(settings, store, new WorldOnDisk(worldPath), now, log, cancellationToken);

    internal static async Task<SimulatedLightning> OpenAsync(
        SimulationSettings settings, IUpkeepStore store, IWorldFile file, DateTimeOffset now, ILogger? log = null, CancellationToken cancellationToken = default)
    {
        var random = new Random(settings.Seed);
        var violations = new ViolationLog(log);
        var state = file.Read() is { } saved ? Encoding.World(saved) : World.Create(settings, random);
        var watched = new WatchedStore(store, violations);
        async Task<T> ReadAsync<T>(UpkeepKey key, T empty, Func<ReadOnlyMemory<byte>, T> decode) =>
            await watched.ReadAsync(key, cancellationToken) is { } bytes ? decode(bytes) : empty;
        var loaded = new Loaded(
            watched,
            await ReadAsync(UpkeepKey.Manager, new ManagerState(), Encoding.Manager),
            await SimulatedChainMonitor.LoadAsync(watched, cancellationToken),
            await ReadAsync(UpkeepKey.NetworkGraph, GraphState.Empty, Encoding.Graph),
            await ReadAsync(UpkeepKey.Scorer, ScorerState.Empty, Encoding.Scorer),
            await ReadAsync(SimulatedSweeper.Key, SweeperState.Empty, Encoding.Sweeper),
            await ReadAsync(SimulatedLiquidityManager.Key, new LiquidityState(0), Encoding.Liquidity));
        return new SimulatedLightning(new World(state, settings, random) { Violations = violations }, file, loaded, now);
    }

    /// <summary>Everything that upkeep takes care of.</summary>
    public UpkeepPorts Ports => new()
    {
        ChannelManager = _manager,
        ChainMonitor = _monitor,
        PeerManager = _peers,
        EventHandler = _wallet,
        Store = _store,
        GossipSync = _gossip,
        Scorer = _scorer,
        OnionMessenger = _onion,
        LiquidityManager = _liquidity,
        Sweeper = _sweeper,
    };

    /// <summary>Whether the manager on disk knows of every operation: so it must be after upkeep has ended in order.</summary>
    public bool IsPersisted
    {
        get
        {
            lock (_world.Gate)
                return _store.DurableOperation == _manager.State.LastOperation;
        }
    }

    /// <summary>How it is.</summary>
    public LightningStatus Status
    {
        get
        {
            lock (_world.Gate)
            {
                var manager = _manager.State;
                var counts = _manager.Counts;
                return new LightningStatus
                {
                    Height = _world.State.Height,
                    Peers = _world.State.Peers.Length,
                    PeersConnected = _peers.ConnectedCount,
                    ChannelsOpen = manager.Channels.Values.Count(c => c.Stage == ChannelStage.Open),
                    ChannelsOpening = manager.Channels.Values.Count(c => c.Stage == ChannelStage.Funding),
                    Monitors = _monitor.MonitorCount,
                    LocalMsat = manager.Channels.Values.Aggregate(0UL, (sum, c) => sum + c.LocalMsat),
                    WalletMsat = _world.State.NodeWalletMsat,
                    PaymentsSent = counts.PaymentsSent,
                    PaymentsFailed = counts.PaymentsFailed,
                    PaymentsReceived = counts.PaymentsReceived,
                    PaymentsForwarded = counts.PaymentsForwarded,
                    Probes = counts.Probes,
                    HtlcsPending = manager.Channels.Values.Sum(c => c.Htlcs.Count),
                    OperationsPending = manager.Operations.Count,
                    EventsPending = manager.Events.Count + _monitor.PendingEvents + _onion.PendingEvents,
                    EventsHandled = _wallet.Ledger.Handled,
                    EventsRepeated = _wallet.Ledger.Repeated,
                    Pings = counts.Pings,
                    Disconnects = counts.Disconnects,
                    Rebroadcasts = counts.Rebroadcasts,
                    ChannelsClosed = counts.ChannelsClosed,
                    OutputsSwept = counts.OutputsSwept,
                    MonitorsArchived = counts.MonitorsArchived,
                    GraphChannels = _gossip.Graph.State.Channels.Count,
                    GossipSynced = _gossip.Synced,
                    GraphPruned = _gossip.Graph.Pruned,
                    ChannelsPenalized = _scorer.State.Penalties.Count,
                    OnionMessages = counts.OnionMessages,
                    OnionMessagesDropped = counts.OnionMessagesDropped,
                    LiquidityOrders = _liquidity.Orders,
                    Violations = _world.Violations.All,
                };
            }
        }
    }

    /// <summary>
    /// Moves the world on to a time. One call at a time. What the store does not take now is tried again with the next step; whatever a peer
    /// has learned is in the world's file before anything follows from it.
    /// </summary>
    public async Task StepAsync(DateTimeOffset now, CancellationToken cancellationToken = default)
    {
        int orders;
        lock (_world.Gate)
        {
            // Peers say what is in the world's file, so that none of it is unsaid by a crash.
            _peers.Schedule(now);
            foreach (var peer in _peers.Step(now))
                _onion.Connected(peer);
            while (_nextBlock <= now)
            {
                _world.Mine();
                _manager.BlockConnected();
                _monitor.BlockConnected();
                _nextBlock += _world.Settings.BlockInterval;
                // A suspend is not made up for.
                if (_nextBlock <= now - _world.Settings.BlockInterval * 10)
                    _nextBlock = now + _world.Settings.BlockInterval;
            }

            _world.EndJourneys(now);
            _gossip.Step(now);
            _traffic.Step(now);
            (orders, _traffic.Orders) = (_traffic.Orders, 0);
        }

        for (; orders > 0; orders--)
            _liquidity.Order();
        var told = await _monitor.CarryOutAsync(_peers.IsThere, now, cancellationToken);
        Save();
        lock (_world.Gate)
        {
            foreach (var operation in told)
                _manager.Delivered(operation);
        }

        _manager.Signal();
        _monitor.Signal();
        _onion.Signal();
        _gossip.Signal();
    }

    /// <summary>A peer stops answering until then: what upkeep should notice by its pings.</summary>
    public void SilencePeer(int index, DateTimeOffset until)
    {
        lock (_world.Gate)
            _peers.Silence(_world.State.Peers[index % _world.State.Peers.Length], until);
    }

    /// <summary>
    /// Everything that must hold at any moment and does not: amounts are conserved in each channel and in the whole world, node and peers
    /// agree wherever nothing is on its way between them, and none of <see cref="LightningStatus.Violations"/> happened.
    /// </summary>
    public ImmutableArray<string> Problems()
    {
        lock (_world.Gate)
        {
            var problems = _world.Violations.All.ToImmutableArray().ToBuilder();
            if (_world.State.SupplyMsat != _world.State.TotalMsat)
                problems.Add($"money: there were {_world.State.TotalMsat} msat in the world and now there are {_world.State.SupplyMsat}");
            var manager = _manager.State;
            foreach (var channel in manager.Channels.Values.Concat(_world.State.Channels.Values))
            {
                if (channel.Problem() is { } problem)
                    problems.Add(problem);
            }

            foreach (var mine in manager.Channels.Values.Where(c => !_manager.Stale.Contains(c.Id) && !manager.Operations.Any(o => o.Channel == c.Id)))
            {
                if (!_world.State.Channels.TryGetValue(mine.Id, out var theirs))
                    problems.Add($"channel {mine.Id}: the peer does not know it");
                else if (!mine.IsSameAs(theirs))
                    problems.Add($"channel {mine.Id}: the node is at {mine}, the peer at {theirs}");
            }

            return problems.ToImmutable();
        }
    }

    private void Save()
    {
        WorldState state;
        lock (_world.Gate)
            state = _world.State;
        if (ReferenceEquals(state, _saved))
            return;
        _file.Write(Encoding.Of(state));
        _saved = state;
    }

    private sealed record Loaded(
        WatchedStore Store,
        ManagerState Manager,
        ImmutableSortedDictionary<string, ChannelState> Monitors,
        GraphState Graph,
        ScorerState Scorer,
        SweeperState Sweeper,
        LiquidityState Liquidity);
}
