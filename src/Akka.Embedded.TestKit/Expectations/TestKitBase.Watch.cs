using Akka.Actor;

namespace Akka.TestKit;

// Death watch by the test actor.
public abstract partial class TestKitBase
{
    public IActorRef Watch(IActorRef actorToWatch)
    {
        Command(new InboxActor.WatchActor(actorToWatch));
        return actorToWatch;
    }

    public IActorRef Unwatch(IActorRef actorToUnwatch)
    {
        Command(new InboxActor.UnwatchActor(actorToUnwatch));
        return actorToUnwatch;
    }

    public Task<IActorRef> WatchAsync(IActorRef actorToWatch) => Task.FromResult(Watch(actorToWatch));

    public Task<IActorRef> UnwatchAsync(IActorRef actorToUnwatch) => Task.FromResult(Unwatch(actorToUnwatch));

    /// <summary>The next message is the end of <paramref name="target"/>, which must have been watched.</summary>
    public Terminated ExpectTerminated(IActorRef target, TimeSpan? timeout = null, string? hint = null,
        CancellationToken cancellationToken = default) =>
        Expect(async: false, timeout, hint, Of(target, hint), cancellationToken).Result();

    public ValueTask<Terminated> ExpectTerminatedAsync(IActorRef target, TimeSpan? timeout = null, string? hint = null,
        CancellationToken cancellationToken = default) =>
        Expect(async: true, timeout, hint, Of(target, hint), cancellationToken);

    private Action<Terminated, IActorRef> Of(IActorRef target, string? hint) => (terminated, _) =>
        _assertions.AssertEqual(target, terminated.ActorRef, "{0}", $"Another actor ended than the expected one{Hint(hint)}");

    private void Command(object command) => TestActor.Tell(command, ActorRefs.NoSender);
}
