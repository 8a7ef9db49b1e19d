using Akka.Event;

namespace Specs.Async;

public sealed class AskSpec : Spec
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(10);

    [Fact(DisplayName = "Ask ends with the answer")]
    public async Task Answer()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Answers()));
        Assert.Equal("echo hello", await actor.Ask<string>("hello", Long));
        Assert.Equal("echo hello", await actor.Ask("hello", Long));
    }

    [Fact(DisplayName = "Many asks at once each get their own answer")]
    public async Task Concurrent_asks()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Answers()));
        var answers = await Task.WhenAll(Enumerable.Range(0, 500).Select(i => actor.Ask<string>(i.ToString(), Long)));
        Assert.Equal(Enumerable.Range(0, 500).Select(i => $"echo {i}"), answers);
    }

    [Fact(DisplayName = "A message factory gets the reference that the answer must go to")]
    public async Task Message_factory()
    {
        var actor = Sys.ActorOf(Quiet.Props);
        var answer = await actor.Ask<string>(replyTo => new Do(_ => replyTo.Tell("by factory")), Long, default);
        Assert.Equal("by factory", answer);
    }

    [Fact(DisplayName = "No answer in time is an AskTimeoutException")]
    public async Task Timeout()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Answers()));
        var thrown = await Assert.ThrowsAsync<AskTimeoutException>(() => actor.Ask<string>("silence", Ms(50)));
        Assert.Equal("Timeout after 00:00:00.0500000 seconds", thrown.Message);
    }

    [Fact(DisplayName = "A cancelled token ends the ask with TaskCanceledException")]
    public async Task Cancellation()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Answers()));
        using var cancellation = new CancellationTokenSource();
        var ask = actor.Ask<string>("silence", cancellation.Token);
        await cancellation.CancelAsync();
        await Assert.ThrowsAsync<TaskCanceledException>(() => ask);
    }

    [Fact(DisplayName = "The answer Status.Failure throws its cause")]
    public async Task Status_failure()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Answers()));
        var thrown = await Assert.ThrowsAsync<Boom>(() => actor.Ask<string>("failure", Long));
        Assert.Equal("answered", thrown.Message);
    }

    [Fact(DisplayName = "An answer of another type than asked for is an ArgumentException")]
    public async Task Wrong_type()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Answers()));
        await Assert.ThrowsAsync<ArgumentException>(() => actor.Ask<int>("hello", Long));
    }

    [Fact(DisplayName = "An answer after the timeout is a dead letter")]
    public async Task Late_answer()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(DeadLetter));
        var actor = Sys.ActorOf(Props.Create(() => new Answers()));
        await Assert.ThrowsAsync<AskTimeoutException>(() => actor.Ask<string>("silence", Ms(50)));
        actor.Tell("answer now");
        var letter = await FishForMessageAsync<DeadLetter>(l => "late".Equals(l.Message));
        Assert.Equal(actor, letter.Sender);
    }

    [Fact(DisplayName = "An answer after a cancellation is no dead letter")]
    public async Task Answer_after_cancellation()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(AllDeadLetters));
        var actor = Sys.ActorOf(Props.Create(() => new Answers()));
        using var cancellation = new CancellationTokenSource();
        var ask = actor.Ask<string>("silence", cancellation.Token);
        await cancellation.CancelAsync();
        await Assert.ThrowsAsync<TaskCanceledException>(() => ask);
        actor.Tell("answer now");
        await Handled(actor);
        Sys.DeadLetters.Tell("the only one");
        Assert.Equal("the only one", (await ExpectMsgAsync<DeadLetter>()).Message);
    }

    [Fact(DisplayName = "The answer null is the type's default")]
    public async Task Null_answer()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Answers()));
        Assert.Null(await actor.Ask<string>("nothing", Long));
        Assert.Equal(0, await actor.Ask<int>("nothing", Long));
    }

    [Fact(DisplayName = "The answer Status.Success is an answer like any other")]
    public async Task Status_success()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Answers()));
        Assert.Equal("content", (await actor.Ask<Status.Success>("success", Long)).Status);
        await Assert.ThrowsAsync<ArgumentException>(() => actor.Ask<string>("success", Long));
    }

    [Fact(DisplayName = "Of several answers the first counts, the others are dead letters from their senders")]
    public async Task Surplus_answers()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(DeadLetter));
        var actor = Sys.ActorOf(Props.Create(() => new Answers()));
        Assert.Equal("0", await actor.Ask<string>("many", Long));
        for (var i = 1; i < 4; i++)
        {
            var letter = await ExpectMsgAsync<DeadLetter>();
            Assert.Equal((i.ToString(), actor), (letter.Message, letter.Sender));
        }
    }

    [Fact(DisplayName = "A second answer is a dead letter")]
    public async Task Surplus_answer()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(DeadLetter));
        var actor = Sys.ActorOf(Props.Create(() => new Answers()));
        Assert.Equal("first", await actor.Ask<string>("twice", Long));
        await FishForMessageAsync<DeadLetter>(l => "second".Equals(l.Message));
    }

    [Fact(DisplayName = "An actor can ask in a handler that awaits")]
    public async Task Ask_inside_of_an_actor()
    {
        var answers = Sys.ActorOf(Props.Create(() => new Answers()));
        var actor = Sys.ActorOf(Props.Create(() => new Asks(answers)));
        actor.Tell("question", TestActor);
        await ExpectMsgAsync("echo question");
        Assert.Equal(actor, LastSender);
    }

    [Fact(DisplayName = "Asking a stopped actor ends by the timeout, not by an answer")]
    public async Task Asking_the_dead()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Answers()));
        await Stopped(actor);
        await Assert.ThrowsAsync<AskTimeoutException>(() => actor.Ask<string>("hello", Ms(50)));
    }

    private sealed class Answers : UntypedActor
    {
        private IActorRef _waiting = ActorRefs.Nobody;

        protected override void OnReceive(object message)
        {
            switch (message)
            {
                case "silence":
                    _waiting = Sender;
                    break;
                case "answer now":
                    _waiting.Tell("late");
                    break;
                case "failure":
                    Sender.Tell(new Status.Failure(new Boom("answered")));
                    break;
                case Ping:
                    Sender.Tell(Pong.Instance);
                    break;
                case "nothing":
                    Sender.Tell(null!);
                    break;
                case "success":
                    Sender.Tell(new Status.Success("content"));
                    break;
                case "many":
                    for (var i = 0; i < 4; i++)
                        Sender.Tell(i.ToString());
                    break;
                case "twice":
                    Sender.Tell("first");
                    Sender.Tell("second");
                    break;
                default:
                    Sender.Tell($"echo {message}");
                    break;
            }
        }
    }

    private sealed class Asks : ReceiveActor
    {
        public Asks(IActorRef other) =>
            ReceiveAsync<string>(async question =>
            {
                var answer = await other.Ask<string>(question, Long);
                Sender.Tell(answer);
            });
    }
}
