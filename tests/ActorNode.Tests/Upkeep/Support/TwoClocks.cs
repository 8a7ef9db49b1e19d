namespace ActorNode.Tests.Upkeep.Support;

/// <summary>A time of day and a monotonic clock that stand still until the test moves one of them or both. Thread-safe.</summary>
public sealed class TwoClocks : TimeProvider
{
    private long _wall = Tests.Support.Some.Time.UtcTicks;
    private long _monotonic = TimeSpan.TicksPerDay;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => new(Interlocked.Read(ref _wall), TimeSpan.Zero);

    public override long GetTimestamp() => Interlocked.Read(ref _monotonic);

    /// <summary>The machine is suspended: one of the clocks does not notice.</summary>
    public void Suspend(TimeSpan time) => Interlocked.Add(ref _wall, time.Ticks);

    /// <summary>Time passes.</summary>
    public void Pass(TimeSpan time)
    {
        Interlocked.Add(ref _wall, time.Ticks);
        Interlocked.Add(ref _monotonic, time.Ticks);
    }
}
