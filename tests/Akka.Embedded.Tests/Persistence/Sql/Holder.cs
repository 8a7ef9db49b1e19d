using Akka.Actor;
using Akka.Persistence;

namespace Akka.Embedded.Tests.Persistence.Sql;

/// <summary>A persistent actor that stays while a test uses it.</summary>
internal sealed class Holder(IActorRef actor) : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Ends when it has recovered.</summary>
    public static async Task<Holder> StartAsync(ActorSystem system, string persistenceId)
    {
        var actor = system.ActorOf(Props.Create(() => new Subject(persistenceId)));
        await actor.Ask<object>("recovered?", Patience);
        return new Holder(actor);
    }

    public Task PersistAsync(object @event) => AskAsync(new Persist(@event));

    public Task DeleteAsync(long to) => AskAsync(new Delete(to));

    /// <summary>Ends when the actor has stopped by itself.</summary>
    public async Task StoppedAsync() => await actor.WatchAsync().WaitAsync(Patience);

    public async ValueTask DisposeAsync() => await actor.GracefulStop(Patience);

    private async Task AskAsync(object question)
    {
        if (await actor.Ask<object>(question, Patience) is Status.Failure failure)
            throw failure.Cause;
    }

    private sealed record Persist(object Event) : INoSerializationVerificationNeeded;

    private sealed record Delete(long To) : INoSerializationVerificationNeeded;

    private sealed class Subject(string persistenceId) : UntypedPersistentActor
    {
        private IActorRef _asker = ActorRefs.Nobody;

        public override string PersistenceId => persistenceId;

        protected override void OnRecover(object message)
        {
        }

        protected override void OnCommand(object message)
        {
            switch (message)
            {
                case Holder.Persist persist:
                    _asker = Sender;
                    Persist(persist.Event, _ => Sender.Tell("stored"));
                    break;
                case Delete delete:
                    _asker = Sender;
                    DeleteMessages(delete.To);
                    break;
                case DeleteMessagesSuccess:
                    _asker.Tell("deleted");
                    break;
                case DeleteMessagesFailure failure:
                    _asker.Tell(new Status.Failure(failure.Cause));
                    break;
                default:
                    Sender.Tell("yes");
                    break;
            }
        }

        protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr) => _asker.Tell(new Status.Failure(cause));
    }
}
