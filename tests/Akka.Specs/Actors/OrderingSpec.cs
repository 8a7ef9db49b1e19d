namespace Specs.Actors;

public sealed class OrderingSpec : Spec
{
    [Fact(DisplayName = "Messages of one sender to one receiver are handled in the order in which they were sent")]
    public async Task Fifo_per_pair()
    {
        const int count = 10_000;
        var actor = Sys.ActorOf(Props.Create(() => new InOrder(TestActor, count)));
        for (var i = 0; i < count; i++)
            actor.Tell(i, TestActor);
        await ExpectMsgAsync("in order", TimeSpan.FromSeconds(10));
    }

    [Fact(DisplayName = "Messages of many concurrent senders arrive complete, each sender's in order")]
    public async Task Fifo_per_sender()
    {
        const int senders = 8, each = 2_000;
        var actor = Sys.ActorOf(Props.Create(() => new InOrderPerSender(TestActor, senders, each)));
        await Task.WhenAll(Enumerable.Range(0, senders).Select(sender => Task.Run(() =>
        {
            for (var i = 0; i < each; i++)
                actor.Tell((sender, i), ActorRefs.NoSender);
        })));
        await ExpectMsgAsync("in order", TimeSpan.FromSeconds(10));
    }

    [Fact(DisplayName = "An actor never handles two messages at once")]
    public async Task One_message_at_a_time()
    {
        const int senders = 4, each = 2_000;
        var actor = Sys.ActorOf(Props.Create(() => new CountsWithoutLock(TestActor, senders * each)));
        await Task.WhenAll(Enumerable.Range(0, senders).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < each; i++)
                actor.Tell("count", ActorRefs.NoSender);
        })));
        await ExpectMsgAsync("never two at once", TimeSpan.FromSeconds(10));
    }

    [Fact(DisplayName = "A system message goes before queued user messages")]
    public async Task System_messages_go_first()
    {
        var actor = Sys.ActorOf(Worker.Props(TestActor));
        await ExpectMsgAsync("PreStart");
        using var gate = new ManualResetEventSlim();
        actor.Tell(new Do(_ =>
        {
            TestActor.Tell("began");
            gate.Wait(TimeSpan.FromSeconds(5));
        }));
        await ExpectMsgAsync("began");
        actor.Tell("queued");
        Sys.Stop(actor);
        gate.Set();
        // Stop overtook the queued message, which never reached the actor.
        await ExpectMsgAsync("PostStop");
    }

    [Fact(DisplayName = "A busy actor lets others run: no actor waits for the end of another's mailbox")]
    public async Task Dispatcher_turns_are_bounded()
    {
        var endless = Sys.ActorOf(Props.Create(() => new TellsItself()));
        endless.Tell("go");
        var others = Enumerable.Range(0, 32).Select(_ => Sys.ActorOf(Quiet.Props)).ToList();
        foreach (var other in others)
            other.Tell(Ping.Instance);
        await ReceiveNAsync(others.Count, TimeSpan.FromSeconds(10)).CountAsync();
        await Stopped(endless);
    }

    private sealed class InOrder(IActorRef to, int count) : UntypedActor
    {
        private int _next;

        protected override void OnReceive(object message)
        {
            if (!_next.Equals(message))
                to.Tell($"{message} instead of {_next}");
            if (++_next == count)
                to.Tell("in order");
        }
    }

    private sealed class InOrderPerSender(IActorRef to, int senders, int each) : UntypedActor
    {
        private readonly int[] _next = new int[senders];
        private int _received;

        protected override void OnReceive(object message)
        {
            var (sender, number) = ((int, int))message;
            if (_next[sender]++ != number)
                to.Tell($"{number} of {sender} out of order");
            if (++_received == senders * each)
                to.Tell("in order");
        }
    }

    private sealed class CountsWithoutLock(IActorRef to, int count) : UntypedActor
    {
        private int _inside;
        private int _handled;

        protected override void OnReceive(object message)
        {
            if (Interlocked.Increment(ref _inside) != 1)
                to.Tell("two at once");
            _handled++;
            Interlocked.Decrement(ref _inside);
            if (_handled == count)
                to.Tell("never two at once");
        }
    }

    private sealed class TellsItself : UntypedActor
    {
        protected override void OnReceive(object message) => Self.Tell(message);
    }
}
