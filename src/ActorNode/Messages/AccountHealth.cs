using ActorNode.Storage;

namespace ActorNode.Messages;

/// <summary>
/// How an account's commits fare: works, is being retried, or degraded. Pure: waits depend on the settings and the given random number
/// alone.
/// </summary>
/// <param name="Failures">Failed tries in a row.</param>
/// <param name="Degraded">The tries are used up: the account refuses work and probes until a probe succeeds.</param>
public readonly record struct AccountHealth(int Failures, bool Degraded)
{
    /// <summary>Commits work.</summary>
    public static readonly AccountHealth Good = default;

    /// <summary>One more failure, of a commit or of a probe.</summary>
    public AccountHealth Failed(MessagesSettings settings) => new(Failures + 1, Degraded || Failures + 1 >= settings.MaxAttempts);

    /// <summary>How long to wait before the next try or probe. <paramref name="random"/> is from 0 to 1.</summary>
    public TimeSpan Wait(MessagesSettings settings, double random) => Backoff.Delay(Failures, settings.MinBackoff, settings.MaxBackoff, random);
}
