namespace ActorNode.Upkeep;

/// <summary>
/// Tells a sleep of the machine from the passing of time, by two clocks: one that stands still during a suspend goes ahead less than the time
/// of day; one that does not shows that the heartbeat came late. Pure.
/// </summary>
/// <param name="Wall">The time of day at the last look.</param>
/// <param name="Monotonic">The monotonic clock then.</param>
internal readonly record struct SleepGauge(DateTimeOffset Wall, TimeSpan Monotonic)
{
    /// <summary>How long the machine slept since the last look, at which a heartbeat was to follow; zero: it did not.</summary>
    public TimeSpan Gap(SleepGauge now, UpkeepSleepSettings settings)
    {
        var passed = now.Monotonic - Monotonic;
        var suspended = now.Wall - Wall - passed;
        var late = passed - settings.Heartbeat;
        var gap = suspended > late ? suspended : late;
        return gap > settings.Threshold ? gap : TimeSpan.Zero;
    }
}
