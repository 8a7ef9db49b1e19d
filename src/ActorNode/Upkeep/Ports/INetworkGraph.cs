namespace ActorNode.Upkeep;

/// <summary>What is known of the public network. LDK: <c>NetworkGraph</c>. Members are thread-safe: pruning runs beside the loop.</summary>
public interface INetworkGraph
{
    /// <summary>Learns from a failed payment. LDK: <c>handle_network_update</c>.</summary>
    void HandleNetworkUpdate(NetworkUpdate update);

    /// <summary>
    /// Drops updates older than 14 days, channels whose announcement is that old and that lack a direction, and forgets removed ones after
    /// 7 days. LDK: <c>remove_stale_channels_and_tracking_with_time</c>.
    /// </summary>
    /// <param name="currentTimeUnix">Seconds since 1970.</param>
    void RemoveStaleChannelsAndTrackingWithTime(ulong currentTimeUnix);

    /// <summary>The whole graph, as it is now. LDK: <c>encode</c>.</summary>
    ReadOnlyMemory<byte> Encode();
}

/// <summary>Where gossip comes from. LDK: <c>GossipSync</c>.</summary>
public interface IGossipSync
{
    /// <summary>Raised, on any thread, when something learned in the background is to be looked at. LDK: <c>validation_completion_future</c>.</summary>
    event Action? ValidationCompleted;

    /// <summary>The graph it feeds. LDK: <c>network_graph</c>.</summary>
    INetworkGraph NetworkGraph { get; }

    /// <summary>
    /// The graph, once it may be pruned; null before the first rapid-gossip sync is complete, when stale channels are all that is known. With
    /// gossip from peers always the graph. Any thread. LDK: <c>prunable_network_graph</c>.
    /// </summary>
    INetworkGraph? PrunableNetworkGraph { get; }

    /// <summary>Whether it is rapid gossip, whose first prune follows the first sync at once rather than a timer.</summary>
    bool IsRapid { get; }
}
