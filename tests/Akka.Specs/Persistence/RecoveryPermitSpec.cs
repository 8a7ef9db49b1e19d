using Akka.Persistence;
using Specs.Persistence.Support;

namespace Specs.Persistence;

/// <summary>How many actors recover at a time, and what ends a recovery that does not come to an end.</summary>
public sealed class RecoveryPermitSpec() : Spec(FaultyJournal.Config + "\n" +
    """
    akka.persistence.max-concurrent-recoveries = 1
    akka.persistence.journal.faulty.recovery-event-timeout = 300ms
    akka.persistence.journal.patient.class = "Specs.Persistence.Support.FaultyJournal, Akka.Specs"
    akka.persistence.journal.patient.recovery-event-timeout = 1h
    """)
{
    private static int _lastId;

    private readonly TaskCompletionSource _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private string Id { get; } = $"permit-{Interlocked.Increment(ref _lastId)}";

    [Fact(DisplayName = "A recovery waits for a permit, after PreStart; when the one before it is done it gets it, in order of arrival")]
    public async Task Waits_for_a_permit()
    {
        Start("held");
        await ExpectMsgAsync("PreStart held");
        Start("second");
        await ExpectMsgAsync("PreStart second");
        Start("third");
        await ExpectMsgAsync("PreStart third");
        _gate.SetResult();
        foreach (var name in new[] { "held", "second", "third" })
            await ExpectMsgAsync($"recovered {name}");
    }

    [Fact(DisplayName = "An actor that stops while it recovers gives its permit back, one that stops while it waits gives up its turn")]
    public async Task Stopped_gives_it_back()
    {
        var held = Start("held");
        await ExpectMsgAsync("PreStart held");
        var second = Start("second");
        await ExpectMsgAsync("PreStart second");
        Start("third");
        await ExpectMsgAsync("PreStart third");
        await Stopped(second);
        await Stopped(held);
        await ExpectMsgAsync("recovered third");
    }

    [Fact(DisplayName = "An actor whose PreStart throws gives its permit back")]
    public async Task Failed_start_gives_it_back()
    {
        await Stopped(Sys.ActorOf(Props.Create(() => new Broken(Id, TestActor, true))));
        Start("next");
        await ExpectMsgAsync("PreStart next");
        await ExpectMsgAsync("recovered next");
    }

    [Fact(DisplayName = "An actor that throws in RecoveryCompleted gives its permit back each time")]
    public async Task Failed_completion_gives_it_back()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Broken(Id, TestActor, false)));
        for (var i = 0; i < 3; i++)
            await ExpectMsgAsync("throws");
        Sys.Stop(actor);
        Start("next");
        await FishForMessageAsync<string>(message => message == "recovered next", TimeSpan.FromSeconds(30));
    }

    [Fact(DisplayName = "A recovery in which nothing comes for recovery-event-timeout fails, the actor is stopped and its permit given back")]
    public async Task Times_out()
    {
        FaultyJournal.Hold($"{Id}-slow", _gate.Task);
        var actor = Sys.ActorOf(Scripted.Props($"{Id}-slow", TestActor));
        var told = await ExpectMsgAsync<Told>(TimeSpan.FromSeconds(30));
        Assert.StartsWith("recovery failed: Recovery of", told.What);
        Watch(actor);
        await ExpectTerminatedAsync(actor, TimeSpan.FromSeconds(30));
        Sys.ActorOf(Scripted.Props($"{Id}-next", TestActor));
        await ExpectMsgAsync<RecoveryCompleted>(TimeSpan.FromSeconds(30));
    }

    [Fact(DisplayName = "An actor without a persistence id, or with a plugin that is not configured, fails when it starts")]
    public async Task Missing_id_or_plugin()
    {
        foreach (var props in new[]
        {
            Scripted.Props(null!, TestActor),
            Props.Create(() => new OnJournal(Id, TestActor, "akka.persistence.journal.nowhere")),
            Props.Create(() => new OnJournal(Id, TestActor, "akka.persistence.journal-plugin-fallback"))
        })
        {
            var failure = new TaskCompletionSource<Exception>();
            var parent = Sys.ActorOf(Parent.Props(new OneForOneStrategy(cause =>
            {
                failure.TrySetResult(cause);
                return Directive.Stop;
            })));
            StartChild(parent, props);
            Assert.IsType<ActorInitializationException>(await failure.Task.WaitAsync(TimeSpan.FromSeconds(30)));
        }
    }

    private IActorRef Start(string name)
    {
        if (name == "held")
            FaultyJournal.Hold($"{Id}-{name}", _gate.Task);
        return Sys.ActorOf(Props.Create(() => new Named(Id, name, TestActor)));
    }

    private sealed class Named : UntypedPersistentActor
    {
        private readonly string _name;
        private readonly IActorRef _log;

        public Named(string id, string name, IActorRef log)
        {
            (PersistenceId, _name, _log) = ($"{id}-{name}", name, log);
            JournalPluginId = "akka.persistence.journal.patient";
        }

        public override string PersistenceId { get; }

        protected override void PreStart() => _log.Tell($"PreStart {_name}");

        protected override void OnRecover(object message)
        {
            if (message is RecoveryCompleted)
                _log.Tell($"recovered {_name}");
        }

        protected override void OnCommand(object message)
        {
        }
    }

    private sealed class OnJournal : Scripted
    {
        public OnJournal(string id, IActorRef log, string journal) : base(id, log) => JournalPluginId = journal;
    }

    private sealed class Broken : Scripted
    {
        private readonly bool _inPreStart;

        public Broken(string id, IActorRef log, bool inPreStart) : base(id, log)
        {
            _inPreStart = inPreStart;
            JournalPluginId = "akka.persistence.journal.patient";
        }

        protected override void PreStart()
        {
            if (_inPreStart)
                throw new Boom("PreStart");
        }

        protected override void OnRecover(object message)
        {
            Listener.Tell("throws");
            throw new Boom("RecoveryCompleted");
        }
    }
}
