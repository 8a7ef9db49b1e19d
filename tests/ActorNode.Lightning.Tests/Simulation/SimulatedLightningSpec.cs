using ActorNode.Lightning.Simulation;
using ActorNode.Lightning.Tests.Support;
using ActorNode.Upkeep;
using Xunit;

namespace ActorNode.Lightning.Tests.Simulation;

/// <summary>The simulated node under upkeep: what happens in it, and that what must hold does.</summary>
public sealed class SimulatedLightningSpec
{
    private static readonly SimulationSettings Busy = new()
    {
        PaymentsPerSecond = 20,
        CloseEvery = TimeSpan.FromSeconds(10),
        PeerSilenceEvery = TimeSpan.FromSeconds(20),
        PeerSilence = TimeSpan.FromSeconds(12),
    };

    [Theory(DisplayName = "In three minutes everything there is happens, and at each step all money is there and node and peers agree")]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Everything_happens(int seed)
    {
        var node = await SimulatedNode.StartAsync(Busy with { Seed = seed });
        for (var i = 0; i < 3_600; i++)
        {
            await node.PassAsync();
            Assert.Empty(node.Lightning.Problems());
        }

        var status = node.Lightning.Status;
        Assert.All(
            new[]
            {
                (nameof(status.PaymentsSent), status.PaymentsSent),
                (nameof(status.PaymentsFailed), status.PaymentsFailed),
                (nameof(status.PaymentsReceived), status.PaymentsReceived),
                (nameof(status.PaymentsForwarded), status.PaymentsForwarded),
                (nameof(status.Probes), status.Probes),
                (nameof(status.ChannelsClosed), status.ChannelsClosed),
                (nameof(status.OutputsSwept), status.OutputsSwept),
                (nameof(status.MonitorsArchived), status.MonitorsArchived),
                (nameof(status.Disconnects), status.Disconnects),
                (nameof(status.OnionMessages), status.OnionMessages),
                (nameof(status.LiquidityOrders), status.LiquidityOrders),
                (nameof(status.ChannelsPenalized), status.ChannelsPenalized),
                (nameof(status.GraphPruned), status.GraphPruned),
            },
            count => Assert.True(count.Item2 > 0, $"{count.Item1} is {count.Item2}"));
        Assert.Equal(0, status.EventsRepeated);
    }

    [Fact(DisplayName = "With the same seed and the same calls the same happens, with another seed something else")]
    public async Task Deterministic()
    {
        async Task<byte[]> RunAsync(int seed)
        {
            var node = await SimulatedNode.StartAsync(Busy with { Seed = seed });
            await node.RunAsync(TimeSpan.FromSeconds(20));
            return node.Ports.ChannelManager.Encode().ToArray();
        }

        var once = await RunAsync(7);
        Assert.Equal(once, await RunAsync(7));
        Assert.NotEqual(once, await RunAsync(8));
    }

    [Fact(DisplayName = "A flush before the manager that knows of the operation was persisted is a violation, and the peer does not learn of it")]
    public async Task Flush_too_early()
    {
        var node = await SimulatedNode.StartAsync();
        await node.RunAsync(TimeSpan.FromSeconds(5));
        await node.PassAsync(crashBefore: 3);
        while (node.Ports.ChainMonitor.PendingOperationCount == 0)
            await node.PassAsync(crashBefore: 3);

        node.Ports.ChainMonitor.Flush(1);

        Assert.Contains("before a manager that knows of it was persisted", Assert.Single(node.Lightning.Problems()), StringComparison.Ordinal);
        Assert.NotEqual(0, node.Ports.ChainMonitor.PendingOperationCount);
    }

    [Fact(DisplayName = "A flush of more operations than are pending is a violation")]
    public async Task Flush_too_much()
    {
        var node = await SimulatedNode.StartAsync();
        node.Ports.ChainMonitor.Flush(1);
        Assert.Equal("flush: 1 operations were asked for, but 0 are pending", Assert.Single(node.Lightning.Problems()));
    }

    [Fact(DisplayName = "An older manager that is written over a newer one is a violation")]
    public async Task Older_manager()
    {
        var node = await SimulatedNode.StartAsync();
        var old = node.Ports.ChannelManager.Encode();
        await node.RunAsync(TimeSpan.FromSeconds(5));
        await node.Ports.Store.WriteAsync(UpkeepKey.Manager, old, default);
        Assert.Contains("was written after one that knows", Assert.Single(node.Lightning.Problems()), StringComparison.Ordinal);
    }

    [Theory(DisplayName = "After a crash at any point of a pass the node goes on from what it persisted: nothing is lost, node and peers agree (150 crashes)")]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Crashes(int seed)
    {
        var random = new Random(seed);
        var node = await SimulatedNode.StartAsync(Busy with { Seed = seed });
        for (var crash = 0; crash < 150; crash++)
        {
            for (var passes = random.Next(1, 60); passes > 0; passes--)
                await node.PassAsync();
            await node.PassAsync(crashBefore: random.Next(SimulatedNode.Points));
            Assert.Empty(node.Lightning.Problems());
            await node.RestartAsync();
        }

        await node.UntilAsync(s => s is { ChannelsOpen: > 0, PaymentsSent: > 5, PaymentsReceived: > 5 }, "at work after the last crash");
        Assert.Empty(node.Lightning.Problems());
    }

    [Theory(DisplayName = "A node that comes back with an old manager is told so: by its monitors, and without them by channel_reestablish of its peers")]
    [InlineData(true, "its monitor is at commitment")]
    [InlineData(false, "channel_reestablish: the peer is at commitment")]
    public async Task Old_manager(bool monitors, string expected)
    {
        var node = await SimulatedNode.StartAsync();
        await node.UntilAsync(s => s.ChannelsOpen == 4, "open");
        var old = node.Store.Values;
        await node.UntilAsync(s => s.PaymentsSent > 20, "paying");
        node.Store.Values = monitors ? node.Store.Values.SetItem(UpkeepKey.Manager, old[UpkeepKey.Manager]) : old;

        await node.RestartAsync();
        await node.RunAsync(TimeSpan.FromSeconds(1));

        var problems = node.Lightning.Problems();
        Assert.Contains(problems, p => p.Contains("state lost: " + expected, StringComparison.Ordinal));
        // The money of those channels is not touched with the old state.
        await node.RunAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(problems.Length, node.Lightning.Problems().Length);
    }

    [Fact(DisplayName = "A peer that stops answering is disconnected at the second tick, and connects again when it answers")]
    public async Task Silent_peer()
    {
        var node = await SimulatedNode.StartAsync(new SimulationSettings { PeerSilenceEvery = null });
        await node.UntilAsync(s => s.ChannelsOpen == 4, "open");
        node.Lightning.SilencePeer(0, node.Now + TimeSpan.FromSeconds(30));
        await node.UntilAsync(s => s.PeersConnected == 3, "without the silent peer");
        Assert.Equal(1, node.Lightning.Status.Disconnects);
        await node.UntilAsync(s => s.PeersConnected == 4, "complete again");
        Assert.Empty(node.Lightning.Problems());
    }

    [Fact(DisplayName = "Two ticks in a row, without time to answer between them, disconnect healthy peers; after a while they are back")]
    public async Task Tick_burst()
    {
        var node = await SimulatedNode.StartAsync(new SimulationSettings { PeerSilenceEvery = null });
        await node.UntilAsync(s => s.PeersConnected == 4, "connected");
        node.Ports.PeerManager.TimerTickOccurred();
        node.Ports.PeerManager.TimerTickOccurred();
        Assert.Equal((0, 4L), (node.Lightning.Status.PeersConnected, node.Lightning.Status.Disconnects));
        await node.UntilAsync(s => s.PeersConnected == 4, "connected again");
        node.Ports.PeerManager.DisconnectAllPeers();
        Assert.Equal(8, node.Lightning.Status.Disconnects);
    }

    [Fact(DisplayName = "An event that is to be replayed comes again, the same, and those after it wait")]
    public async Task Replays()
    {
        var node = await SimulatedNode.StartAsync();
        var seen = new List<string>();
        node.Before = e =>
        {
            seen.Add(e.Id);
            return seen.Count < 4 ? EventResult.Replay("not now") : null;
        };
        await node.UntilAsync(s => s.EventsHandled > 2, "handled");
        Assert.Single(seen.Take(4).Distinct());
        Assert.Equal(seen.Count - 3, seen.Distinct().Count());
    }

    [Fact(DisplayName = "Every event reads back from its bytes as it was; bytes that are no event are not understood")]
    public async Task Reads_events()
    {
        var node = await SimulatedNode.StartAsync(Busy);
        var kinds = new HashSet<string>();
        node.Before = e =>
        {
            var again = node.Ports.ChannelManager.ReadEvent(e.Encode().Span)!;
            Assert.Equal((e.GetType(), e.Id, e.Kind), (again.GetType(), again.Id, again.Kind));
            Assert.Equal(e.Encode().ToArray(), again.Encode().ToArray());
            kinds.Add(e.Kind);
            return null;
        };
        await node.RunAsync(TimeSpan.FromMinutes(2));
        Assert.Equal(Enum.GetValues<EventKind>().Length, kinds.Count);
        Assert.Null(node.Ports.ChannelManager.ReadEvent("{}x"u8));
    }

    [Fact(DisplayName = "While the store does not work no peer learns of anything new; when it works again everything goes on")]
    public async Task Store_outage()
    {
        var node = await SimulatedNode.StartAsync(new SimulationSettings { PeerSilenceEvery = null, CloseEvery = null });
        await node.UntilAsync(s => s.PaymentsSent > 5, "paying");
        node.Store.Broken = true;
        await node.RunAsync(TimeSpan.FromSeconds(1));
        var sent = node.Lightning.Status.PaymentsSent;
        await node.RunAsync(TimeSpan.FromSeconds(20));
        Assert.InRange(node.Lightning.Status.PaymentsSent, sent, sent + 10);
        Assert.NotEqual(0, node.Lightning.Status.OperationsPending);
        node.Store.Broken = false;
        await node.UntilAsync(s => s.PaymentsSent > sent + 50, "paying again");
        Assert.Empty(node.Lightning.Problems());
    }

    [Fact(DisplayName = "A channel closed by force is claimed only by a transaction that was broadcast again with a higher fee, and then swept home")]
    public async Task Force_close()
    {
        var node = await SimulatedNode.StartAsync(new SimulationSettings { Peers = 1, PaymentsPerSecond = 0, CloseEvery = TimeSpan.FromSeconds(10), PeerSilenceEvery = null });
        var before = node.Lightning.Status.WalletMsat;
        node.Rebroadcasts = false;
        await node.UntilAsync(s => s.ChannelsClosed > 0, "closed");
        await node.RunAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(0, node.Lightning.Status.OutputsSwept);
        node.Rebroadcasts = true;
        await node.UntilAsync(s => s.OutputsSwept > 0, "swept");
        // It was half of a channel; all but the fees is back, and the next channel took its own.
        await node.UntilAsync(s => s.MonitorsArchived > 0, "archived");
        Assert.InRange(node.Lightning.Status.WalletMsat, before - World.CapacityMsat, before);
        Assert.Empty(node.Lightning.Problems());
    }

    [Fact(DisplayName = "Rapid gossip: nothing may be pruned before the first sync, which comes late; from then on the graph may")]
    public async Task Rapid_gossip()
    {
        var node = await SimulatedNode.StartAsync(new SimulationSettings { RapidGossip = true, FirstSyncAfter = TimeSpan.FromSeconds(5) });
        var gossip = node.Ports.GossipSync!;
        var completed = 0;
        gossip.ValidationCompleted += () => completed++;
        await node.RunAsync(TimeSpan.FromSeconds(4));
        Assert.True(gossip.IsRapid);
        Assert.Null(gossip.PrunableNetworkGraph);
        Assert.Equal(3, node.Lightning.Status.GraphChannels);

        await node.RunAsync(TimeSpan.FromSeconds(2));
        Assert.Same(gossip.NetworkGraph, gossip.PrunableNetworkGraph);
        Assert.Equal(1, completed);
        gossip.NetworkGraph.RemoveStaleChannelsAndTrackingWithTime((ulong)node.Now.ToUnixTimeSeconds());
        Assert.Equal(3, node.Lightning.Status.GraphPruned);
    }
}
