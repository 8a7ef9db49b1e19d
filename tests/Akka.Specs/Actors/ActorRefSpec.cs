namespace Specs.Actors;

public sealed class ActorRefSpec : Spec
{
    [Fact(DisplayName = "A reference of a later actor with the same path is not equal to that of the earlier one")]
    public async Task Equality_includes_the_incarnation()
    {
        var parent = Sys.ActorOf(Props.Create(() => new StartsWhenGone(TestActor)));
        parent.Tell("start");
        var one = await ExpectMsgAsync<IActorRef>();
        Sys.Stop(one);
        var other = await ExpectMsgAsync<IActorRef>();

        Assert.Equal(one.Path.ToString(), other.Path.ToString());
        Assert.NotEqual(one, other);
        Assert.NotEqual(one.Path.Uid, other.Path.Uid);
    }

    [Fact(DisplayName = "What is told without a sender has DeadLetters as its sender, never null")]
    public async Task No_sender_is_dead_letters()
    {
        var actor = Sys.ActorOf(Props.Create(() => new TellsSender(TestActor)));
        actor.Tell("x", ActorRefs.NoSender);
        Assert.Equal(Sys.DeadLetters, await ExpectMsgAsync<IActorRef>());
    }

    [Fact(DisplayName = "Tell inside of an actor has that actor as its sender")]
    public async Task Implicit_sender_is_self()
    {
        var actor = Sys.ActorOf(Quiet.Props);
        actor.Tell(new Do(_ => TestActor.Tell("x")));
        await ExpectMsgFromAsync(actor, "x");
    }

    [Fact(DisplayName = "Forward keeps the original sender")]
    public async Task Forward_keeps_the_sender()
    {
        var origin = CreateTestProbe();
        var target = CreateTestProbe();
        var actor = Sys.ActorOf(Quiet.Props);
        origin.Send(actor, new Do(_ => target.Ref.Forward("x")));
        await target.ExpectMsgAsync("x");
        Assert.Equal(origin.Ref, target.LastSender);
    }

    [Fact(DisplayName = "Null is no message")]
    public void Null_is_refused() =>
        Assert.Throws<InvalidMessageException>(() => Sys.ActorOf(Quiet.Props).Tell(null!, ActorRefs.NoSender));

    [Fact(DisplayName = "Nobody is nobody, and so is null")]
    public void Nobody_is_nobody()
    {
        Assert.True(ActorRefs.Nobody.IsNobody());
        Assert.True(((IActorRef)null!).IsNobody());
        Assert.False(TestActor.IsNobody());
    }

    [Fact(DisplayName = "References order by path")]
    public void References_are_comparable()
    {
        var a = Sys.ActorOf(Quiet.Props, "a");
        var b = Sys.ActorOf(Quiet.Props, "b");
        Assert.True(a.CompareTo(b) < 0);
        Assert.True(b.CompareTo(a) > 0);
        Assert.Equal(0, a.CompareTo(a));
    }

    [Fact(DisplayName = "A selection reaches the actor at a path, and identifies it")]
    public async Task Selection_reaches_the_actor()
    {
        var actor = Sys.ActorOf(Quiet.Props, "selected");
        Sys.ActorSelection("/user/selected").Tell(new Identify(7), TestActor);
        var identity = await ExpectMsgAsync<ActorIdentity>();
        Assert.Equal(7, identity.MessageId);
        Assert.Equal(actor, identity.Subject);

        Sys.ActorSelection("/user/nobody-there").Tell(new Identify(8), TestActor);
        var none = await ExpectMsgAsync<ActorIdentity>();
        Assert.Equal(8, none.MessageId);
        Assert.Null(none.Subject);
    }

    private sealed class TellsSender : UntypedActor
    {
        private readonly IActorRef _to;

        public TellsSender(IActorRef to) => _to = to;

        protected override void OnReceive(object message) => _to.Tell(Sender, Self);
    }

    /// <summary>Starts a child of the same name again as soon as the first has ended.</summary>
    private sealed class StartsWhenGone : UntypedActor
    {
        private readonly IActorRef _to;

        public StartsWhenGone(IActorRef to) => _to = to;

        protected override void OnReceive(object message) =>
            _to.Tell(Context.Watch(Context.ActorOf(Quiet.Props, "child")), Self);
    }
}
