using ActorNode.Protocol.Forging;

namespace ActorNode.Forging.Delegates;

/// <summary>When a call of the signer is worth a warning, and when it has taken too long. Pure: the time is an argument.</summary>
internal readonly record struct CallWatch(DateTimeOffset StartedAt, TimeSpan Interval, TimeSpan? Timeout)
{
    public static CallWatch Of(SigningCall call, ForgingSettings settings) => new(
        call.StartedAt, settings.DutyDuration / (call.Task.Duty.Kind == ForgeKind.Block ? 2 : 3), settings.SigningTimeout);

    public bool IsLate(DateTimeOffset now) => now - StartedAt >= Interval;

    public bool IsTimedOut(DateTimeOffset now) => Timeout is { } timeout && now - StartedAt >= timeout;

    /// <summary>How long until there is something to say: the next warning, or the timeout where it comes first.</summary>
    public TimeSpan UntilNext(DateTimeOffset now)
    {
        var elapsed = now - StartedAt;
        var warning = Interval * (Math.Floor(elapsed / Interval) + 1) - elapsed;
        return Timeout is { } timeout && timeout > elapsed && timeout - elapsed < warning ? timeout - elapsed : warning;
    }
}
