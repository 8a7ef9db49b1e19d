using Akka.Actor;
using Akka.Pattern;

namespace ActorNode.Jobs.Access;

/// <summary>
/// Keeps a persistent actor that the node has one of: after its end, a failure of its store say, it comes back when a growing pause has passed.
/// What is asked meanwhile is answered at once that it is not there.
/// </summary>
internal static class KeptByBackoff
{
    private static readonly TimeSpan StableAfter = TimeSpan.FromSeconds(5);

    public static Props Props(Props child, string name, TimeSpan minBackoff, TimeSpan maxBackoff, object unavailable) => BackoffSupervisor.Props(
        Backoff.OnStop(child, name, minBackoff, maxBackoff, 0.2)
            .WithAutoReset(StableAfter < minBackoff ? minBackoff : StableAfter > maxBackoff ? maxBackoff : StableAfter)
            .WithReplyWhileStopped(unavailable)
            .WithDefaultStoppingStrategy());
}
