using Akka.Hosting;
using Akka.Persistence.Hosting;
using Akka.Persistence.Journal;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Specs.Persistence.Support;

namespace Specs.Persistence;

/// <summary>Event adapters between the program's events and what a journal stores, as they are configured and as hosting configures them.</summary>
public sealed class EventAdapterSpec() : PersistenceSpec<InMemoryStore>(
    """
    akka.persistence.journal.inmem {
      event-adapters {
        upper = "Specs.Persistence.EventAdapterSpec+Upper, Akka.Specs"
        tagging = "Specs.Persistence.EventAdapterSpec+Tagging, Akka.Specs"
        doubling = "Specs.Persistence.EventAdapterSpec+Doubling, Akka.Specs"
        dropping = "Specs.Persistence.EventAdapterSpec+Dropping, Akka.Specs"
        throwing = "Specs.Persistence.EventAdapterSpec+Throwing, Akka.Specs"
      }
      event-adapter-bindings {
        "Specs.Persistence.EventAdapterSpec+Base, Akka.Specs" = upper
        "Specs.Persistence.EventAdapterSpec+Derived, Akka.Specs" = tagging
        "System.Int32" = [doubling, dropping]
        "System.Guid" = throwing
      }
    }
    """)
{
    [Fact(DisplayName = "An event is stored as its adapter writes it and replayed as it reads it; the handler gets it unchanged")]
    public async Task Writes_and_reads()
    {
        await Persisted(new Base("event"));
        var (_, recovery) = await Recovered();
        Assert.Equal([new Replayed(new Base("EVENT, read with manifest m"), 1)], recovery);
    }

    [Fact(DisplayName = "The adapter of the most specific type wins, and tags do not reach the reader")]
    public async Task Most_specific_wins()
    {
        await Persisted(new Derived("event"));
        var (_, recovery) = await Recovered();
        Assert.Equal([new Replayed(new Derived("event"), 1)], recovery);
    }

    [Fact(DisplayName = "Several readers of one type all contribute, one event may become two or none, all with its sequence number")]
    public async Task Readers_are_combined()
    {
        await Persisted(1);
        await Persisted("plain");
        var (_, recovery) = await Recovered();
        Assert.Equal([new Replayed(10, 1), new Replayed(11, 1), new Replayed("plain", 2)], recovery);
    }

    [Fact(DisplayName = "An adapter that throws rejects the event")]
    public async Task Throwing_adapter_rejects()
    {
        var (actor, _) = await Recovered();
        var id = Guid.NewGuid();
        actor.Tell(new Act(a => a.Persist(id, _ => a.Tell("never"))));
        actor.Tell(Act.Persist("next"), TestActor);
        await ExpectMsgAsync(new Told("rejected: adapter", id, 1));
        await ExpectMsgAsync("next");
    }

    [Fact(DisplayName = "AdaptersFor tells the adapter of a type; without a binding it is the identity")]
    public void Adapters_by_type()
    {
        var adapters = Akka.Persistence.Persistence.Instance.Apply(Sys).AdaptersFor(null!);
        Assert.IsType<Upper>(adapters.Get(typeof(Base)));
        Assert.IsType<Tagging>(adapters.Get<Derived>());
        Assert.IsType<IdentityEventAdapter>(adapters.Get<string>());
    }

    [Fact(DisplayName = "Hosting configures the plugins in memory and their event adapters")]
    public async Task Hosted()
    {
        using var host = Host.CreateDefaultBuilder().ConfigureServices(services => services.AddAkka("hosted", builder => builder
            .WithInMemoryJournal(journal => journal
                .AddWriteEventAdapter<Writer>("writer", [typeof(Base)])
                .AddReadEventAdapter<Reader>("reader", [typeof(Derived)])
                .AddEventAdapter<Upper>("upper", [typeof(Other)]), "own")
            .WithInMemorySnapshotStore())).Build();
        await host.StartAsync();
        var system = host.Services.GetRequiredService<ActorSystem>();
        Assert.Equal("akka.persistence.journal.own", system.Settings.Config.GetString("akka.persistence.journal.plugin"));
        Assert.Equal("akka.persistence.snapshot-store.inmem", system.Settings.Config.GetString("akka.persistence.snapshot-store.plugin"));
        var adapters = Akka.Persistence.Persistence.Instance.Apply(system).AdaptersFor("akka.persistence.journal.own");
        Assert.IsType<Upper>(adapters.Get<Other>());
        Assert.Equal("written", adapters.Get<Base>().ToJournal(new Base("")));
        Assert.Equal(["read"], adapters.Get<Derived>().FromJournal(new Derived(""), "").Events);
        await host.StopAsync();
    }

    private async Task Persisted(object @event)
    {
        var (actor, _) = await Recovered();
        actor.Tell(new Act(a => a.Persist(@event, e => a.Tell(e))));
        await ExpectMsgAsync(@event);
        await Stopped(actor);
    }

    public record Base(string Text);

    public sealed record Derived(string Text) : Base(Text);

    public sealed record Other(string Text);

    /// <summary>Writes in capitals.</summary>
    public sealed class Upper : IEventAdapter
    {
        public string Manifest(object evt) => "m";

        public object ToJournal(object evt) => new Base(((Base)evt).Text.ToUpperInvariant());

        public IEventSequence FromJournal(object evt, string manifest) =>
            EventSequence.Single(new Base($"{((Base)evt).Text}, read with manifest {manifest}"));
    }

    public sealed class Tagging : IWriteEventAdapter, IEventAdapter
    {
        public string Manifest(object evt) => "";

        public object ToJournal(object evt) => new Tagged(evt, ["a", "b"]);

        public IEventSequence FromJournal(object evt, string manifest) => EventSequence.Single(evt);
    }

    public sealed class Doubling : IReadEventAdapter
    {
        public IEventSequence FromJournal(object evt, string manifest) => EventSequence.Create((int)evt * 10, ((int)evt * 10) + 1);
    }

    public sealed class Dropping : IReadEventAdapter
    {
        public IEventSequence FromJournal(object evt, string manifest) => EventSequence.Empty;
    }

    public sealed class Throwing : IWriteEventAdapter
    {
        public string Manifest(object evt) => "";

        public object ToJournal(object evt) => throw new Boom("adapter");
    }

    public sealed class Writer : IWriteEventAdapter
    {
        public string Manifest(object evt) => "";

        public object ToJournal(object evt) => "written";
    }

    public sealed class Reader : IReadEventAdapter
    {
        public IEventSequence FromJournal(object evt, string manifest) => EventSequence.Single("read");
    }
}
