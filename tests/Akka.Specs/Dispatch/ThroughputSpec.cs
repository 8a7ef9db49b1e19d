using System.Collections.Concurrent;
using Akka.Configuration;
using Akka.Dispatch;

namespace Specs.Dispatch;

/// <summary>A dispatcher whose turns the test gives by hand shows how much one turn does.</summary>
public sealed class ThroughputSpec : Spec
{
    public ThroughputSpec() : base(
        $$"""
        by-hand.type = "{{typeof(ByHandConfigurator).AssemblyQualifiedName}}"
        five-by-hand { type = "{{typeof(ByHandConfigurator).AssemblyQualifiedName}}", throughput = 5 }
        """)
    {
    }

    [Theory(DisplayName = "A turn handles up to throughput messages, 30 by default, then the next actor's turn comes")]
    [InlineData("by-hand", 30)]
    [InlineData("five-by-hand", 5)]
    public async Task Turns(string id, int throughput)
    {
        var dispatcher = (ByHand)Sys.Dispatchers.Lookup(id);
        Assert.Equal(throughput, dispatcher.Throughput);
        var (one, other) = (new Counter(), new Counter());
        var (first, second) = (Start(one, id), Start(other, id));
        for (var i = 0; i < throughput * 2 + 1; i++)
        {
            first.Tell(i);
            second.Tell(i);
        }

        var order = new List<(int, int)>();
        while (dispatcher.RunNext())
            order.Add((one.Count, other.Count));
        Assert.Equal(
            [(throughput, 0), (throughput, throughput), (throughput * 2, throughput), (throughput * 2, throughput * 2),
                (throughput * 2 + 1, throughput * 2), (throughput * 2 + 1, throughput * 2 + 1)],
            order.Distinct());
        dispatcher.LetGo();
        await Stopped(first);
        await Stopped(second);
    }

    private IActorRef Start(Counter counter, string dispatcher) => Sys.ActorOf(Props.Create(() => new Counts(counter)).WithDispatcher(dispatcher));

    private sealed class Counter
    {
        public int Count;
    }

    private sealed class Counts(Counter counter) : UntypedActor
    {
        protected override void OnReceive(object message) => counter.Count++;
    }

    private sealed class ByHandConfigurator : MessageDispatcherConfigurator
    {
        private readonly ByHand _dispatcher;

        public ByHandConfigurator(Config config, IDispatcherPrerequisites prerequisites) : base(config, prerequisites) =>
            _dispatcher = new ByHand(this);

        public override MessageDispatcher Dispatcher() => _dispatcher;
    }

    private sealed class ByHand(MessageDispatcherConfigurator configurator) : MessageDispatcher(configurator)
    {
        private readonly ConcurrentQueue<IRunnable> _turns = new();
        private volatile bool _free;

        public bool RunNext()
        {
            if (!_turns.TryDequeue(out var turn))
                return false;
            turn.Run();
            return true;
        }

        /// <summary>From now on turns come by themselves.</summary>
        public void LetGo()
        {
            _free = true;
            while (RunNext())
            {
            }
        }

        protected override void ExecuteTask(IRunnable run)
        {
            if (_free)
                ThreadPool.UnsafeQueueUserWorkItem(run, preferLocal: false);
            else
                _turns.Enqueue(run);
        }

        protected override void Shutdown()
        {
        }
    }
}
