namespace ActorNode.Upkeep;

/// <summary>
/// Watches the chain for every channel and persists each channel's monitor by itself. LDK: <c>ChainMonitor</c>. Some of its operations are
/// deferred until the manager that knows of them is on disk.
/// </summary>
public interface IChainMonitor : IEventsProvider
{
    /// <summary>Raised, on any thread, when there are events to handle. LDK: <c>get_update_future</c>.</summary>
    event Action? UpdateNeeded;

    /// <summary>Broadcasts claims again that are not confirmed yet, with fresh fees. LDK: <c>rebroadcast_pending_claims</c>.</summary>
    void RebroadcastPendingClaims();

    /// <summary>How many deferred operations wait for the manager to be persisted. Any thread. LDK: <c>pending_operation_count</c>.</summary>
    int PendingOperationCount { get; }

    /// <summary>Carries out the oldest <paramref name="count"/> deferred operations: what the persisted manager knows of. LDK: <c>flush</c>.</summary>
    void Flush(int count);

    /// <summary>Moves the monitors of channels that are resolved for good aside. LDK: <c>archive_fully_resolved_channel_monitors</c>.</summary>
    void ArchiveFullyResolvedChannelMonitors();
}
