using Akka.Persistence;
using Specs.Persistence.Support;

namespace Specs.Persistence;

/// <summary>What becomes of an actor whose events the journal fails, refuses or is slow to store.</summary>
public sealed class WriteFailureSpec() : PersistenceSpec<WriteFailureSpec.FaultyStore>()
{
    [Fact(DisplayName = "A failed write calls OnPersistFailure, not the handler, and stops the actor; supervision is not asked")]
    public async Task Failed_write()
    {
        var parent = Sys.ActorOf(Parent.Props(new OneForOneStrategy(cause =>
        {
            TestActor.Tell($"supervised: {cause.Message}");
            return Directive.Restart;
        })));
        var (actor, _) = await Recovered(supervisor: parent);
        actor.Tell(new Act(a => a.Persist("fail 1", _ => a.Tell("never"))));
        await ExpectMsgAsync(new Told("failed: store", "fail 1", 1));
        await ExpectStopped(actor);
        await ExpectNoMsgAsync(Ms(100));
    }

    [Fact(DisplayName = "Of a failed atomic write only the first event is told, and nothing of it is stored")]
    public async Task Failed_batch()
    {
        var (actor, _) = await Recovered();
        actor.Tell(new Act(a => a.PersistAll(["good", "fail"], _ => a.Tell("never"))));
        await ExpectMsgAsync(new Told("failed: store", "good", 1));
        await ExpectStopped(actor);
        Assert.Empty(await StoredEvents());
    }

    [Fact(DisplayName = "A rejected event calls OnPersistRejected, not its handler; the actor goes on and the number is used up")]
    public async Task Rejected_write()
    {
        var (actor, _) = await Recovered();
        actor.Tell(new Act(a => a.Persist("reject 1", _ => a.Tell("never"))));
        actor.Tell(new Act(a => a.Persist("good", e => a.Tell($"{e} at {a.LastSequenceNr}"))));
        await ExpectMsgAsync(new Told("rejected: refused", "reject 1", 1));
        await ExpectMsgAsync("good at 2");
        await Stopped(actor);
        Assert.Equal(["good"], await StoredEvents());
    }

    [Fact(DisplayName = "An atomic write is rejected whole; events beside it in the same command are stored")]
    public async Task Rejected_beside_stored()
    {
        var (actor, _) = await Recovered();
        actor.Tell(new Act(a =>
        {
            a.Persist("one", e => a.Tell(e));
            a.PersistAll(["two", "reject"], _ => a.Tell("never"));
            a.Persist("three", e => a.Tell(e));
        }));
        await ExpectMsgAsync("one");
        await ExpectMsgAsync(new Told("rejected: refused", "two", 2));
        await ExpectMsgAsync(new Told("rejected: refused", "reject", 3));
        await ExpectMsgAsync("three");
        await Stopped(actor);
        Assert.Equal(["one", "three"], await StoredEvents());
    }

    [Fact(DisplayName = "A failed PersistAsync stops the actor; what was handled before is stored")]
    public async Task Failed_async_write()
    {
        var (actor, _) = await Recovered();
        actor.Tell(Act.PersistAsync("good"), TestActor);
        await ExpectMsgAsync("good");
        actor.Tell(Act.PersistAsync("fail"), TestActor);
        await ExpectMsgAsync(new Told("failed: store", "fail", 2));
        await ExpectStopped(actor);
        Assert.Equal(["good"], await StoredEvents());
    }

    [Fact(DisplayName = "A backoff supervisor on stop brings back an actor whose write failed, with all that was stored")]
    public async Task Comes_back_by_backoff()
    {
        var supervisor = Sys.ActorOf(Akka.Pattern.BackoffSupervisor.Props(Akka.Pattern.Backoff.OnStop(
            Scripted.Props(Id, TestActor), "child", TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(20), 0)));
        await RecoveryOf();
        supervisor.Tell(Act.Persist("good"), TestActor);
        await ExpectMsgAsync("good");
        supervisor.Tell(Act.Persist("fail"), TestActor);
        await ExpectMsgAsync(new Told("failed: store", "fail", 2));
        Assert.Equal([new Replayed("good", 1)], await RecoveryOf());
    }

    [Fact(DisplayName = "The journal takes requests while an earlier one is being written, and answers in the order of the requests")]
    public async Task Answers_in_order_of_requests()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        FaultyJournal.Hold($"{Id}-slow", gate.Task);
        foreach (var id in new[] { $"{Id}-slow", $"{Id}-fast" })
            Journal.Tell(new WriteMessages([new AtomicWrite(new Persistent("event", 1, id))], TestActor, 1), TestActor);
        await ExpectNoMsgAsync(Ms(100));
        gate.SetResult();
        foreach (var id in new[] { $"{Id}-slow", $"{Id}-fast" })
        {
            await ExpectMsgAsync<WriteMessagesSuccessful>();
            Assert.Equal(id, (await ExpectMsgAsync<WriteMessageSuccess>()).Persistent.PersistenceId);
        }
    }

    [Fact(DisplayName = "Answers to an earlier incarnation are ignored, and what it had yet to send is lost with it")]
    public async Task Earlier_incarnation()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var (actor, _) = await Recovered();
        FaultyJournal.Hold(Id, gate.Task);
        actor.Tell(new Act(a => a.PersistAsync("1", _ => a.Tell("never"))));
        actor.Tell(new Act(a => a.PersistAsync("2", _ => a.Tell("never"))));
        actor.Tell(Fail.With("restart"));
        actor.Tell("command");
        gate.SetResult();
        Assert.Equal([new Replayed("1", 1)], await RecoveryOf());
        await ExpectMsgAsync("command");
    }

    [Fact(DisplayName = "An unreadable journal: OnRecoveryFailure, and the actor is stopped")]
    public async Task Unreadable_journal()
    {
        await Stored("unreadable");
        var actor = Sys.ActorOf(Scripted.Props(Id, TestActor));
        await ExpectMsgAsync(new Told("recovery failed: unreadable"));
        await ExpectStopped(actor);
    }

    [Fact(DisplayName = "A failed deletion is told, and the events are still there")]
    public async Task Failed_deletion()
    {
        var (actor, _) = await Recovered();
        actor.Tell(new Act(a => a.PersistAll(Enumerable.Range(1, 13).Select(n => $"{n}"), e => a.Tell(e))));
        for (var n = 1; n <= 13; n++)
            await ExpectMsgAsync($"{n}");
        actor.Tell(new Act(a => a.DeleteMessages(13)));
        Assert.Equal("deletion", (await ExpectMsgAsync<DeleteMessagesFailure>()).Cause.Message);
        await Stopped(actor);
        Assert.Equal(13, (await StoredEvents()).Count);
    }

    [Fact(DisplayName = "Failures that the actor does not handle are logged as warnings and are no unhandled messages")]
    public async Task Unhandled_failures()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Silent(Id)));
        await EventFilter.Warning(contains: "13").ExpectOneAsync(() =>
        {
            actor.Tell(new DeleteMessagesFailure(new Boom("deletion"), 13));
            return Task.CompletedTask;
        });
        await EventFilter.Warning(contains: "SnapshotMetadata").ExpectOneAsync(() =>
        {
            actor.Tell(new SaveSnapshotFailure(new SnapshotMetadata(Id, 1), new Boom("save")));
            return Task.CompletedTask;
        });
    }

    public sealed class FaultyStore : IStore
    {
        public string Config => FaultyJournal.Config;

        public bool RefusesSecondWriter => false;

        public bool Serializes => false;

        public void Dispose()
        {
        }
    }

    private sealed class Silent(string id) : PersistentActor
    {
        public override string PersistenceId => id;

        protected override bool ReceiveCommand(object message) => false;

        protected override bool ReceiveRecover(object message) => false;
    }
}
