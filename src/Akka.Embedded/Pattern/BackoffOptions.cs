using Akka.Actor;

namespace Akka.Pattern;

/// <summary>When the restart count goes back to zero.</summary>
public interface IBackoffReset;

/// <summary>Once the child has lived so long.</summary>
internal sealed record AutoReset(TimeSpan ResetBackoff) : IBackoffReset;

/// <summary>When the child says so.</summary>
internal sealed record ManualReset : IBackoffReset;

/// <summary>Supervisors that start a child again after a growing delay.</summary>
public static class Backoff
{
    /// <summary>After the child has stopped, for whatever reason.</summary>
    public static BackoffOptions OnStop(Props childProps, string childName, TimeSpan minBackoff, TimeSpan maxBackoff, double randomFactor) =>
        OnStop(childProps, childName, minBackoff, maxBackoff, randomFactor, -1);

    public static BackoffOptions OnStop(Props childProps, string childName, TimeSpan minBackoff, TimeSpan maxBackoff, double randomFactor,
        int maxNrOfRetries) =>
        new BackoffOptionsImpl(OnFailure: false, childProps, childName, minBackoff, maxBackoff, randomFactor).WithMaxNrOfRetries(maxNrOfRetries);

    /// <summary>After the child has failed and its restart was decided; a child that stops itself takes the supervisor along.</summary>
    public static BackoffOptions OnFailure(Props childProps, string childName, TimeSpan minBackoff, TimeSpan maxBackoff, double randomFactor) =>
        OnFailure(childProps, childName, minBackoff, maxBackoff, randomFactor, -1);

    public static BackoffOptions OnFailure(Props childProps, string childName, TimeSpan minBackoff, TimeSpan maxBackoff, double randomFactor,
        int maxNrOfRetries) =>
        new BackoffOptionsImpl(OnFailure: true, childProps, childName, minBackoff, maxBackoff, randomFactor).WithMaxNrOfRetries(maxNrOfRetries);
}

public abstract class BackoffOptions
{
    /// <summary>The count goes back to zero when the child has lived for this time.</summary>
    public abstract BackoffOptions WithAutoReset(TimeSpan resetBackoff);

    /// <summary>The count goes back to zero when the child sends BackoffSupervisor.Reset.</summary>
    public abstract BackoffOptions WithManualReset();

    public abstract BackoffOptions WithSupervisorStrategy(OneForOneStrategy supervisorStrategy);

    /// <summary>Stops the child at any failure; for OnStop it then comes back after the delay.</summary>
    public abstract BackoffOptions WithDefaultStoppingStrategy();

    /// <summary>The answer to messages that come while the child is down; without it they are dead letters.</summary>
    public abstract BackoffOptions WithReplyWhileStopped(object replyWhileStopped);

    /// <summary>After a message that the predicate accepts the child's end is the supervisor's too.</summary>
    public abstract BackoffOptions WithFinalStopMessage(Func<object, bool> isFinalStopMessage);

    /// <summary>-1 for no limit.</summary>
    public abstract BackoffOptions WithMaxNrOfRetries(int maxNrOfRetries);

    internal abstract Props Props { get; }
}

internal sealed record BackoffOptionsImpl(bool OnFailure, Props ChildProps, string ChildName, TimeSpan MinBackoff, TimeSpan MaxBackoff, double RandomFactor)
{
    public IBackoffReset? Reset { get; init; }

    public OneForOneStrategy Strategy { get; init; } = new(SupervisorStrategy.DefaultDecider);

    public object? ReplyWhileStopped { get; init; }

    public Func<object, bool>? FinalStopMessage { get; init; }

    public BackoffOptions WithMaxNrOfRetries(int max) => new Options(this).WithMaxNrOfRetries(max);

    internal sealed class Options(BackoffOptionsImpl values) : BackoffOptions
    {
        public BackoffOptionsImpl Values => values;

        internal override Props Props
        {
            get
            {
                BackoffSupervisor.Check(values.MinBackoff, values.MaxBackoff, values.RandomFactor);
                var reset = values.Reset ?? new AutoReset(values.MinBackoff);
                if (reset is AutoReset { ResetBackoff: var after } && (after < values.MinBackoff || after > values.MaxBackoff))
                    throw new ArgumentException($"resetBackoff must be between {values.MinBackoff} and {values.MaxBackoff}, but is {after}");
                return Props.Create(() => new BackoffSupervisor(values, reset));
            }
        }

        public override BackoffOptions WithAutoReset(TimeSpan resetBackoff) => new Options(values with { Reset = new AutoReset(resetBackoff) });

        public override BackoffOptions WithManualReset() => new Options(values with { Reset = new ManualReset() });

        public override BackoffOptions WithSupervisorStrategy(OneForOneStrategy supervisorStrategy) =>
            new Options(values with { Strategy = supervisorStrategy });

        public override BackoffOptions WithDefaultStoppingStrategy() => new Options(values with
        {
            Strategy = new OneForOneStrategy(values.Strategy.MaxNumberOfRetries, values.Strategy.WithinTimeRangeMilliseconds,
                SupervisorStrategy.StoppingStrategy.Decider)
        });

        public override BackoffOptions WithReplyWhileStopped(object replyWhileStopped) =>
            new Options(values with { ReplyWhileStopped = replyWhileStopped });

        public override BackoffOptions WithFinalStopMessage(Func<object, bool> isFinalStopMessage) =>
            new Options(values with { FinalStopMessage = isFinalStopMessage });

        public override BackoffOptions WithMaxNrOfRetries(int maxNrOfRetries) =>
            new Options(values with { Strategy = values.Strategy.WithMaxNrOfRetries(maxNrOfRetries) });
    }
}
