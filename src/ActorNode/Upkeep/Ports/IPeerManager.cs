namespace ActorNode.Upkeep;

/// <summary>The connections to peers. LDK: <c>PeerManager</c>.</summary>
public interface IPeerManager
{
    /// <summary>Sends what is waiting to be sent and handles what was received. May block on the manager. LDK: <c>process_events</c>.</summary>
    void ProcessEvents();

    /// <summary>
    /// Pings everybody, and disconnects those who did not answer since the last tick: two ticks in a row disconnect healthy peers. LDK:
    /// <c>timer_tick_occurred</c>.
    /// </summary>
    void TimerTickOccurred();

    /// <summary>Disconnects everybody, after a sleep of the machine: they have long given this node up. LDK: <c>disconnect_all_peers</c>.</summary>
    void DisconnectAllPeers();
}
