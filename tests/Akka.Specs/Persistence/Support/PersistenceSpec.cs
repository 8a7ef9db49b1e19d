using Akka.Persistence;

namespace Specs.Persistence.Support;

/// <summary>A spec over a journal and a snapshot store: derived classes of the same contract name another store.</summary>
public abstract class PersistenceSpec<TStore> : Spec where TStore : IStore, new()
{
    private static int _lastId;

    protected PersistenceSpec(string config = "") : this(new TStore(), config)
    {
    }

    private PersistenceSpec(TStore store, string config) : base(config + "\n" + store.Config) => Store = store;

    protected TStore Store { get; }

    /// <summary>A persistence id of this test's own.</summary>
    protected string Id { get; } = $"id-{Interlocked.Increment(ref _lastId)}";

    protected IActorRef Journal => Akka.Persistence.Persistence.Instance.Apply(Sys).JournalFor(null!);

    protected IActorRef SnapshotStore => Akka.Persistence.Persistence.Instance.Apply(Sys).SnapshotStoreFor(null!);

    protected override void AfterAll()
    {
        base.AfterAll();
        Store.Dispose();
    }

    /// <summary>An actor that has recovered; what it recovered from has been taken from the test's queue, or is returned.</summary>
    protected async Task<(IActorRef Actor, List<object> Recovery)> Recovered(Props? props = null, IActorRef? supervisor = null)
    {
        props ??= Scripted.Props(Id, TestActor);
        var actor = supervisor is null ? Sys.ActorOf(props) : StartChild(supervisor, props);
        return (actor, await RecoveryOf());
    }

    /// <summary>What the next recovery consists of, up to its end.</summary>
    protected async Task<List<object>> RecoveryOf()
    {
        var seen = new List<object>();
        while (await ExpectMsgAsync<object>(TimeSpan.FromSeconds(30)) is var message and not RecoveryCompleted)
            seen.Add(message);
        return seen;
    }

    /// <summary>Ends when the actor has stopped of itself.</summary>
    protected async Task ExpectStopped(IActorRef actor)
    {
        var probe = CreateTestProbe();
        probe.Watch(actor);
        await probe.ExpectTerminatedAsync(actor, TimeSpan.FromSeconds(30));
    }

    /// <summary>The events that a new actor with this persistence id recovers.</summary>
    protected async Task<List<string>> StoredEvents()
    {
        var (actor, recovery) = await Recovered();
        await Stopped(actor);
        return recovery.OfType<Replayed>().Select(replayed => (string)replayed.Event).ToList();
    }

    /// <summary>Starts an actor, persists the events one by one and stops it.</summary>
    protected async Task Stored(params string[] events)
    {
        var (actor, _) = await Recovered();
        foreach (var @event in events)
            actor.Tell(Act.Persist(@event), TestActor);
        foreach (var @event in events)
            await ExpectMsgAsync(@event, TimeSpan.FromSeconds(30));
        await Stopped(actor);
    }
}
