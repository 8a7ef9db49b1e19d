using System.Collections.Immutable;
using ActorNode.Upkeep;

namespace ActorNode.Lightning.Simulation;

/// <summary>A channel as gossip tells it. A direction without an update is unknown.</summary>
internal sealed record GossipChannel(
    ulong ShortChannelId, string NodeA, string NodeB, ulong CapacityMsat, long AnnouncedAt, long? UpdateA, long? UpdateB, bool Disabled = false)
{
    public string Other(string node) => node == NodeA ? NodeB : NodeA;
}

/// <summary>What is stored of a graph. Times are seconds since 1970.</summary>
internal sealed record GraphState
{
    public static readonly GraphState Empty = new();

    public ImmutableSortedDictionary<ulong, GossipChannel> Channels { get; init; } = ImmutableSortedDictionary<ulong, GossipChannel>.Empty;

    /// <summary>Channels that were removed, and when: late gossip about them is not believed. No time: removed since the last prune.</summary>
    public ImmutableSortedDictionary<ulong, long?> Removed { get; init; } = ImmutableSortedDictionary<ulong, long?>.Empty;

    /// <summary>Pruned by the rules of 14 and 7 days.</summary>
    public GraphState Prune(ulong now)
    {
        const long StaleAfter = 14 * 24 * 3_600;
        const long ForgetAfter = 7 * 24 * 3_600;
        if (now is > uint.MaxValue or < StaleAfter)
            return this;
        var time = (long)now;
        var channels = ImmutableSortedDictionary.CreateBuilder<ulong, GossipChannel>();
        var removed = Removed.ToBuilder();
        foreach (var (id, channel) in Channels)
        {
            var kept = channel with
            {
                UpdateA = channel.UpdateA < time - StaleAfter ? null : channel.UpdateA,
                UpdateB = channel.UpdateB < time - StaleAfter ? null : channel.UpdateB,
            };
            if ((kept.UpdateA is null || kept.UpdateB is null) && kept.AnnouncedAt < time - StaleAfter)
                removed[id] = time;
            else
                channels.Add(id, kept);
        }

        foreach (var (id, at) in Removed)
        {
            if (at is null)
                removed[id] = time;
            else if (at < time - ForgetAfter)
                removed.Remove(id);
        }

        return new GraphState { Channels = channels.ToImmutable(), Removed = removed.ToImmutable() };
    }
}

/// <summary>What the node knows of the public network. Thread-safe; its state is replaced as a whole.</summary>
internal sealed class SimulatedGraph(GraphState state) : INetworkGraph
{
    private GraphState _state = state;
    private long _pruned;

    public GraphState State => Volatile.Read(ref _state);

    /// <summary>Channels removed by pruning.</summary>
    public long Pruned => Interlocked.Read(ref _pruned);

    /// <inheritdoc/>
    public void HandleNetworkUpdate(NetworkUpdate update) => Change(state => update switch
    {
        NetworkUpdate.ChannelFailure { IsPermanent: true } failure => Remove(state, failure.ShortChannelId),
        NetworkUpdate.ChannelFailure failure when state.Channels.TryGetValue(failure.ShortChannelId, out var channel) =>
            state with { Channels = state.Channels.SetItem(channel.ShortChannelId, channel with { Disabled = true }) },
        NetworkUpdate.NodeFailure { IsPermanent: true } failure => state.Channels.Values
            .Where(c => c.NodeA == failure.NodeId || c.NodeB == failure.NodeId)
            .Aggregate(state, (next, channel) => Remove(next, channel.ShortChannelId)),
        _ => state,
    });

    /// <inheritdoc/>
    public void RemoveStaleChannelsAndTrackingWithTime(ulong currentTimeUnix)
    {
        var removed = 0;
        Change(state =>
        {
            var next = state.Prune(currentTimeUnix);
            removed = state.Channels.Count - next.Channels.Count;
            return next;
        });
        Interlocked.Add(ref _pruned, removed);
    }

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> Encode() => Encoding.Of(State);

    /// <summary>Takes gossip over: channels that are news, and newer updates. What was removed lately is not believed.</summary>
    public void Learn(IEnumerable<GossipChannel> gossip) => Change(state => state with
    {
        Channels = state.Channels.SetItems(gossip.Where(c => !state.Removed.ContainsKey(c.ShortChannelId)).Select(c => KeyValuePair.Create(c.ShortChannelId, c))),
    });

    private static GraphState Remove(GraphState state, ulong channel) => !state.Channels.ContainsKey(channel) ? state : new GraphState
    {
        Channels = state.Channels.Remove(channel),
        Removed = state.Removed.SetItem(channel, null),
    };

    private void Change(Func<GraphState, GraphState> change)
    {
        for (var before = State; ; before = State)
        {
            if (Interlocked.CompareExchange(ref _state, change(before), before) == before)
                return;
        }
    }
}
