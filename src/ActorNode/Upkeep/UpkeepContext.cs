namespace ActorNode.Upkeep;

/// <summary>What the actors of upkeep share. Nothing in it changes.</summary>
/// <param name="Ports">What is taken care of.</param>
/// <param name="Settings">How.</param>
/// <param name="Clock">The time of ticks and of everything that is shown.</param>
/// <param name="SleepClock">
/// Time of day and monotonic clock, by which a sleep of the machine is told from the passing of time. In virtual time it is another one than
/// <paramref name="Clock"/>: moving that one on looks like a sleep.
/// </param>
/// <param name="Random">Spreads waits; thread-safe.</param>
public sealed record UpkeepContext(UpkeepPorts Ports, UpkeepSettings Settings, TimeProvider Clock, TimeProvider SleepClock, Random Random);
