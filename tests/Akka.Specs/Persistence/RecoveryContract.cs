using Akka.Persistence;
using Specs.Persistence.Support;

namespace Specs.Persistence;

/// <summary>What an actor goes through from its start to its first command, whatever the journal.</summary>
public abstract class RecoveryContract<TStore> : PersistenceSpec<TStore> where TStore : IStore, new()
{
    [StoreFact(DisplayName = "RecoveryCompleted comes also without any event, and then the commands that came meanwhile, in order")]
    public async Task Completes_without_events()
    {
        var actor = Sys.ActorOf(Scripted.Props(Id, TestActor));
        actor.Tell("one");
        actor.Tell("two");
        await ExpectMsgAsync<RecoveryCompleted>(TimeSpan.FromSeconds(30));
        await ExpectMsgAsync("one");
        await ExpectMsgAsync("two");
    }

    [StoreFact(DisplayName = "The newest snapshot is offered first, then the events after it")]
    public async Task Newest_snapshot_first()
    {
        await Snapshotted("1", "2", "3");
        await Stored("4");
        var (_, recovery) = await Recovered();
        var offer = Assert.IsType<SnapshotOffer>(recovery[0]);
        Assert.Equal("state at 3", offer.Snapshot);
        Assert.Equal((Id, 3L), (offer.Metadata.PersistenceId, offer.Metadata.SequenceNr));
        Assert.InRange(offer.Metadata.Timestamp, DateTime.UtcNow.AddMinutes(-10), DateTime.UtcNow.AddMinutes(10));
        Assert.Equal([new Replayed("4", 4)], recovery[1..]);
    }

    [StoreFact(DisplayName = "The newest snapshot that the criteria allow is offered, and none for None")]
    public async Task Criteria_choose_the_snapshot()
    {
        await Snapshotted("1", "2", "3");
        var (_, upToTwo) = await Recovered(Scripted.Props(Id, TestActor, new Recovery(new SnapshotSelectionCriteria(2))));
        Assert.Equal("state at 2", Assert.IsType<SnapshotOffer>(upToTwo[0]).Snapshot);
        Assert.Equal([new Replayed("3", 3)], upToTwo[1..]);
        var (_, none) = await Recovered(Scripted.Props(Id, TestActor, new Recovery(SnapshotSelectionCriteria.None)));
        Assert.Equal([new Replayed("1", 1), new Replayed("2", 2), new Replayed("3", 3)], none);
    }

    [StoreFact(DisplayName = "A recovery up to a sequence number takes no newer snapshot and no later event")]
    public async Task Up_to_a_number()
    {
        await Snapshotted("1", "2", "3");
        await Stored("4");
        var (_, recovery) = await Recovered(Scripted.Props(Id, TestActor, new Recovery(SnapshotSelectionCriteria.Latest, 2)));
        Assert.Equal("state at 2", Assert.IsType<SnapshotOffer>(Assert.Single(recovery)).Snapshot);
    }

    [StoreFact(DisplayName = "No more events are replayed than the recovery asks for; the next event has a new number all the same")]
    public async Task At_most_so_many()
    {
        await Stored("1", "2", "3", "4");
        var (actor, recovery) = await Recovered(Scripted.Props(Id, TestActor, new Recovery(SnapshotSelectionCriteria.None, long.MaxValue, 2)));
        Assert.Equal([new Replayed("1", 1), new Replayed("2", 2)], recovery);
        actor.Tell(new Act(a => a.Persist("5", _ => a.Tell(a.LastSequenceNr))));
        await ExpectMsgAsync(5L);
    }

    [StoreFact(DisplayName = "Recovery.None replays nothing but learns the highest sequence number")]
    public async Task Recovery_none()
    {
        await Stored("1", "2");
        var (actor, recovery) = await Recovered(Scripted.Props(Id, TestActor, Recovery.None));
        Assert.Empty(recovery);
        actor.Tell(new Act(a => a.Tell(a.LastSequenceNr)));
        await ExpectMsgAsync(2L);
        actor.Tell(new Act(a => a.Persist("3", _ => a.Tell(a.LastSequenceNr))));
        await ExpectMsgAsync(3L);
    }

    [StoreFact(DisplayName = "Many events are replayed in order")]
    public async Task Many_events()
    {
        const int events = 3_000;
        var (actor, _) = await Recovered();
        actor.Tell(new Act(a => a.PersistAll(Enumerable.Range(1, events).Select(n => $"{n}"), e => a.Tell(e))));
        for (var n = 1; n <= events; n++)
            await ExpectMsgAsync($"{n}", TimeSpan.FromSeconds(30));
        await Stopped(actor);
        Assert.Equal(Enumerable.Range(1, events).Select(n => $"{n}"), await StoredEvents());
    }

    [StoreFact(DisplayName = "A throw while an event is replayed: OnRecoveryFailure names the event, the actor is stopped and not restarted")]
    public async Task Throw_in_replay()
    {
        await Stored("good", "bad", "never seen");
        var parent = Sys.ActorOf(Parent.Props(new OneForOneStrategy(cause =>
        {
            TestActor.Tell($"supervised: {cause.Message}");
            return Directive.Restart;
        })));
        var actor = StartChild(parent, Props.Create(() => new Picky(Id, TestActor)));
        await ExpectMsgAsync(new Replayed("good", 1), TimeSpan.FromSeconds(30));
        await ExpectMsgAsync(new Told("recovery failed: bad", "bad", 2));
        await ExpectStopped(actor);
        await ExpectNoMsgAsync(Ms(100));
    }

    [StoreFact(DisplayName = "A throw while the snapshot is offered stops the actor, too")]
    public async Task Throw_in_offer()
    {
        await Snapshotted("1");
        var actor = Sys.ActorOf(Props.Create(() => new Picky(Id, TestActor)));
        Assert.Equal("recovery failed: offer", (await ExpectMsgAsync<Told>(TimeSpan.FromSeconds(30))).What);
        await ExpectStopped(actor);
    }

    [StoreFact(DisplayName = "A throw in RecoveryCompleted is the supervisor's: the actor is restarted and recovers again")]
    public async Task Throw_in_RecoveryCompleted()
    {
        await Stored("1");
        var fails = 2;
        var actor = Sys.ActorOf(Props.Create(() => new FailsWhenCompleted(Id, TestActor, () => Interlocked.Decrement(ref fails) >= 0)));
        actor.Tell("command");
        for (var i = 0; i < 3; i++)
        {
            await ExpectMsgAsync(new Replayed("1", 1), TimeSpan.FromSeconds(30));
            await ExpectMsgAsync<RecoveryCompleted>(TimeSpan.FromSeconds(30));
        }

        await ExpectMsgAsync("command");
    }

    [StoreFact(DisplayName = "A restart recovers again, and the commands that were queued are handled after it")]
    public async Task Restart_recovers()
    {
        await Stored("1");
        var (actor, _) = await Recovered();
        actor.Tell(Fail.With("restart"));
        actor.Tell("command");
        Assert.Equal([new Replayed("1", 1)], await RecoveryOf());
        await ExpectMsgAsync("command");
    }

    [StoreFact(DisplayName = "While recovering IsRecovering is true and LastSequenceNr is that of the replayed event; then recovery is finished")]
    public async Task States_of_recovery()
    {
        await Stored("1");
        var (actor, _) = await Recovered();
        actor.Tell(new Act(a => a.Tell((a.IsRecovering, a.IsRecoveryFinished, a.LastSequenceNr, a.SnapshotSequenceNr))));
        await ExpectMsgAsync((false, true, 1L, 1L));
    }

    [StoreFact(DisplayName = "Two actors may recover one persistence id one after the other, each continuing the numbers")]
    public async Task Numbers_continue()
    {
        await Stored("1");
        await Stored("2");
        var (_, recovery) = await Recovered();
        Assert.Equal([new Replayed("1", 1), new Replayed("2", 2)], recovery);
    }

    /// <summary>Persists the events and saves a snapshot after each.</summary>
    private async Task Snapshotted(params string[] events)
    {
        var (actor, _) = await Recovered();
        foreach (var @event in events)
        {
            actor.Tell(new Act(a => a.Persist(@event, _ => a.SaveSnapshot($"state at {a.LastSequenceNr}"))));
            await ExpectMsgAsync<SaveSnapshotSuccess>(TimeSpan.FromSeconds(30));
        }

        await Stopped(actor);
    }

    private sealed class Picky(string id, IActorRef log) : Scripted(id, log)
    {
        protected override void OnRecover(object message)
        {
            if (message is SnapshotOffer)
                throw new Boom("offer");
            if (message is "bad")
                throw new Boom("bad");
            base.OnRecover(message);
        }
    }

    private sealed class FailsWhenCompleted(string id, IActorRef log, Func<bool> fails) : Scripted(id, log)
    {
        protected override void OnRecover(object message)
        {
            base.OnRecover(message);
            if (message is RecoveryCompleted && fails())
                throw new Boom("completed");
        }
    }
}

public sealed class InMemoryRecoverySpec : RecoveryContract<InMemoryStore>;
