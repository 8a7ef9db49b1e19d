namespace ActorNode.Lightning.Simulation;

/// <summary>
/// What everybody wants: payments in all directions, probes, onion messages, orders for liquidity, channels opened and closed, peers that
/// fall silent. Runs under the world's gate, in steps.
/// </summary>
internal sealed class Traffic(
    World world, SimulatedChannelManager manager, SimulatedPeerManager peers, SimulatedGraph graph, SimulatedScorer scorer, SimulatedOnionMessenger onion, DateTimeOffset now)
{
    private readonly SimulationSettings _settings = world.Settings;
    private DateTimeOffset _last = now;
    private DateTimeOffset? _nextClose = now + world.Settings.CloseEvery;
    private DateTimeOffset? _nextSilence = now + world.Settings.PeerSilenceEvery;
    private double _owed;
    private bool _force;

    /// <summary>Orders for liquidity since the last look.</summary>
    public int Orders { get; set; }

    public void Step(DateTimeOffset now)
    {
        var elapsed = now - _last;
        _last = now;
        OpenMissing();
        if (_nextSilence <= now)
        {
            peers.Silence(Any(world.State.Peers), now + _settings.PeerSilence);
            _nextSilence = now + _settings.PeerSilenceEvery!.Value * (0.5 + world.Random.NextDouble());
        }

        if (_nextClose <= now && Usable().FirstOrDefault(c => c.Htlcs.IsEmpty) is { } idle)
        {
            manager.Close(idle.Id, _force = !_force);
            _nextClose = now + _settings.CloseEvery!.Value;
        }

        // A suspend is not made up for.
        _owed = Math.Min(_owed + elapsed.TotalSeconds * _settings.PaymentsPerSecond, Math.Max(_settings.PaymentsPerSecond, 1));
        for (; _owed >= 1; _owed--)
            Pay();
    }

    private void Pay()
    {
        var random = world.Random;
        var amount = (ulong)random.NextInt64(10_000, 5_000_000);
        var usable = Usable().ToArray();
        switch (random.NextDouble())
        {
            case < 0.40:
                Send(usable, amount, probe: false);
                break;
            case < 0.55:
                Send(usable, amount, probe: true);
                break;
            case < 0.80 when usable.Length > 0:
                world.Offer(Any(usable), forwardTo: null, amount);
                break;
            case < 0.94 when usable.Length > 0:
                world.Offer(Any(usable), Any(world.State.Peers), amount);
                break;
            case < 0.99:
                var peer = Any(world.State.Peers);
                onion.Carry(peer, peers.IsThere(peer));
                break;
            default:
                Orders++;
                break;
        }
    }

    private void Send(ChannelState[] usable, ulong amount, bool probe)
    {
        var nodes = graph.State.Channels.Values.SelectMany(c => new[] { c.NodeA, c.NodeB }).Distinct().ToArray();
        if (nodes.Length == 0)
            return;
        // Room for fees.
        var able = usable.Where(c => c.LocalMsat > amount * 2);
        if (Router.Find(graph.State, scorer.State, able, Any(nodes), amount) is { } route)
            manager.Send(route.Channel.Id, route.Path, route.TotalMsat, probe);
    }

    private void OpenMissing()
    {
        var state = manager.State;
        foreach (var peer in world.State.Peers.Where(p => peers.IsConnected(p) && !state.Channels.Values.Any(c => c.Peer == p)))
        {
            // What earlier fundings still take is not there either.
            var promised = (ulong)manager.State.Channels.Values.Count(c => !world.State.Channels.ContainsKey(c.Id)) * World.CapacityMsat;
            if (Math.Min(world.State.NodeWalletMsat, world.State.PeersWalletMsat) >= promised + World.CapacityMsat)
                manager.Open(peer);
        }
    }

    private IEnumerable<ChannelState> Usable() =>
        manager.State.Channels.Values.Where(c => c.Stage == ChannelStage.Open && peers.IsConnected(c.Peer) && !manager.Stale.Contains(c.Id) && world.State.Channels.ContainsKey(c.Id));

    private T Any<T>(IReadOnlyList<T> from) => from[world.Random.Next(from.Count)];
}
