using Akka.Actor;
using Xunit;

namespace Akka.Embedded.Tests.Engine;

/// <summary>What an actor and a question cost in memory: the node has one actor per key.</summary>
[Collection(nameof(FootprintSpec))]
[CollectionDefinition(nameof(FootprintSpec), DisableParallelization = true)]
public sealed class FootprintSpec
{
    [Theory(DisplayName = "An idle actor with its own props of two arguments keeps 700 bytes or less alive, 750 with a handler of a ReceiveActor")]
    [InlineData(false, 700)]
    [InlineData(true, 750)]
    public async Task Idle_actor(bool receiveActor, long limit)
    {
        const int actors = 50_000;
        await using var system = new Terminating();
        // As many once before: the queues of the thread pool grow to as many turns as ever waited, and stay so.
        var warmUp = system.Value.ActorOf(Props.Create(() => new Parent(receiveActor)));
        await warmUp.Ask<string>(actors, TimeSpan.FromSeconds(60));
        Assert.True(await warmUp.GracefulStop(TimeSpan.FromSeconds(60)));
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var parent = system.Value.ActorOf(Props.Create(() => new Parent(receiveActor)));
        await parent.Ask<string>(actors, TimeSpan.FromSeconds(60));
        var each = (GC.GetTotalMemory(forceFullCollection: true) - before) / actors;
        Assert.True(each <= limit, $"{each} bytes an actor");
    }

    [Fact(DisplayName = "A question and its answer allocate 600 bytes or less")]
    public async Task Ask()
    {
        const int questions = 20_000;
        await using var system = new Terminating();
        var echo = system.Value.ActorOf(Props.Create(() => new Idle("echo", 1)));
        for (var i = 0; i < 1_000; i++)
            await echo.Ask<string>("warm up", TimeSpan.FromSeconds(30));
        var before = GC.GetTotalAllocatedBytes(precise: true);
        for (var i = 0; i < questions; i++)
            await echo.Ask<string>("question", TimeSpan.FromSeconds(30));
        var each = (GC.GetTotalAllocatedBytes(precise: true) - before) / questions;
        Assert.True(each <= 600, $"{each} bytes a question");
    }

    private sealed class Terminating : IAsyncDisposable
    {
        public ActorSystem Value { get; } = ActorSystem.Create("footprint", "akka.loglevel = OFF, akka.stdout-loglevel = OFF");

        public async ValueTask DisposeAsync() => await Value.Terminate();
    }

    private sealed class Parent : ReceiveActor
    {
        private int _left;
        private IActorRef _asker = ActorRefs.Nobody;

        public Parent(bool receiveActors)
        {
            Receive<int>(count =>
            {
                _left = count;
                _asker = Sender;
                for (var i = 0; i < count; i++)
                {
                    var (name, number) = ("the same", i);
                    var props = receiveActors ? Props.Create(() => new Idle(name, number)) : Props.Create(() => new Untyped(name, number));
                    Context.ActorOf(props).Tell("are you there?");
                }
            });
            Receive<string>(_ =>
            {
                if (--_left == 0)
                    _asker.Tell("all are there");
            });
        }
    }

    private sealed class Untyped(string name, int number) : UntypedActor
    {
        protected override void OnReceive(object message) => Sender.Tell(message is "" ? name + number : message);
    }

    private sealed class Idle : ReceiveActor
    {
        private readonly string _name;
        private readonly int _number;

        public Idle(string name, int number)
        {
            (_name, _number) = (name, number);
            Receive<string>(message => Sender.Tell(message.Length == 0 ? _name + _number : message));
        }
    }
}
