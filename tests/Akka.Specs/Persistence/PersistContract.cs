using Specs.Persistence.Support;

namespace Specs.Persistence;

/// <summary>Writing: section by section what Persist and its kin promise, whatever the journal.</summary>
public abstract class PersistContract<TStore> : PersistenceSpec<TStore> where TStore : IStore, new()
{
    [StoreFact(DisplayName = "A persisted event is replayed to the next actor with the persistence id, under its sequence number")]
    public async Task Replays_what_was_persisted()
    {
        await Stored("one", "two");
        var (actor, recovery) = await Recovered();
        Assert.Equal([new Replayed("one", 1), new Replayed("two", 2)], recovery);
        await Stopped(actor);
    }

    [StoreFact(DisplayName = "The handler of Persist runs with the sender of the command")]
    public async Task Handler_has_the_sender()
    {
        var (actor, _) = await Recovered();
        var other = CreateTestProbe();
        actor.Tell(Act.Persist("mine"), other.Ref);
        actor.Tell(Act.Persist("yours"), TestActor);
        await other.ExpectMsgAsync("mine");
        Assert.Equal(actor, other.LastSender);
        await ExpectMsgAsync("yours");
    }

    [StoreFact(DisplayName = "From Persist until its handler has run all other commands wait, in order")]
    public async Task Commands_wait_for_Persist()
    {
        var (actor, _) = await Recovered();
        actor.Tell(new Act(a => a.Persist("event", _ => a.Tell("handled"))));
        actor.Tell("one");
        actor.Tell("two");
        await ExpectMsgAsync("handled");
        await ExpectMsgAsync("one");
        await ExpectMsgAsync("two");
    }

    [StoreFact(DisplayName = "Handlers of several Persist calls run in the order of the calls, before the next command")]
    public async Task Handlers_run_in_order()
    {
        var (actor, _) = await Recovered();
        actor.Tell(new Act(a =>
        {
            foreach (var number in new[] { "1", "2", "3" })
                a.Persist(number, e => a.Tell($"{e} at {a.LastSequenceNr}"));
        }));
        actor.Tell("next");
        foreach (var expected in new[] { "1 at 1", "2 at 2", "3 at 3", "next" })
            await ExpectMsgAsync(expected);
    }

    [StoreFact(DisplayName = "An event persisted in a handler is stored and handled before later commands")]
    public async Task Nested_Persist_goes_before_commands()
    {
        var (actor, _) = await Recovered();
        actor.Tell(new Act(a => a.Persist("outer", _ => a.Persist("inner", e => a.Tell(e)))));
        actor.Tell("next");
        await ExpectMsgAsync("inner");
        await ExpectMsgAsync("next");
        await Stopped(actor);
        Assert.Equal(["outer", "inner"], await StoredEvents());
    }

    [StoreFact(DisplayName = "PersistAll calls the handler for each event in order and stores them all")]
    public async Task PersistAll_handles_each()
    {
        var (actor, _) = await Recovered();
        actor.Tell(new Act(a => a.PersistAll(["a", "b", "c"], e => a.Tell(e))));
        actor.Tell("next");
        foreach (var expected in new[] { "a", "b", "c", "next" })
            await ExpectMsgAsync(expected);
        await Stopped(actor);
        Assert.Equal(["a", "b", "c"], await StoredEvents());
    }

    [StoreFact(DisplayName = "PersistAll of nothing stores nothing and holds nothing up")]
    public async Task PersistAll_of_nothing()
    {
        var (actor, _) = await Recovered();
        actor.Tell(new Act(a => a.PersistAll(Array.Empty<string>(), _ => a.Tell("never"))));
        actor.Tell("next");
        await ExpectMsgAsync("next");
    }

    [StoreFact(DisplayName = "With PersistAsync commands go on, and handlers run in the order of the calls")]
    public async Task PersistAsync_goes_on()
    {
        var (actor, _) = await Recovered();
        actor.Tell(new Act(a =>
        {
            // What the actor tells itself comes before the answer of the journal, which has not been asked yet.
            a.Me.Tell("command");
            a.PersistAsync("1", e => a.Tell(e));
            a.PersistAllAsync(["2", "3"], e => a.Tell(e));
        }));
        await ExpectMsgAsync("command");
        foreach (var expected in new[] { "1", "2", "3" })
            await ExpectMsgAsync(expected);
    }

    [StoreFact(DisplayName = "Handlers of Persist and PersistAsync in one command keep the order of the calls")]
    public async Task Mixed_calls_keep_order()
    {
        var (actor, _) = await Recovered();
        actor.Tell(new Act(a =>
        {
            a.PersistAsync("async 1", e => a.Tell(e));
            a.Persist("sync 2", e => a.Tell(e));
            a.PersistAsync("async 3", e => a.Tell(e));
        }));
        foreach (var expected in new[] { "async 1", "sync 2", "async 3" })
            await ExpectMsgAsync(expected);
        await Stopped(actor);
        Assert.Equal(["async 1", "sync 2", "async 3"], await StoredEvents());
    }

    [StoreFact(DisplayName = "DeferAsync runs after the handlers before it and stores nothing; with none pending it runs at once")]
    public async Task DeferAsync_keeps_its_place()
    {
        var (actor, _) = await Recovered();
        actor.Tell(new Act(a =>
        {
            a.DeferAsync("first", e => a.Tell(e));
            a.Tell("command");
            a.PersistAsync("event", e => a.Tell(e));
            a.DeferAsync("second", e => a.Tell($"{e} of {(a.Asker.Equals(TestActor) ? "the asker" : "nobody")}"));
            a.Persist("last", e => a.Tell(e));
            a.DeferAsync("third", e => a.Tell(e));
        }), TestActor);
        foreach (var expected in new[] { "first", "command", "event", "second of the asker", "last", "third" })
            await ExpectMsgAsync(expected);
        await Stopped(actor);
        Assert.Equal(["event", "last"], await StoredEvents());
    }

    [StoreFact(DisplayName = "A throw in a handler is a failure of the actor: the event is stored and replayed after the restart")]
    public async Task Throw_in_a_handler()
    {
        var (actor, _) = await Recovered();
        actor.Tell(new Act(a => a.Persist("stored", _ => throw new Boom("handler"))));
        actor.Tell("next");
        Assert.Equal([new Replayed("stored", 1)], await RecoveryOf());
        await ExpectMsgAsync("next");
    }

    [StoreFact(DisplayName = "A throw after Persist in the command: the event is stored all the same, its handler is not called")]
    public async Task Throw_after_Persist()
    {
        var (actor, _) = await Recovered();
        actor.Tell(new Act(a =>
        {
            a.Persist("stored", _ => a.Tell("never"));
            throw new Boom("command");
        }));
        Assert.Equal([new Replayed("stored", 1)], await RecoveryOf());
        actor.Tell("next");
        await ExpectMsgAsync("next");
    }

    [StoreFact(DisplayName = "A supervisor that resumes after a throw in a handler lets the remaining handlers and commands run")]
    public async Task Resumed_after_a_throw()
    {
        var parent = Sys.ActorOf(Parent.Props(new OneForOneStrategy(_ => Directive.Resume)));
        var (actor, _) = await Recovered(supervisor: parent);
        actor.Tell(new Act(a =>
        {
            a.Persist("1", _ => throw new Boom("handler"));
            a.DeferAsync("deferred", e => a.Tell(e));
            a.Persist("2", e => a.Tell(e));
        }));
        actor.Tell("next");
        foreach (var expected in new[] { "deferred", "2", "next" })
            await ExpectMsgAsync(expected);
    }

    [StoreFact(DisplayName = "Events persisted in CommandAsync are written when its task has ended, and then the next command comes")]
    public async Task Async_commands()
    {
        var (actor, _) = await Recovered();
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        actor.Tell(new Act(a => a.Run(async () =>
        {
            a.Persist("before", e => a.Tell(e));
            await gate.Task;
            a.Persist("after", e => a.Tell(e));
            a.Tell("task ends");
        })));
        actor.Tell("next");
        gate.SetResult();
        foreach (var expected in new[] { "task ends", "before", "after", "next" })
            await ExpectMsgAsync(expected);
    }

    [StoreFact(DisplayName = "An asynchronous part of a handler ends before the next handler runs")]
    public async Task Async_handlers()
    {
        var (actor, _) = await Recovered();
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        actor.Tell(new Act(a => a.PersistAll(["1", "2"], e =>
        {
            a.Tell($"{e} begins");
            a.Run(async () =>
            {
                await gate.Task;
                a.Tell($"{e} ends");
            });
        })));
        actor.Tell("next");
        await ExpectMsgAsync("1 begins");
        gate.SetResult();
        foreach (var expected in new[] { "1 ends", "2 begins", "2 ends", "next" })
            await ExpectMsgAsync(expected);
    }

    [StoreFact(DisplayName = "Persisting while events are replayed throws InvalidOperationException; in RecoveryCompleted it is allowed")]
    public async Task Persisting_in_recovery()
    {
        await Stored("one");
        var actor = Sys.ActorOf(Props.Create(() => new Eager(Id, TestActor)));
        await ExpectMsgAsync("InvalidOperationException");
        await ExpectMsgAsync("persisted in RecoveryCompleted at 2");
        await Stopped(actor);
        Assert.Equal(["one", "at once"], await StoredEvents());
    }

    [StoreFact(DisplayName = "Very many events of very many actors are stored, each actor's in order")]
    public async Task Many_actors()
    {
        const int actors = 50;
        const int events = 40;
        for (var i = 0; i < actors; i++)
        {
            var id = $"{Id}-{i}";
            var actor = Sys.ActorOf(Scripted.Props(id, CreateTestProbe().Ref));
            for (var n = 1; n <= events; n++)
                actor.Tell(n % 3 == 0 ? Act.PersistAsync($"{n}") : Act.Persist($"{n}"), TestActor);
        }

        for (var i = 0; i < actors * events; i++)
            await ExpectMsgAsync<string>(TimeSpan.FromSeconds(60));
        for (var i = 0; i < actors; i++)
        {
            var (actor, recovery) = await Recovered(Scripted.Props($"{Id}-{i}", TestActor));
            Assert.Equal(Enumerable.Range(1, events).Select(n => new Replayed($"{n}", n)), recovery.Cast<Replayed>());
            await Stopped(actor);
        }
    }

    private sealed class Eager(string id, IActorRef log) : Scripted(id, log)
    {
        protected override void OnRecover(object message)
        {
            if (message is not Akka.Persistence.RecoveryCompleted)
            {
                try
                {
                    Persist("too early", _ => { });
                }
                catch (Exception e)
                {
                    Listener.Tell(e.GetType().Name);
                }

                return;
            }

            Persist("at once", _ => Listener.Tell($"persisted in RecoveryCompleted at {LastSequenceNr}"));
        }
    }
}

public sealed class InMemoryPersistSpec : PersistContract<InMemoryStore>;
