using Akka.Actor;

namespace ActorNode.Benchmarks.Engine;

/// <summary>Pairs of actors that send a ball back and forth: every message finds its receiver idle, or nearly so.</summary>
internal static class PingPong
{
    private static readonly object Ball = new();

    public static IEnumerable<Workload> All =>
    [
        Pairs(1, 1, 400_000, new Goal(2.3, 1.3)),
        Pairs(8, 1, 1_000_000, null),
        Pairs(64, 1, 1_000_000, new Goal(8.0, 1.3)),
        Pairs(1, 100, 1_000_000, null),
        Pairs(8, 100, 2_000_000, null),
        Pairs(64, 100, 2_000_000, null)
    ];

    private static Workload Pairs(int pairs, int inFlight, int messages, Goal? goal)
    {
        var hits = messages / pairs / 2;
        return new Workload($"ping-pong {pairs} pairs, {inFlight} in flight", hits * pairs * 2, goal, system =>
        {
            var ended = new Countdown();
            var servers = Enumerable.Range(0, pairs).Select(_ =>
            {
                var returner = system.ActorOf(Props.Create(() => new Returner()));
                return system.ActorOf(Props.Create(() => new Server(returner, hits, inFlight, ended)));
            }).ToArray();
            return () =>
            {
                var all = ended.Start(pairs);
                foreach (var server in servers)
                    server.Tell(Serve.Instance, ActorRefs.NoSender);
                return all;
            };
        });
    }

    private sealed class Serve
    {
        public static readonly Serve Instance = new();
    }

    private sealed class Returner : UntypedActor
    {
        protected override void OnReceive(object message) => Sender.Tell(message, Self);
    }

    private sealed class Server(IActorRef returner, int hits, int inFlight, Countdown ended) : UntypedActor
    {
        private int _toSend;
        private int _toReceive;

        protected override void OnReceive(object message)
        {
            if (message is Serve)
            {
                (_toSend, _toReceive) = (hits, hits);
                for (var i = 0; i < inFlight; i++)
                    Hit();
                return;
            }

            if (--_toReceive == 0)
                ended.CountShared();
            else
                Hit();
        }

        private void Hit()
        {
            if (_toSend == 0)
                return;
            _toSend--;
            returner.Tell(Ball, Self);
        }
    }
}
