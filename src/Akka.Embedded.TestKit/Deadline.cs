using System.Diagnostics;

namespace Akka.TestKit;

/// <summary>A moment on the monotonic clock, or never.</summary>
internal readonly struct Deadline
{
    private readonly TimeSpan? _at;

    private Deadline(TimeSpan? at) => _at = at;

    /// <summary>Time since an arbitrary start, never going back.</summary>
    public static TimeSpan Now => Stopwatch.GetElapsedTime(0);

    /// <summary>What is left, never negative; infinite when there is no deadline.</summary>
    public TimeSpan Left => LeftAt(Now);

    public bool HasPassed => _at is { } at && Now >= at;

    /// <summary>What is left at a moment: the clock is read once, as a negative rest would mean for ever.</summary>
    public TimeSpan LeftAt(TimeSpan now) => _at is not { } at ? Timeout.InfiniteTimeSpan : at > now ? at - now : TimeSpan.Zero;

    /// <summary>A negative <paramref name="duration"/> means never.</summary>
    public static Deadline After(TimeSpan duration) => new(duration < TimeSpan.Zero ? null : Now + duration);
}
