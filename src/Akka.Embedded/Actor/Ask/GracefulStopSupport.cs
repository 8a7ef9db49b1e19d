using Akka.Dispatch.SysMsg;

namespace Akka.Actor;

/// <summary>Waits for the death of one actor, outside of actors.</summary>
internal sealed class DeathWaiter(IInternalActorRef target) : MinimalActorRef
{
    private readonly TaskCompletionSource<bool> _died = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ActorPath _path = ((LocalActorRefProvider)target.Provider).TempPath();

    public override ActorPath Path => _path;

    public override IActorRefProvider Provider => target.Provider;

    /// <summary>True when the target has stopped, false when the token was cancelled first.</summary>
    public async Task<bool> Wait(CancellationToken token)
    {
        target.SendSystemMessage(new Watch(target, this));
        var registration = token.UnsafeRegister(static state => ((TaskCompletionSource<bool>)state!).TrySetResult(false), _died);
        await using (registration.ConfigureAwait(false))
        {
            var died = await _died.Task.ConfigureAwait(false);
            if (!died)
                target.SendSystemMessage(new Unwatch(this));
            return died;
        }
    }

    public override void SendSystemMessage(ISystemMessage message)
    {
        if (message is DeathWatchNotification)
            _died.TrySetResult(true);
    }
}

public static class GracefulStopSupport
{
    public static Task<bool> GracefulStop(this IActorRef target, TimeSpan timeout) => target.GracefulStop(timeout, PoisonPill.Instance);

    /// <summary>Sends the message and waits for the death. False when it has not come in time.</summary>
    public static async Task<bool> GracefulStop(this IActorRef target, TimeSpan timeout, object stopMessage)
    {
        var died = new DeathWaiter((IInternalActorRef)target);
        using var source = new CancellationTokenSource(timeout);
        var waiting = died.Wait(source.Token);
        target.Tell(stopMessage, ActorRefs.NoSender);
        return await waiting.ConfigureAwait(false);
    }
}

public static class WatchAsyncSupport
{
    /// <summary>True when the actor has stopped, false when the token was cancelled first.</summary>
    public static Task<bool> WatchAsync(this IActorRef target, CancellationToken token = default) =>
        target is Nobody ? Task.FromResult(true) : new DeathWaiter((IInternalActorRef)target).Wait(token);
}
