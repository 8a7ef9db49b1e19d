using Akka.Actor.Internal;
using Akka.Util;

namespace Akka.Actor;

/// <summary>The decision about a failed child concerns all children: for those that cannot do without each other.</summary>
public class AllForOneStrategy : SupervisorStrategy, IEquatable<AllForOneStrategy>
{
    private readonly IDecider _decider;

    /// <param name="maxNrOfRetries">Restarts allowed in the window, or for life without one; null or -1 for no limit.</param>
    /// <param name="withinTimeRange">The window; null for none.</param>
    /// <param name="localOnlyDecider">Maps the exception to a directive.</param>
    public AllForOneStrategy(int? maxNrOfRetries, TimeSpan? withinTimeRange, Func<Exception, Directive> localOnlyDecider)
        : this(maxNrOfRetries, withinTimeRange, Akka.Actor.Decider.From(localOnlyDecider))
    {
    }

    public AllForOneStrategy(int? maxNrOfRetries, TimeSpan? withinTimeRange, IDecider decider)
        : this(maxNrOfRetries ?? -1, Milliseconds(withinTimeRange), decider)
    {
    }

    public AllForOneStrategy(int maxNrOfRetries, int withinTimeMilliseconds, Func<Exception, Directive> localOnlyDecider, bool loggingEnabled = true)
        : this(maxNrOfRetries, withinTimeMilliseconds, Akka.Actor.Decider.From(localOnlyDecider), loggingEnabled)
    {
    }

    public AllForOneStrategy(int maxNrOfRetries, int withinTimeMilliseconds, IDecider decider, bool loggingEnabled = true)
    {
        MaxNumberOfRetries = maxNrOfRetries;
        WithinTimeRangeMilliseconds = withinTimeMilliseconds;
        _decider = decider;
        LoggingEnabled = loggingEnabled;
    }

    public AllForOneStrategy(Func<Exception, Directive> localOnlyDecider) : this(-1, -1, localOnlyDecider)
    {
    }

    public AllForOneStrategy(IDecider decider) : this(-1, -1, decider)
    {
    }

    protected AllForOneStrategy() : this(DefaultDecider)
    {
    }

    public override IDecider Decider => _decider;

    public int MaxNumberOfRetries { get; }

    public int WithinTimeRangeMilliseconds { get; }

    protected override Directive Handle(IActorRef child, Exception exception) => _decider.Decide(exception);

    public override void ProcessFailure(IActorContext context, bool restart, IActorRef child, Exception cause, ChildRestartStats stats,
        IReadOnlyCollection<ChildRestartStats> children)
    {
        // Each child counts the restart, also those after one that is over its limit.
        var permitted = restart;
        foreach (var sibling in children)
            permitted &= restart && sibling.RequestRestartPermission(MaxNumberOfRetries, WithinTimeRangeMilliseconds);
        foreach (var sibling in children)
        {
            if (permitted)
                RestartChild(sibling.Child, cause, suspendFirst: !child.Equals(sibling.Child));
            else
                context.Stop(sibling.Child);
        }
    }

    public override void HandleChildTerminated(IActorContext actorContext, IActorRef child, IEnumerable<IInternalActorRef> children)
    {
    }

    public override ISurrogate ToSurrogate(ActorSystem system) => _decider is LocalOnlyDecider
        ? throw new NotSupportedException("Can not serialize LocalOnlyDecider")
        : new AllForOneStrategySurrogate
        {
            Decider = _decider,
            LoggingEnabled = LoggingEnabled,
            MaxNumberOfRetries = MaxNumberOfRetries,
            WithinTimeRangeMilliseconds = WithinTimeRangeMilliseconds
        };

    public bool Equals(AllForOneStrategy? other) =>
        other is not null && MaxNumberOfRetries == other.MaxNumberOfRetries
        && WithinTimeRangeMilliseconds == other.WithinTimeRangeMilliseconds && Equals(_decider, other._decider);

    public override bool Equals(object? obj) => Equals(obj as AllForOneStrategy);

    public override int GetHashCode() => HashCode.Combine(MaxNumberOfRetries, WithinTimeRangeMilliseconds, _decider);

    private static int Milliseconds(TimeSpan? window) =>
        window is { } time && time != Timeout.InfiniteTimeSpan ? (int)Math.Min(time.TotalMilliseconds, int.MaxValue) : -1;

    public class AllForOneStrategySurrogate : ISurrogate
    {
        public int MaxNumberOfRetries { get; set; }

        public int WithinTimeRangeMilliseconds { get; set; }

        public IDecider Decider { get; set; } = DefaultDecider;

        public bool LoggingEnabled { get; set; }

        public ISurrogated FromSurrogate(ActorSystem system) =>
            new AllForOneStrategy(MaxNumberOfRetries, WithinTimeRangeMilliseconds, Decider, LoggingEnabled);
    }
}
