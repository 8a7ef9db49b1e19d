using ActorNode.Configuration;
using ActorNode.Upkeep.Store;

namespace ActorNode.Upkeep;

/// <summary>Settings of channel upkeep: the section <c>actornode.upkeep</c>.</summary>
public sealed record UpkeepSettings : ISettingsRules
{
    /// <summary>How often what runs.</summary>
    public UpkeepTickSettings Ticks { get; init; } = new();

    /// <summary>The event pump.</summary>
    public UpkeepEventSettings Events { get; init; } = new();

    /// <summary>How objects are written.</summary>
    public UpkeepPersistenceSettings Persistence { get; init; } = new();

    /// <summary>Where the objects are kept.</summary>
    public UpkeepStoreSettings Store { get; init; } = new();

    /// <summary>How a sleep of the machine is noticed.</summary>
    public UpkeepSleepSettings Sleep { get; init; } = new();

    /// <summary>Wait before the first restart of a failed loop; doubles with each further one in a row.</summary>
    [InRange("1 ms", "1 d")]
    public TimeSpan MinBackoff { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest wait before a restart.</summary>
    [InRange("1 ms", "1 d")]
    public TimeSpan MaxBackoff { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>By which part of itself a wait before a restart is lengthened at random, at most.</summary>
    [InRange("0", "1")]
    public double Jitter { get; init; } = 0.2;

    /// <summary>A loop that ran for so long starts its restarts in a row anew.</summary>
    [InRange("1 s", "30 d")]
    public TimeSpan StableAfter { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Restarts in a row before upkeep is given up.</summary>
    [InRange("0", "1000000000")]
    public int MaxRestarts { get; init; } = 10;

    /// <summary>Whether the node stops, in failure, when upkeep is given up. Otherwise it goes on, not ready.</summary>
    public bool StopNodeWhenGivenUp { get; init; } = true;

    /// <summary>The time for the last things of a stopping node, from the request to the last write.</summary>
    [InRange("1 s", "1 h")]
    public TimeSpan FinalTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <inheritdoc/>
    public IEnumerable<(string Key, string Rule)> Problems()
    {
        if (MinBackoff > MaxBackoff)
            yield return ("min-backoff", "is longer than max-backoff");
        if (Events.StopGrace >= FinalTimeout)
            yield return ("events.stop-grace", "is not shorter than final-timeout, so nothing would be left for the writes");
    }
}

/// <summary>The periodic work: the section <c>actornode.upkeep.ticks</c>. Fixed delays, from the end of one run to the start of the next.</summary>
public sealed record UpkeepTickSettings
{
    /// <summary>The longest wait between two passes of the loop when nothing calls for one.</summary>
    [InRange("1 ms", "1 m")]
    public TimeSpan IdleWait { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The channel manager's tick.</summary>
    [InRange("10 ms", "1 d")]
    public TimeSpan Freshness { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The peer manager's tick: pings, and the time that a peer has to answer.</summary>
    [InRange("10 ms", "1 d")]
    public TimeSpan Ping { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The onion messenger's tick.</summary>
    [InRange("10 ms", "1 d")]
    public TimeSpan OnionMessages { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>From the start to the first pruning of a graph that peers feed.</summary>
    [InRange("10 ms", "1 d")]
    public TimeSpan FirstPrune { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The further prunings of the network graph.</summary>
    [InRange("10 ms", "30 d")]
    public TimeSpan Prune { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Fading and saving of the scorer.</summary>
    [InRange("10 ms", "1 d")]
    public TimeSpan Scorer { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Broadcasting claims again that are not confirmed.</summary>
    [InRange("10 ms", "1 d")]
    public TimeSpan Rebroadcast { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The sweeper.</summary>
    [InRange("10 ms", "1 d")]
    public TimeSpan Sweep { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>From the start to the first archiving of monitors that are done.</summary>
    [InRange("0", "1 d")]
    public TimeSpan FirstArchive { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>The further archivings of monitors.</summary>
    [InRange("10 ms", "1 d")]
    public TimeSpan Archive { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>From the start to the first batch of HTLC forwards; the further delays are random, around 50 ms.</summary>
    [InRange("0", "1 d")]
    public TimeSpan FirstHtlcBatch { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Failures of one tick in a row that end the loop; fewer are logged and counted.</summary>
    [InRange("1", "1000000")]
    public int MaxFailures { get; init; } = 5;
}

/// <summary>Settings of the event pump: the section <c>actornode.upkeep.events</c>.</summary>
public sealed record UpkeepEventSettings : ISettingsRules
{
    /// <summary>The time the handler has for one event; then its token is cancelled and the event is replayed.</summary>
    [InRange("10 ms", "1 d")]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Wait before the first replay of an event; doubles with each further one.</summary>
    [InRange("1 ms", "1 h")]
    public TimeSpan MinBackoff { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Longest wait before a replay.</summary>
    [InRange("1 ms", "1 d")]
    public TimeSpan MaxBackoff { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Attempts before an event is parked for an operator's decision. Null: it is replayed for ever.</summary>
    [InRange("1", "1000000000")]
    public int? MaxAttempts { get; init; } = 20;

    /// <summary>The time that a handler has to end when the node stops.</summary>
    [InRange("0", "1 h")]
    public TimeSpan StopGrace { get; init; } = TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    public IEnumerable<(string Key, string Rule)> Problems()
    {
        if (MinBackoff > MaxBackoff)
            yield return ("min-backoff", "is longer than max-backoff");
    }
}

/// <summary>How objects are written: the section <c>actornode.upkeep.persistence</c>.</summary>
public sealed record UpkeepPersistenceSettings : ISettingsRules
{
    /// <summary>Further attempts at a failed write of the manager, and of what else is critical, before the loop ends with its error.</summary>
    [InRange("0", "1000000")]
    public int Retries { get; init; } = 5;

    /// <summary>Wait before the first of them; doubles with each further one.</summary>
    [InRange("1 ms", "1 h")]
    public TimeSpan MinBackoff { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Longest wait between two of them.</summary>
    [InRange("1 ms", "1 h")]
    public TimeSpan MaxBackoff { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>A write that did not end within this time has failed; whether it took effect is unknown, and it is made again.</summary>
    [InRange("10 ms", "1 h")]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Wait before a failed write of graph or scorer is tried again; doubles with each further one.</summary>
    [InRange("1 ms", "1 h")]
    public TimeSpan BestEffortMinBackoff { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest wait between two of them.</summary>
    [InRange("1 ms", "1 d")]
    public TimeSpan BestEffortMaxBackoff { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Whether the liquidity manager is critical, as the channel manager is. Otherwise a failure is logged and tried again.</summary>
    public bool LiquidityManagerIsCritical { get; init; } = true;

    /// <inheritdoc/>
    public IEnumerable<(string Key, string Rule)> Problems()
    {
        if (MinBackoff > MaxBackoff)
            yield return ("min-backoff", "is longer than max-backoff");
        if (BestEffortMinBackoff > BestEffortMaxBackoff)
            yield return ("best-effort-min-backoff", "is longer than best-effort-max-backoff");
    }
}

/// <summary>How a sleep of the machine is noticed: the section <c>actornode.upkeep.sleep</c>.</summary>
public sealed record UpkeepSleepSettings
{
    /// <summary>How often the clocks are looked at.</summary>
    [InRange("10 ms", "1 h")]
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The machine slept when a heartbeat is late by more than this, or the time of day went on by so much more than the monotonic clock.
    /// </summary>
    [InRange("10 ms", "1 d")]
    public TimeSpan Threshold { get; init; } = TimeSpan.FromSeconds(1);
}
