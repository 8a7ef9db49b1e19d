using Akka.Actor;

namespace ActorNode.Benchmarks.Engine;

/// <summary>Actors by the hundred thousand: how fast they come, and what an idle one weighs.</summary>
internal static class Spawning
{
    private const int Actors = 100_000;

    public static IEnumerable<Workload> All =>
    [
        new("spawn top level", Actors, new Goal(0.056, 3), SpawnTopLevel) { FreshSystem = true },
        new("spawn children, answer once", Actors, null, SpawnChildren)
    ];

    /// <summary>Live bytes of an actor of its own Props with two arguments and a 64-character name.</summary>
    public static async Task<(double Unborn, double AfterMessages)> LiveBytesAsync()
    {
        using var system = ActorSystem.Create("bench", "akka.loglevel = OFF\nakka.stdout-loglevel = OFF");
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var started = new Countdown();
        var all = started.Start(Actors);
        var actors = new IActorRef[Actors];
        for (var i = 0; i < Actors; i++)
            actors[i] = system.ActorOf(Props.Create(() => new Idle(started, "an argument")), Name(i));
        await all;
        // The references are the caller's own: 8 bytes each, but they stand in an array that counts as live.
        var idle = GC.GetTotalMemory(forceFullCollection: true);
        all = started.Start(Actors * 3);
        foreach (var actor in actors)
        {
            for (var i = 0; i < 3; i++)
                actor.Tell(started, ActorRefs.NoSender);
        }

        await all;
        var used = GC.GetTotalMemory(forceFullCollection: true);
        GC.KeepAlive(actors);
        await system.Terminate();
        return ((double)(idle - before) / Actors - IntPtr.Size, (double)(used - before) / Actors - IntPtr.Size);
    }

    private static string Name(int i) => $"actor-{i:D58}";

    private static Func<Task> SpawnTopLevel(ActorSystem system) => async () =>
    {
        var started = new Countdown();
        var all = started.Start(Actors);
        for (var i = 0; i < Actors; i++)
            system.ActorOf(Props.Create(() => new Idle(started, "an argument")), Name(i));
        await all;
    };

    private static Func<Task> SpawnChildren(ActorSystem system) => async () =>
    {
        var parent = system.ActorOf(Props.Create(() => new Parent()));
        await parent.Ask<int>(Actors, TimeSpan.FromMinutes(1));
        await parent.GracefulStop(TimeSpan.FromMinutes(1));
    };

    private sealed class Idle : UntypedActor
    {
        private readonly Countdown _started;

        public Idle(Countdown started, string argument)
        {
            ArgumentNullException.ThrowIfNull(argument);
            _started = started;
        }

        protected override void PreStart() => _started.CountShared();

        protected override void OnReceive(object message) => _started.CountShared();
    }

    private sealed class Parent : UntypedActor
    {
        private IActorRef _asker = ActorRefs.Nobody;
        private int _left;

        protected override void OnReceive(object message)
        {
            if (message is int count)
            {
                (_asker, _left) = (Sender, count);
                for (var i = 0; i < count; i++)
                    Context.ActorOf(Props.Create(() => new Child())).Tell(message, Self);
            }
            else if (--_left == 0)
            {
                _asker.Tell(0, Self);
            }
        }
    }

    private sealed class Child : UntypedActor
    {
        private static readonly object Answer = new();

        protected override void OnReceive(object message) => Sender.Tell(Answer, Self);
    }
}
