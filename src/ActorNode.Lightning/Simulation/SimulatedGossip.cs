using System.Collections.Immutable;
using ActorNode.Upkeep;

namespace ActorNode.Lightning.Simulation;

/// <summary>
/// Brings what happens in the public network to the graph: piece by piece from peers, or as snapshots, the first of which comes late. Both
/// begin with old news from a former life. <see cref="Step"/> runs under the world's gate.
/// </summary>
internal sealed class SimulatedGossip : IGossipSync
{
    private const int StaleChannels = 3;
    private static readonly TimeSpan StaleSince = TimeSpan.FromDays(15);

    private readonly World _world;
    private readonly DateTimeOffset _began;
    private DateTimeOffset _next;
    private volatile bool _synced;
    private bool _signal;

    public SimulatedGossip(World world, SimulatedGraph graph, DateTimeOffset now)
    {
        (_world, Graph, _began) = (world, graph, now);
        _next = world.Settings.RapidGossip ? now + world.Settings.FirstSyncAfter : now;
        if (graph.State.Channels.IsEmpty)
            graph.Learn(Stale(now - StaleSince));
    }

    /// <inheritdoc/>
    public event Action? ValidationCompleted;

    public SimulatedGraph Graph { get; }

    /// <inheritdoc/>
    public INetworkGraph NetworkGraph => Graph;

    /// <inheritdoc/>
    public INetworkGraph? PrunableNetworkGraph => !IsRapid || _synced ? Graph : null;

    /// <inheritdoc/>
    public bool IsRapid => _world.Settings.RapidGossip;

    /// <summary>Whether everything public was heard of once.</summary>
    public bool Synced => _synced;

    /// <summary>Gossip arrives when it is time; balances and outages of the network change with it.</summary>
    public void Step(DateTimeOffset now)
    {
        if (now < _next)
            return;
        _next = now + _world.Settings.GossipEvery;
        Shake(now);
        var network = _world.State.Network.Values;
        if (IsRapid || !_synced)
            Graph.Learn(network.Select(c => Heard(c, now)));
        else
            Graph.Learn(Pick(network.ToArray(), 3).Select(c => Heard(c, now)));
        _signal = !_synced || !IsRapid;
        _synced = true;
    }

    public void Signal()
    {
        lock (_world.Gate)
        {
            if (!_signal)
                return;
            _signal = false;
        }

        ValidationCompleted?.Invoke();
    }

    /// <summary>A channel is rebalanced, another one breaks for a while, and rarely one is closed and replaced.</summary>
    private void Shake(DateTimeOffset now)
    {
        var random = _world.Random;
        var network = _world.State.Network;
        foreach (var channel in Pick(network.Values.ToArray(), 2))
            network = network.SetItem(channel.ShortChannelId, channel with { BalanceA = (ulong)(channel.CapacityMsat * random.NextDouble()) });
        foreach (var channel in Pick(network.Values.ToArray(), 1))
            network = network.SetItem(channel.ShortChannelId, channel with { BrokenUntil = now + _world.Settings.GossipEvery * 3 });
        if (random.Next(10) == 0)
        {
            var old = Pick(network.Values.ToArray(), 1).Single();
            var id = World.ShortChannelId(_world.State.Height, (int)(_world.NextNumber() & 0xffff), 1);
            network = network.Remove(old.ShortChannelId).SetItem(id, old with { ShortChannelId = id, BrokenUntil = null });
        }

        _world.State = _world.State with { Network = network };
    }

    private GossipChannel Heard(NetworkChannel channel, DateTimeOffset now) => new(
        channel.ShortChannelId, channel.NodeA, channel.NodeB, channel.CapacityMsat, _began.ToUnixTimeSeconds(), now.ToUnixTimeSeconds(), now.ToUnixTimeSeconds());

    private IEnumerable<GossipChannel> Stale(DateTimeOffset at) => Enumerable.Range(0, StaleChannels).Select(i => new GossipChannel(
        World.ShortChannelId(600_000, i, 0),
        _world.State.Peers[0],
        _world.State.Peers[^1],
        World.CapacityMsat,
        at.ToUnixTimeSeconds(),
        at.ToUnixTimeSeconds(),
        UpdateB: null));

    private ImmutableArray<NetworkChannel> Pick(NetworkChannel[] from, int count)
    {
        _world.Random.Shuffle(from);
        return [.. from.Take(count)];
    }
}
