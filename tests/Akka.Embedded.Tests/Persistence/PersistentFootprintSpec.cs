using Akka.Actor;
using Akka.Embedded.Tests.Engine;
using Akka.Persistence;
using Xunit;

namespace Akka.Embedded.Tests.Persistence;

/// <summary>What a persistent actor costs in memory when it has recovered: the node has one for each key.</summary>
[Collection(nameof(FootprintSpec))]
public sealed class PersistentFootprintSpec
{
    [Fact(DisplayName = "A persistent actor that has recovered and handled a command keeps 1,500 bytes or less alive")]
    public async Task Idle_persistent_actor()
    {
        const int actors = 10_000;
        var system = ActorSystem.Create("persistent-footprint",
            """
            akka.loglevel = OFF
            akka.stdout-loglevel = OFF
            akka.persistence.snapshot-store.plugin = "akka.persistence.snapshot-store.inmem"
            """);
        await Start(system, "warm-up", 1_000);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var started = await Start(system, "entity", actors);
        var each = (GC.GetTotalMemory(forceFullCollection: true) - before) / actors;
        GC.KeepAlive(started);
        await system.Terminate();
        Assert.True(each <= 1_500, $"{each} bytes an actor");
    }

    private static async Task<IActorRef[]> Start(ActorSystem system, string prefix, int count)
    {
        var actors = new IActorRef[count];
        for (var i = 0; i < count; i++)
        {
            var id = $"{prefix}-{i}";
            actors[i] = system.ActorOf(Props.Create(() => new Idle(id)));
            // A command that comes before the recovery has ended, as the first command of an entity does.
            actors[i].Tell("command");
        }

        foreach (var actor in actors)
            await actor.Ask<string>("are you there?", TimeSpan.FromSeconds(60));
        return actors;
    }

    private sealed class Idle : ReceivePersistentActor
    {
        private int _handled;

        public Idle(string id)
        {
            PersistenceId = id;
            Recover<string>(_ => _handled++);
            Command<string>(message => Sender.Tell($"{message} {_handled}"), message => message.Length > 10);
            Command<string>(_ => _handled++);
        }

        public override string PersistenceId { get; }
    }
}
