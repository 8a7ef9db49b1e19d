using ActorNode.Lightning.Simulation;
using ActorNode.Upkeep;
using Xunit;

namespace ActorNode.Lightning.Tests.Simulation;

public sealed class SimulatedGraphSpec
{
    private const long Day = 24 * 3_600;
    private const long Now = 1_000 * Day;

    [Theory(DisplayName = "Pruning: a channel goes when a direction is missing or older than 14 days and its announcement is that old")]
    [InlineData(100, 1, 1, true)]
    [InlineData(100, 14, 14, true)]
    [InlineData(100, 15, 1, false)]
    [InlineData(100, null, 1, false)]
    [InlineData(100, 15, 15, false)]
    [InlineData(14, null, null, true)]
    [InlineData(15, null, null, false)]
    public void Prunes(int announcedDaysAgo, int? updateADaysAgo, int? updateBDaysAgo, bool stays)
    {
        var graph = Graph(new GossipChannel(1, "a", "b", 1, Now - announcedDaysAgo * Day, Now - updateADaysAgo * Day, Now - updateBDaysAgo * Day));
        graph.RemoveStaleChannelsAndTrackingWithTime(Now);
        Assert.Equal((stays ? 1 : 0, stays ? 0L : 1L), (graph.State.Channels.Count, graph.Pruned));
    }

    [Fact(DisplayName = "Pruning: an update older than 14 days is dropped although its channel stays")]
    public void Drops_direction()
    {
        var graph = Graph(new GossipChannel(1, "a", "b", 1, Now - Day, Now - 15 * Day, Now));
        graph.RemoveStaleChannelsAndTrackingWithTime(Now);
        Assert.Null(graph.State.Channels[1].UpdateA);
        Assert.NotNull(graph.State.Channels[1].UpdateB);
    }

    [Theory(DisplayName = "Pruning does nothing when the clock is before the 15th of January 1970 or beyond 32 bits")]
    [InlineData(0UL)]
    [InlineData(14UL * Day - 1)]
    [InlineData(uint.MaxValue + 1UL)]
    public void Wrong_clock(ulong time)
    {
        var graph = Graph(new GossipChannel(1, "a", "b", 1, -Now, null, null));
        graph.RemoveStaleChannelsAndTrackingWithTime(time);
        Assert.Single(graph.State.Channels);
    }

    [Fact(DisplayName = "A channel that failed for good is not believed again until 7 days after the prune that noted it; one that failed for a while is not used")]
    public void Failures()
    {
        var channel = new GossipChannel(1, "a", "b", 1, Now, Now, Now);
        var graph = Graph(channel);
        graph.HandleNetworkUpdate(new NetworkUpdate.ChannelFailure(1, IsPermanent: false));
        Assert.True(graph.State.Channels[1].Disabled);
        graph.HandleNetworkUpdate(new NetworkUpdate.ChannelFailure(1, IsPermanent: true));
        graph.RemoveStaleChannelsAndTrackingWithTime(Now);
        graph.RemoveStaleChannelsAndTrackingWithTime(Now + 7 * Day);
        graph.Learn([channel]);
        Assert.Empty(graph.State.Channels);
        graph.RemoveStaleChannelsAndTrackingWithTime(Now + 7 * Day + 1);
        graph.Learn([channel]);
        Assert.Single(graph.State.Channels);
        graph.HandleNetworkUpdate(new NetworkUpdate.NodeFailure("b", IsPermanent: true));
        Assert.Empty(graph.State.Channels);
    }

    [Fact(DisplayName = "A graph and a scorer read back from their bytes as they were")]
    public void Reads_back()
    {
        var graph = Graph(new GossipChannel(1, "a", "b", 1, Now, Now, null));
        graph.HandleNetworkUpdate(new NetworkUpdate.ChannelFailure(2, IsPermanent: true));
        Assert.Equal(graph.Encode().ToArray(), new SimulatedGraph(Encoding.Graph(graph.Encode())).Encode().ToArray());

        var scorer = new SimulatedScorer(ScorerState.Empty);
        scorer.PaymentPathFailed(new PaymentPath([new PathHop("a", 1, 1, 1), new PathHop("b", 2, 1, 1)]), 2, TimeSpan.Zero);
        scorer.TimePassed(TimeSpan.FromDays(1));
        scorer.TimePassed(TimeSpan.FromDays(1) + TimeSpan.FromMinutes(10));
        Assert.Equal([KeyValuePair.Create(2UL, 5.0)], Encoding.Scorer(scorer.Encode()).Penalties);
    }

    private static SimulatedGraph Graph(GossipChannel channel) => new(GraphState.Empty with { Channels = GraphState.Empty.Channels.Add(channel.ShortChannelId, channel) });
}
