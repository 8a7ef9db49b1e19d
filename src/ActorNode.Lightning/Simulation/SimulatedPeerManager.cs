using ActorNode.Upkeep;

namespace ActorNode.Lightning.Simulation;

/// <summary>
/// The connections. A peer answers pings with the next step of the world, unless it has gone silent; what a peer says waits until upkeep
/// processes it. Members of the port take the world's gate; the others run under it.
/// </summary>
internal sealed class SimulatedPeerManager : IPeerManager
{
    private readonly World _world;
    private readonly SimulatedChannelManager _manager;
    private readonly SortedDictionary<string, Connection> _peers = new(StringComparer.Ordinal);

    public SimulatedPeerManager(World world, SimulatedChannelManager manager)
    {
        (_world, _manager) = (world, manager);
        foreach (var peer in world.State.Peers)
            _peers.Add(peer, new Connection());
    }

    /// <summary>Peers that are connected now.</summary>
    public int ConnectedCount => _peers.Values.Count(p => p.Connected);

    /// <inheritdoc/>
    public void ProcessEvents()
    {
        lock (_world.Gate)
        {
            foreach (var peer in _peers.Values)
            {
                while (peer.Inbound.TryDequeue(out var message))
                    _manager.Handle(message);
            }
        }

        _manager.Signal();
    }

    /// <inheritdoc/>
    public void TimerTickOccurred()
    {
        lock (_world.Gate)
        {
            foreach (var (id, peer) in _peers.Where(p => p.Value.Connected))
            {
                if (peer.AwaitingPong)
                {
                    Disconnect(id);
                    continue;
                }

                peer.AwaitingPong = true;
                _manager.Counts.Pings++;
            }
        }
    }

    /// <inheritdoc/>
    public void DisconnectAllPeers()
    {
        lock (_world.Gate)
        {
            foreach (var id in _peers.Keys)
                Disconnect(id);
        }
    }

    public bool IsConnected(string peer) => _peers[peer].Connected;

    /// <summary>Connected, and it answers.</summary>
    public bool IsThere(string peer) => _peers[peer] is { Connected: true, Silent: false };

    /// <summary>A peer stops answering until then.</summary>
    public void Silence(string peer, DateTimeOffset until) => _peers[peer].SilentUntil = until;

    /// <summary>Peers answer, speak, go silent, come back. Returns those that have just connected.</summary>
    public IReadOnlyList<string> Step(DateTimeOffset now)
    {
        var connected = new List<string>();
        foreach (var (id, peer) in _peers)
        {
            if (peer.SilentUntil <= now)
                peer.SilentUntil = null;
            if (peer.Silent)
                continue;
            peer.AwaitingPong = false;
            if (!peer.Connected && (peer.ReconnectAt ??= now) <= now)
            {
                peer.Connected = true;
                peer.Said.Clear();
                _manager.Reestablish(id);
                connected.Add(id);
            }

            if (peer.Connected)
                Speak(id, peer);
        }

        return connected;
    }

    /// <summary>Peers that lost their connection before now come back after a while.</summary>
    public void Schedule(DateTimeOffset now)
    {
        foreach (var peer in _peers.Values.Where(p => p is { Connected: false, ReconnectAt: null, WasConnected: true }))
            peer.ReconnectAt = now + _world.Settings.ReconnectAfter;
    }

    private void Speak(string id, Connection peer)
    {
        var channels = _world.State.Channels;
        foreach (var message in _world.State.Outbox)
        {
            // What channel_reestablish showed that the node knows already is not said again.
            if (channels.TryGetValue(message.Channel, out var channel) && channel.Peer == id && peer.Said.Add(message.Id) && !_manager.Knows(message))
                peer.Inbound.Enqueue(message);
        }

        if (peer.Said.Count > 1_000)
            peer.Said.IntersectWith(_world.State.Outbox.Select(m => m.Id));
    }

    private void Disconnect(string id)
    {
        var peer = _peers[id];
        if (!peer.Connected)
            return;
        peer.Connected = peer.AwaitingPong = false;
        peer.WasConnected = true;
        peer.ReconnectAt = null;
        peer.Inbound.Clear();
        _manager.Counts.Disconnects++;
    }

    private sealed class Connection
    {
        public bool Connected { get; set; }

        public bool WasConnected { get; set; }

        public bool AwaitingPong { get; set; }

        public DateTimeOffset? SilentUntil { get; set; }

        public bool Silent => SilentUntil is not null;

        public DateTimeOffset? ReconnectAt { get; set; }

        public Queue<PeerMessage> Inbound { get; } = new();

        /// <summary>What it said since it connected.</summary>
        public HashSet<string> Said { get; } = new(StringComparer.Ordinal);
    }
}
