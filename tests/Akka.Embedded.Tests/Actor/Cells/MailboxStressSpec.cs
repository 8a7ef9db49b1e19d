using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Event;
using Xunit;

namespace Akka.Embedded.Tests.Engine;

/// <summary>The mailbox under threads that do everything at once: nothing lost, nothing twice, nothing stuck.</summary>
public sealed class MailboxStressSpec : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly ActorSystem _system = ActorSystem.Create("stress", "akka.loglevel = OFF, akka.stdout-loglevel = OFF, akka.log-dead-letters = off");

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => _system.Terminate();

    [Fact(DisplayName = "Messages of each sender are handled once and in order while the actor fails, resumes and is suspended by its parent")]
    public async Task In_order_through_failures()
    {
        const int producers = 4, each = 20_000;
        var done = new TaskCompletionSource<string?>();
        var parent = _system.ActorOf(Props.Create(() => new Resuming(producers, each, done)));
        var target = await parent.Ask<IActorRef>("child", Limit);
        var internals = (IInternalActorRef)target;
        var sending = Enumerable.Range(0, producers).Select(producer => Task.Run(() =>
        {
            for (var i = 0; i < each; i++)
                target.Tell((producer, i), ActorRefs.NoSender);
        })).ToArray();
        var suspending = Task.Run(() =>
        {
            for (var i = 0; i < 2_000; i++)
            {
                internals.Suspend();
                internals.Resume();
            }
        });
        await Task.WhenAll(sending);
        await suspending;
        Assert.Null(await done.Task.WaitAsync(Limit));
    }

    [Fact(DisplayName = "What is told to a stopping actor is either handled or a dead letter, every message once")]
    public async Task Handled_or_dead()
    {
        const int producers = 3, each = 3_000;
        for (var round = 0; round < 20; round++)
        {
            var seen = new ConcurrentDictionary<int, int>();
            var listener = _system.ActorOf(Props.Create(() => new DeadLetterCounter(seen)));
            await listener.Ask<string>("ready", Limit);
            var target = _system.ActorOf(Props.Create(() => new Recorder(seen)));
            var sending = Enumerable.Range(0, producers).Select(producer => Task.Run(() =>
            {
                for (var i = 0; i < each; i++)
                {
                    target.Tell(producer * each + i, ActorRefs.NoSender);
                    if (producer == 0 && i == each / 3)
                        _system.Stop(target);
                }
            })).ToArray();
            await Task.WhenAll(sending);
            Assert.True(await target.WatchAsync().WaitAsync(Limit));
            // What was on its way when the mailbox closed is a dead letter of a later turn.
            using var limit = new CancellationTokenSource(Limit);
            while (seen.Count < producers * each)
                await listener.Ask<string>("ready", Limit, limit.Token);

            Assert.All(seen.Values, times => Assert.Equal(1, times));
            _system.Stop(listener);
        }
    }

    [Fact(DisplayName = "Restarts of a whole tree while its parts fail leave everybody able to answer")]
    public async Task Restart_storm()
    {
        var parent = _system.ActorOf(Props.Create(() => new AllForOneParent()));
        var children = await parent.Ask<IActorRef[]>("children", Limit);
        var failing = children.Select(child => Task.Run(() =>
        {
            for (var i = 0; i < 300; i++)
                child.Tell(new InvalidOperationException("storm"), ActorRefs.NoSender);
        })).Append(Task.Run(() =>
        {
            for (var i = 0; i < 50; i++)
                parent.Tell(new InvalidOperationException("storm"), ActorRefs.NoSender);
        }));
        await Task.WhenAll(failing);
        Assert.Equal("alive", await parent.Ask<string>("alive?", Limit));
        foreach (var child in await parent.Ask<IActorRef[]>("children", Limit))
            Assert.Equal("alive", await child.Ask<string>("alive?", Limit));
    }

    [Fact(DisplayName = "A watcher hears of each death once, however watching and dying meet")]
    public async Task Watch_meets_death()
    {
        const int subjects = 5_000;
        var done = new TaskCompletionSource<int>();
        var watcher = _system.ActorOf(Props.Create(() => new DeathCounter(subjects, done)));
        for (var i = 0; i < subjects; i++)
        {
            var subject = _system.ActorOf(Props.Create(() => new Deaf()));
            if (i % 2 == 0)
                _system.Stop(subject);
            watcher.Tell(subject, ActorRefs.NoSender);
            if (i % 2 != 0)
                subject.Tell(PoisonPill.Instance, ActorRefs.NoSender);
        }

        Assert.Equal(subjects, await done.Task.WaitAsync(Limit));
    }

    [Fact(DisplayName = "Asynchronous handlers that are cut off by restarts do not leave the mailbox suspended")]
    public async Task Restart_while_awaiting()
    {
        var parent = _system.ActorOf(Props.Create(() => new AsyncParent()));
        var child = await parent.Ask<IActorRef>("child", Limit);
        for (var i = 0; i < 500; i++)
        {
            child.Tell(1, ActorRefs.NoSender);
            if (i % 3 == 0)
                ((IInternalActorRef)child).Restart(new InvalidOperationException("from outside"));
        }

        Assert.Equal("alive", await child.Ask<string>("alive?", Limit));
    }

    private sealed class Resuming(int producers, int each, TaskCompletionSource<string?> done) : UntypedActor
    {
        private readonly IActorRef _child = Context.ActorOf(Props.Create(() => new Ordered(producers, each, done)));

        protected override void OnReceive(object message) => Sender.Tell(_child);

        protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Resume);
    }

    private sealed class Ordered(int producers, int each, TaskCompletionSource<string?> done) : UntypedActor
    {
        private readonly int[] _next = new int[producers];
        private int _left = producers * each;
        private int _inside;

        protected override void OnReceive(object message)
        {
            var (producer, number) = ((int, int))message;
            if (Interlocked.Increment(ref _inside) != 1)
                done.TrySetResult("two messages at once");
            if (_next[producer]++ != number)
                done.TrySetResult($"{number} of {producer} instead of {_next[producer] - 1}");
            if (--_left == 0)
                done.TrySetResult(null);
            Interlocked.Decrement(ref _inside);
            if (number % 97 == 0)
                throw new InvalidOperationException("now and then");
        }
    }

    private sealed class Recorder(ConcurrentDictionary<int, int> seen) : UntypedActor
    {
        protected override void OnReceive(object message) => seen.AddOrUpdate((int)message, 1, static (_, times) => times + 1);
    }

    private sealed class DeadLetterCounter(ConcurrentDictionary<int, int> seen) : UntypedActor
    {
        protected override void PreStart() => Context.System.EventStream.Subscribe(Self, typeof(DeadLetter));

        protected override void OnReceive(object message)
        {
            if (message is DeadLetter { Message: int number })
                seen.AddOrUpdate(number, 1, static (_, times) => times + 1);
            else if (message is string)
                Sender.Tell(message);
        }
    }

    private sealed class AllForOneParent : UntypedActor
    {
        private readonly IActorRef[] _children = [.. Enumerable.Range(0, 5).Select(i => Context.ActorOf(Props.Create(() => new Failing()), $"c{i}"))];

        protected override void OnReceive(object message)
        {
            switch (message)
            {
                case "children":
                    Sender.Tell(_children);
                    break;
                case Exception e:
                    throw e;
                default:
                    Sender.Tell("alive");
                    break;
            }
        }

        protected override SupervisorStrategy SupervisorStrategy() => new AllForOneStrategy(_ => Directive.Restart);
    }

    private sealed class Failing : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            if (message is Exception e)
                throw e;
            Sender.Tell("alive");
        }
    }

    private sealed class Deaf : UntypedActor
    {
        protected override void OnReceive(object message) => Unhandled(message);
    }

    private sealed class DeathCounter(int subjects, TaskCompletionSource<int> done) : UntypedActor
    {
        private readonly HashSet<IActorRef> _dead = [];

        protected override void OnReceive(object message)
        {
            switch (message)
            {
                case IActorRef subject:
                    Context.Watch(subject);
                    break;
                case Terminated terminated when !_dead.Add(terminated.ActorRef):
                    done.TrySetResult(-1);
                    break;
                case Terminated when _dead.Count == subjects:
                    done.TrySetResult(subjects);
                    break;
            }
        }
    }

    private sealed class AsyncParent : UntypedActor
    {
        private readonly IActorRef _child = Context.ActorOf(Props.Create(() => new Awaiting()));

        protected override void OnReceive(object message) => Sender.Tell(_child);
    }

    private sealed class Awaiting : ReceiveActor
    {
        public Awaiting()
        {
            ReceiveAsync<int>(async _ =>
            {
                await Task.Yield();
                await Task.Run(() => { });
            });
            Receive<string>(_ => Sender.Tell("alive"));
        }
    }
}
