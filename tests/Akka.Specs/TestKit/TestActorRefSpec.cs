namespace Specs.TestKits;

public sealed class TestActorRefSpec : Spec
{
    [Fact(DisplayName = "A test actor reference runs its actor on the calling thread and shows the instance")]
    public void Runs_on_the_calling_thread()
    {
        var actor = ActorOfAsTestActorRef<Counter>();
        actor.Tell("count");
        actor.Tell("count");
        Assert.Equal(2, actor.UnderlyingActor.Count);
        Assert.Equal(Environment.CurrentManagedThreadId, actor.UnderlyingActor.Thread);
    }

    [Fact(DisplayName = "Receive gives a message to the behaviour directly, and a throw to the test")]
    public void Receives_directly()
    {
        var actor = ActorOfAsTestActorRef(() => new Counter());
        actor.Receive("count", TestActor);
        Assert.Equal(1, actor.UnderlyingActor.Count);
        Assert.Equal(TestActor, actor.UnderlyingActor.LastSender);
        Assert.Throws<Boom>(() => actor.Receive("fail"));
    }

    [Fact(DisplayName = "A test actor reference is a reference like any other")]
    public async Task Is_a_reference()
    {
        var actor = ActorOfAsTestActorRef<Counter>(Props.Create(() => new Counter()), "named");
        Assert.Equal("named", actor.Path.Name);
        Assert.True(actor.Equals(actor.Ref));
        Watch(actor);
        Sys.Stop(actor);
        await ExpectTerminatedAsync(actor);
    }

    [Fact(DisplayName = "Without a name it gets one that begins with two dollars, each another one; a bad name is refused")]
    public void Names()
    {
        var first = ActorOfAsTestActorRef<Counter>();
        var child = ActorOfAsTestActorRef<Counter>(first);
        Assert.StartsWith("$$", first.Path.Name, StringComparison.Ordinal);
        Assert.StartsWith("$$", child.Path.Name, StringComparison.Ordinal);
        Assert.Equal(first.Path, child.Path.Parent);
        Assert.NotEqual(first.Path.Name, child.Path.Name);
        Assert.Throws<InvalidActorNameException>(() => ActorOfAsTestActorRef<Counter>("$mine"));
    }

    [Fact(DisplayName = "After a restart the reference shows the new instance")]
    public void Restart_shows_the_new_instance()
    {
        var actor = ActorOfAsTestActorRef<Counter>();
        var first = actor.UnderlyingActor;
        actor.Tell("fail");
        AwaitAssert(() => Assert.NotSame(first, actor.UnderlyingActor));
    }

    private sealed class Counter : UntypedActor
    {
        public int Count { get; private set; }

        public int Thread { get; private set; }

        public IActorRef? LastSender { get; private set; }

        protected override void OnReceive(object message)
        {
            if ("fail".Equals(message))
                throw new Boom("fail");
            Count++;
            Thread = Environment.CurrentManagedThreadId;
            LastSender = Sender;
        }
    }
}
