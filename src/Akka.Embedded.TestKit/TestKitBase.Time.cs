using Akka.Actor;

namespace Akka.TestKit;

// Durations: what an expectation may take. Explicit ones and defaults are dilated by akka.test.timefactor, the rest of a Within is not.
public abstract partial class TestKitBase
{
    public TimeSpan Dilated(TimeSpan duration) =>
        duration < TimeSpan.Zero ? duration : duration * TestKitSettings.TestTimeFactor;

    /// <summary>What is left of the innermost Within; throws outside one.</summary>
    public TimeSpan Remaining => _end is { } end
        ? Positive(end - Now)
        : throw new InvalidOperationException("Remaining is known inside of Within only");

    /// <summary>What is left of the innermost Within, else <c>akka.test.single-expect-default</c>.</summary>
    public TimeSpan RemainingOrDefault => RemainingOr(Dilated(TestKitSettings.SingleExpectDefault));

    public TimeSpan RemainingOrDilated(TimeSpan? duration) => duration switch
    {
        null => RemainingOrDefault,
        { } given when given < TimeSpan.Zero => throw new ArgumentException("A duration must be finite and not negative", nameof(duration)),
        { } given => Dilated(given)
    };

    public TimeSpan GetTimeoutOrDefault(TimeSpan? timeout) => timeout ?? TestKitSettings.DefaultTimeout;

    /// <summary>How long event filters wait: what is left of the innermost Within, else <c>akka.test.filter-leeway</c>.</summary>
    internal TimeSpan LeewayOf(ActorSystem system) => RemainingOr(TestKitExtension.For(system).TestEventFilterLeeway);

    protected TimeSpan RemainingOr(TimeSpan duration) => _end is { } end ? Positive(end - Now) : duration;

    private static TimeSpan Positive(TimeSpan duration) => duration > TimeSpan.Zero ? duration : TimeSpan.Zero;

    private static TimeSpan PositiveFinite(TimeSpan duration, string name) => duration > TimeSpan.Zero
        ? duration
        : throw new ArgumentException($"{name} must be finite and positive, was {duration}", name);

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
