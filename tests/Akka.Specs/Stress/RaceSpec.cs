using System.Collections.Concurrent;
using Akka.Event;

namespace Specs.Stress;

/// <summary>Races that single specs meet by luck only, many times over. The seed makes the choices of a run the same; the threads do not.</summary>
public sealed class RaceSpec : Spec
{
    private const int Seed = 20_240_921;
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(20);

    [Fact(DisplayName = "Whoever watches while the actor stops hears of it exactly once")]
    public async Task Watch_against_stop()
    {
        var random = new Random(Seed);
        for (var round = 0; round < 200; round++)
        {
            var actor = Sys.ActorOf(Quiet.Props);
            var watchers = Enumerable.Range(0, 4).Select(_ => Sys.ActorOf(Props.Create(() => new CountsTerminated()))).ToList();
            var stopAt = random.Next(5);
            var tasks = watchers.Select((watcher, i) => Task.Run(() =>
            {
                if (i == stopAt)
                    Sys.Stop(actor);
                watcher.Tell(new Do(context => context.Watch(actor)), ActorRefs.NoSender);
            })).ToList();
            await Task.WhenAll(tasks);
            Sys.Stop(actor);
            foreach (var watcher in watchers)
                Assert.Equal(1, await watcher.Ask<int>("when terminated", Long));
        }
    }

    [Fact(DisplayName = "Watch and Unwatch in turn while the actor stops never leave a notice behind an Unwatch")]
    public async Task Unwatch_against_stop()
    {
        var random = new Random(Seed);
        for (var round = 0; round < 200; round++)
        {
            var actor = Sys.ActorOf(Quiet.Props);
            var watcher = Sys.ActorOf(Props.Create(() => new CountsTerminated()));
            watcher.Tell(new Do(context => context.Watch(actor)), ActorRefs.NoSender);
            var pauses = random.Next(200);
            var stop = Task.Run(() =>
            {
                Thread.SpinWait(pauses);
                Sys.Stop(actor);
            });
            watcher.Tell(new StopWatching(actor), ActorRefs.NoSender);
            await stop;
            await Stopped(actor);
            var (before, after) = await watcher.Ask<(int, int)>("counts", Long);
            Assert.InRange(before, 0, 1);
            Assert.Equal(0, after);
        }
    }

    [Fact(DisplayName = "Failures, restarts and messages at once lose no message and handle none twice")]
    public async Task Messages_against_restarts()
    {
        const int senders = 4, each = 1_000;
        var seen = new ConcurrentDictionary<int, int>();
        var actor = Sys.ActorOf(Props.Create(() => new FailsSometimes(seen)));
        await Task.WhenAll(Enumerable.Range(0, senders).Select(sender => Task.Run(() =>
        {
            var random = new Random(Seed + sender);
            for (var i = 0; i < each; i++)
            {
                actor.Tell(sender * each + i, ActorRefs.NoSender);
                if (random.Next(50) == 0)
                    actor.Tell("fail", ActorRefs.NoSender);
            }
        })));
        Assert.Equal(senders * each, await actor.Ask<int>("seen", Long));
        Assert.All(seen.Values, times => Assert.Equal(1, times));
    }

    [Fact(DisplayName = "A tree that fails at all levels at once comes to rest and works")]
    public async Task Failures_at_all_levels()
    {
        var random = new Random(Seed);
        for (var round = 0; round < 50; round++)
        {
            var top = Sys.ActorOf(Parent.Props(new OneForOneStrategy(_ => Directive.Restart)));
            var middle = StartChild(top, Props.Create(() => new KeepsChild()));
            var leaf = await middle.Ask<IActorRef>("child", Long);
            await Task.WhenAll(
                Task.Run(() => Repeat(random.Next(1, 10), () => leaf.Tell("fail", ActorRefs.NoSender))),
                Task.Run(() => Repeat(random.Next(1, 10), () => middle.Tell("fail", ActorRefs.NoSender))));
            Assert.Equal("alive", await middle.Ask<string>("alive", Long));
            leaf = await middle.Ask<IActorRef>("child", Long);
            Assert.Equal("alive", await leaf.Ask<string>("alive", Long));
            Sys.Stop(top);
        }
    }

    [Fact(DisplayName = "Children that stop and come back under the same name, as passivation does it, lose no message")]
    public async Task Stop_and_recreate_names()
    {
        const int keys = 8, messages = 4_000;
        var handled = new ConcurrentDictionary<int, int>();
        var region = Sys.ActorOf(Props.Create(() => new Region(handled)));
        var random = new Random(Seed);
        for (var i = 0; i < messages; i++)
            region.Tell((random.Next(keys), i), ActorRefs.NoSender);
        await AwaitAssertAsync(() => Assert.Equal(messages, handled.Count), Long);
        Assert.All(handled.Values, times => Assert.Equal(1, times));
    }

    [Fact(DisplayName = "Each ask that races its timeout ends once, and its answer is taken or a dead letter")]
    public async Task Ask_against_timeout()
    {
        const int asks = 500;
        var letters = 0;
        var counter = Sys.ActorOf(Props.Create(() => new CountsLetters(() => Interlocked.Increment(ref letters))));
        Sys.EventStream.Subscribe(counter, typeof(DeadLetter));
        var actor = Sys.ActorOf(Props.Create(() => new AnswersLate()));
        var random = new Random(Seed);
        var outcomes = await Task.WhenAll(Enumerable.Range(0, asks).Select(async _ =>
        {
            try
            {
                await actor.Ask<string>(random.Next(0, 12), Ms(10));
                return true;
            }
            catch (AskTimeoutException)
            {
                return false;
            }
        }));
        var answered = outcomes.Count(answer => answer);
        await AwaitAssertAsync(() => Assert.Equal(asks - answered, Volatile.Read(ref letters)), Long);
    }

    private static void Repeat(int times, Action action)
    {
        for (var i = 0; i < times; i++)
            action();
    }

    private sealed record StopWatching(IActorRef Actor);

    private sealed class CountsTerminated : UntypedActor
    {
        private readonly List<IActorRef> _waiting = [];
        private int _count;
        private int _afterUnwatch;
        private bool _unwatched;

        protected override void OnReceive(object message)
        {
            switch (message)
            {
                case Do work:
                    work.Work(Context);
                    break;
                case StopWatching unwatch:
                    Context.Unwatch(unwatch.Actor);
                    _unwatched = true;
                    break;
                case Terminated when _unwatched:
                    _afterUnwatch++;
                    break;
                case Terminated:
                    _count++;
                    // Another notice would be queued by now: the answer goes behind it.
                    foreach (var waiting in _waiting)
                        Self.Tell(("answer", waiting));
                    _waiting.Clear();
                    break;
                case "when terminated" when _count == 0:
                    _waiting.Add(Sender);
                    break;
                case "when terminated":
                    Sender.Tell(_count);
                    break;
                case ValueTuple<string, IActorRef>(_, var waiting):
                    waiting.Tell(_count);
                    break;
                case "counts":
                    Sender.Tell((_count, _afterUnwatch));
                    break;
            }
        }
    }

    private sealed class FailsSometimes(ConcurrentDictionary<int, int> seen) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            switch (message)
            {
                case int number:
                    seen.AddOrUpdate(number, 1, (_, times) => times + 1);
                    break;
                case "fail":
                    throw new Boom("sometimes");
                case "seen":
                    Sender.Tell(seen.Count);
                    break;
            }
        }
    }

    private sealed class KeepsChild : UntypedActor
    {
        protected override void PreStart()
        {
            if (Context.Child("leaf").IsNobody())
                Context.ActorOf(Props.Create(() => new Leaf()), "leaf");
        }

        protected override void PreRestart(Exception reason, object message)
        {
            // The child stays and is restarted with its parent.
        }

        protected override void OnReceive(object message)
        {
            switch (message)
            {
                case "fail":
                    throw new Boom("middle");
                case "child":
                    Sender.Tell(Context.Child("leaf"));
                    break;
                case "alive":
                    Sender.Tell("alive");
                    break;
            }
        }
    }

    private sealed class Leaf : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            if ("fail".Equals(message))
                throw new Boom("leaf");
            Sender.Tell("alive");
        }
    }

    /// <summary>Every child asks to be stopped after three messages; what comes meanwhile is kept for the next child of the name.</summary>
    private sealed class Region : UntypedActor
    {
        private readonly ConcurrentDictionary<int, int> _handled;
        private readonly Dictionary<string, IActorRef> _entities = [];
        private readonly Dictionary<string, List<int>> _kept = [];

        public Region(ConcurrentDictionary<int, int> handled) => _handled = handled;

        protected override void OnReceive(object message)
        {
            switch (message)
            {
                case ValueTuple<int, int>(var key, var number):
                    Deliver($"key-{key}", number);
                    break;
                case "passivate":
                    _kept[Sender.Path.Name] = [];
                    Sender.Tell(PoisonPill.Instance);
                    break;
                case Terminated terminated:
                    var name = terminated.ActorRef.Path.Name;
                    _entities.Remove(name);
                    _kept.Remove(name, out var kept);
                    foreach (var one in kept!)
                        Deliver(name, one);
                    break;
            }
        }

        private void Deliver(string name, int number)
        {
            if (_kept.TryGetValue(name, out var kept))
            {
                kept.Add(number);
                return;
            }

            if (!_entities.TryGetValue(name, out var entity))
            {
                entity = Context.Watch(Context.ActorOf(Props.Create(() => new Entity(_handled)), name));
                _entities.Add(name, entity);
            }

            entity.Tell(number);
        }
    }

    private sealed class Entity(ConcurrentDictionary<int, int> handled) : UntypedActor
    {
        private int _count;

        protected override void OnReceive(object message)
        {
            handled.AddOrUpdate((int)message, 1, (_, times) => times + 1);
            if (++_count == 3)
                Context.Parent.Tell("passivate");
        }
    }

    private sealed class CountsLetters(Action count) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            if (message is DeadLetter { Message: "answer" })
                count();
        }
    }

    private sealed class AnswersLate : UntypedActor
    {
        protected override void OnReceive(object message) =>
            Context.System.Scheduler.ScheduleTellOnce(Ms((int)message), Sender, "answer", Self);
    }
}
