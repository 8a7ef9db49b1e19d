using Akka.Persistence;
using Specs.Persistence.Support;

namespace Specs.Persistence;

/// <summary>Saving and deleting snapshots, deleting events, whatever the store.</summary>
public abstract class SnapshotAndDeletionContract<TStore> : PersistenceSpec<TStore> where TStore : IStore, new()
{
    [StoreFact(DisplayName = "SaveSnapshot is answered with the sequence number at which it was taken, and the time")]
    public async Task Save_is_answered()
    {
        var actor = await WithEvents(2);
        actor.Tell(new Act(a => a.SaveSnapshot("state")));
        var saved = await ExpectMsgAsync<SaveSnapshotSuccess>(TimeSpan.FromSeconds(30));
        Assert.Equal((Id, 2L), (saved.Metadata.PersistenceId, saved.Metadata.SequenceNr));
        Assert.InRange(saved.Metadata.Timestamp, DateTime.UtcNow.AddMinutes(-10), DateTime.UtcNow.AddMinutes(10));
    }

    [StoreFact(DisplayName = "A snapshot at the same sequence number replaces the earlier one")]
    public async Task Same_number_replaces()
    {
        var actor = await WithEvents(1);
        foreach (var state in new[] { "first", "second" })
        {
            actor.Tell(new Act(a => a.SaveSnapshot(state)));
            await ExpectMsgAsync<SaveSnapshotSuccess>(TimeSpan.FromSeconds(30));
        }

        Assert.Equal("second", await OfferedSnapshot(actor));
    }

    [StoreFact(DisplayName = "A deleted snapshot is not offered any more, the one before it is")]
    public async Task Deleted_snapshot()
    {
        var actor = await WithSnapshots(3);
        actor.Tell(new Act(a => a.DeleteSnapshot(3)));
        Assert.Equal(3, (await ExpectMsgAsync<DeleteSnapshotSuccess>(TimeSpan.FromSeconds(30))).Metadata.SequenceNr);
        Assert.Equal("state at 2", await OfferedSnapshot(actor));
    }

    [StoreFact(DisplayName = "DeleteSnapshots deletes all that match and no other")]
    public async Task Deleted_snapshots()
    {
        var actor = await WithSnapshots(3);
        actor.Tell(new Act(a => a.DeleteSnapshots(new SnapshotSelectionCriteria(3, DateTime.MaxValue, 2))));
        Assert.Equal(3, (await ExpectMsgAsync<DeleteSnapshotsSuccess>(TimeSpan.FromSeconds(30))).Criteria.MaxSequenceNr);
        Assert.Equal("state at 1", await OfferedSnapshot(actor));
    }

    [StoreFact(DisplayName = "Snapshots of other persistence ids are not touched, even if theirs begin alike")]
    public async Task Other_ids()
    {
        var other = Sys.ActorOf(Scripted.Props($"{Id}-2", TestActor));
        await RecoveryOf();
        other.Tell(new Act(a => a.SaveSnapshot("other")));
        await ExpectMsgAsync<SaveSnapshotSuccess>(TimeSpan.FromSeconds(30));
        var actor = await WithSnapshots(1);
        actor.Tell(new Act(a => a.DeleteSnapshots(SnapshotSelectionCriteria.Latest)));
        await ExpectMsgAsync<DeleteSnapshotsSuccess>(TimeSpan.FromSeconds(30));
        await Stopped(other);
        var (_, recovery) = await Recovered(Scripted.Props($"{Id}-2", TestActor));
        Assert.Equal("other", Assert.IsType<SnapshotOffer>(Assert.Single(recovery)).Snapshot);
    }

    [StoreFact(DisplayName = "LoadSnapshot of an actor that has recovered is answered with a message")]
    public async Task Load_is_answered()
    {
        var actor = await WithSnapshots(2);
        actor.Tell(new Act(a => a.LoadSnapshot(a.PersistenceId, SnapshotSelectionCriteria.Latest, 1)));
        var loaded = await ExpectMsgAsync<LoadSnapshotResult>(TimeSpan.FromSeconds(30));
        Assert.Equal(("state at 1", 1L), (loaded.Snapshot!.Snapshot, loaded.Snapshot.Metadata.SequenceNr));
        actor.Tell(new Act(a => a.LoadSnapshot("nobody's", SnapshotSelectionCriteria.Latest, long.MaxValue)));
        Assert.Null((await ExpectMsgAsync<LoadSnapshotResult>(TimeSpan.FromSeconds(30))).Snapshot);
    }

    [StoreFact(DisplayName = "Deleted events are not replayed, later ones are, and the numbers go on")]
    public async Task Deleted_events()
    {
        var actor = await WithEvents(3);
        actor.Tell(new Act(a => a.DeleteMessages(2)));
        await ExpectMsgAsync(new DeleteMessagesSuccess(2), TimeSpan.FromSeconds(30));
        await Stopped(actor);
        var (again, recovery) = await Recovered();
        Assert.Equal([new Replayed("3", 3)], recovery);
        again.Tell(new Act(a => a.Persist("4", _ => a.Tell(a.LastSequenceNr))));
        await ExpectMsgAsync(4L);
    }

    [StoreFact(DisplayName = "When all events are deleted the sequence number does not go back")]
    public async Task Everything_deleted()
    {
        var actor = await WithEvents(3);
        actor.Tell(new Act(a => a.DeleteMessages(long.MaxValue)));
        await ExpectMsgAsync<DeleteMessagesSuccess>(TimeSpan.FromSeconds(30));
        await Stopped(actor);
        var (again, recovery) = await Recovered();
        Assert.Empty(recovery);
        again.Tell(new Act(a => a.Tell(a.LastSequenceNr)));
        await ExpectMsgAsync(3L);
        again.Tell(new Act(a => a.Persist("4", _ => a.Tell(a.LastSequenceNr))));
        await ExpectMsgAsync(4L);
    }

    [StoreFact(DisplayName = "Deleting events above the last one fails and deletes nothing")]
    public async Task Above_the_last()
    {
        var actor = await WithEvents(2);
        actor.Tell(new Act(a => a.DeleteMessages(3)));
        Assert.Equal(3, (await ExpectMsgAsync<DeleteMessagesFailure>(TimeSpan.FromSeconds(30))).ToSequenceNr);
        await Stopped(actor);
        Assert.Equal(["1", "2"], await StoredEvents());
    }

    [StoreFact(DisplayName = "A snapshot is enough when the events before it are deleted")]
    public async Task Snapshot_instead_of_events()
    {
        var actor = await WithSnapshots(2);
        actor.Tell(new Act(a => a.DeleteMessages(2)));
        await ExpectMsgAsync<DeleteMessagesSuccess>(TimeSpan.FromSeconds(30));
        actor.Tell(new Act(a => a.Persist("3", e => a.Tell(e))));
        await ExpectMsgAsync("3");
        await Stopped(actor);
        var (_, recovery) = await Recovered();
        Assert.Equal("state at 2", Assert.IsType<SnapshotOffer>(recovery[0]).Snapshot);
        Assert.Equal([new Replayed("3", 3)], recovery[1..]);
    }

    private async Task<IActorRef> WithEvents(int count)
    {
        var (actor, _) = await Recovered();
        for (var n = 1; n <= count; n++)
            actor.Tell(Act.Persist($"{n}"), TestActor);
        for (var n = 1; n <= count; n++)
            await ExpectMsgAsync($"{n}", TimeSpan.FromSeconds(30));
        return actor;
    }

    private async Task<IActorRef> WithSnapshots(int count)
    {
        var (actor, _) = await Recovered();
        for (var n = 1; n <= count; n++)
        {
            actor.Tell(new Act(a => a.Persist($"{a.LastSequenceNr + 1}", _ => a.SaveSnapshot($"state at {a.LastSequenceNr}"))));
            await ExpectMsgAsync<SaveSnapshotSuccess>(TimeSpan.FromSeconds(30));
        }

        return actor;
    }

    private async Task<object> OfferedSnapshot(IActorRef actor)
    {
        await Stopped(actor);
        var (_, recovery) = await Recovered();
        return Assert.IsType<SnapshotOffer>(recovery[0]).Snapshot;
    }
}

public sealed class InMemorySnapshotAndDeletionSpec : SnapshotAndDeletionContract<InMemoryStore>;
