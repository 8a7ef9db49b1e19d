using Akka.Actor.Internal;

namespace Akka.Actor;

/// <summary>
/// Asking: a message whose answer is a task. For the edge of the system; inside, actors tell. Timeouts are real time, whatever
/// scheduler is configured.
/// </summary>
public static class Futures
{
    public static Task<object> Ask(this ICanTell self, object message, TimeSpan? timeout = null) =>
        self.Ask<object>(message, timeout, CancellationToken.None);

    public static Task<object> Ask(this ICanTell self, object message, CancellationToken cancellationToken) =>
        self.Ask<object>(message, null, cancellationToken);

    public static Task<object> Ask(this ICanTell self, object message, TimeSpan? timeout, CancellationToken cancellationToken) =>
        self.Ask<object>(message, timeout, cancellationToken);

    public static Task<T> Ask<T>(this ICanTell self, object message, TimeSpan? timeout = null) =>
        self.Ask<T>(message, timeout, CancellationToken.None);

    public static Task<T> Ask<T>(this ICanTell self, object message, CancellationToken cancellationToken) =>
        self.Ask<T>(message, null, cancellationToken);

    public static Task<T> Ask<T>(this ICanTell self, object message, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        var system = SystemOf(self);
        var future = new FutureActorRef<T>(system, self);
        return Start(system, self, future, message, timeout, cancellationToken);
    }

    /// <summary>With a message that carries the reference to which the answer goes.</summary>
    public static Task<T> Ask<T>(this ICanTell self, Func<IActorRef, object> messageFactory, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(messageFactory);
        var system = SystemOf(self);
        var future = new FutureActorRef<T>(system, self);
        return Start(system, self, future, messageFactory(future), timeout, cancellationToken);
    }

    private static Task<T> Start<T>(ActorSystemImpl system, ICanTell target, FutureActorRef<T> future, object message, TimeSpan? timeout,
        CancellationToken cancellationToken)
    {
        future.Start(timeout ?? system.Settings.AskTimeout, cancellationToken);
        if (!future.IsTerminated)
            target.Tell(message, future);
        return future.Task;
    }

    private static ActorSystemImpl SystemOf(ICanTell target) => target switch
    {
        LocalActorRef local => local.Cell.System,
        ActorSelection { Anchor: var anchor } => SystemOf(anchor),
        IInternalActorRef { Provider: LocalActorRefProvider { System: var system } } and not Nobody => system,
        _ => ActorCell.Current?.System ?? throw new ArgumentException($"Cannot ask {target}: it belongs to no actor system", nameof(target))
    };
}
