using Akka.Actor;

namespace ActorNode;

/// <summary>The actor system's clock as a <see cref="TimeProvider"/>: a test scheduler that moves timers moves this clock with them.</summary>
public sealed class SchedulerClock(IScheduler scheduler) : TimeProvider
{
    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => scheduler.Now.ToUniversalTime();
}
