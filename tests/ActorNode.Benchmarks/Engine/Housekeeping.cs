using Akka.Actor;

namespace ActorNode.Benchmarks.Engine;

/// <summary>What actors do beside handling messages: timers, stashes, restarts.</summary>
internal static class Housekeeping
{
    private const int Timers = 100_000;
    private const int Stashed = 500_000;
    private const int Failures = 20_000;
    private static readonly object Message = new();

    public static IEnumerable<Workload> All =>
    [
        new("timers 100,000 active", Timers, null, system => OneActor<TimerOwner>(system)),
        new("stash and unstash", Stashed, null, system => OneActor<Stasher>(system)),
        new("restart storm", Failures, null, RestartStorm)
    ];

    private static Func<Task> OneActor<TActor>(ActorSystem system) where TActor : ActorBase, new()
    {
        var actor = system.ActorOf(Props.Create<TActor>());
        return () => actor.Ask<object>(Message, TimeSpan.FromMinutes(1));
    }

    private static Func<Task> RestartStorm(ActorSystem system)
    {
        var restarted = new Countdown();
        var actors = Enumerable.Range(0, 16).Select(_ => system.ActorOf(Props.Create(() => new Failing(restarted)))).ToArray();
        return () =>
        {
            var all = restarted.Start(Failures);
            for (var i = 0; i < Failures; i++)
                actors[i % actors.Length].Tell(Message, ActorRefs.NoSender);
            return all;
        };
    }

    /// <summary>Starts all, answers when the last one has fired: arming, firing and accepting.</summary>
    private sealed class TimerOwner : UntypedActor, IWithTimers
    {
        private IActorRef _asker = ActorRefs.Nobody;
        private int _left;

        public ITimerScheduler Timers { get; set; } = null!;

        protected override void OnReceive(object message)
        {
            if (message is int)
            {
                if (--_left == 0)
                    _asker.Tell(Message, Self);
                return;
            }

            (_asker, _left) = (Sender, Housekeeping.Timers);
            for (var i = 0; i < Housekeeping.Timers; i++)
            {
                object key = i;
                Timers.StartSingleTimer(key, key, TimeSpan.FromMilliseconds(500 + i % 100));
            }
        }
    }

    private sealed class Stasher : UntypedActor, IWithUnboundedStash
    {
        private IActorRef _asker = ActorRefs.Nobody;
        private int _left;
        private bool _open;

        public IStash Stash { get; set; } = null!;

        protected override void OnReceive(object message)
        {
            switch (message)
            {
                case int when !_open:
                    Stash.Stash();
                    if (--_left > 0)
                        break;
                    (_open, _left) = (true, Stashed);
                    Stash.UnstashAll();
                    break;
                case int:
                    if (--_left == 0)
                        _asker.Tell(Message, Self);
                    break;
                default:
                    (_asker, _left, _open) = (Sender, Stashed, false);
                    object content = 1;
                    for (var i = 0; i < Stashed; i++)
                        Self.Tell(content, Self);
                    break;
            }
        }
    }

    private sealed class Failing(Countdown restarted) : UntypedActor
    {
        protected override void PostRestart(Exception reason) => restarted.CountShared();

        protected override void OnReceive(object message) => throw new InvalidOperationException("As it shall");
    }
}
