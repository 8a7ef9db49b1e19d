using Akka.Event;

namespace Specs.Actors;

public sealed class DeadLetterSpec : Spec
{
    [Fact(DisplayName = "A message that asks not to be reported is a suppressed dead letter, whose recipient is DeadLetters")]
    public async Task Suppressed()
    {
        var actor = Sys.ActorOf(Quiet.Props);
        await Stopped(actor);
        Sys.EventStream.Subscribe(TestActor, typeof(AllDeadLetters));
        actor.Tell(new Unimportant(), TestActor);
        actor.Tell("important", TestActor);
        var suppressed = await ExpectMsgAsync<SuppressedDeadLetter>();
        Assert.IsType<Unimportant>(suppressed.Message);
        Assert.Equal((TestActor, Sys.DeadLetters), (suppressed.Sender, suppressed.Recipient));
        var letter = await ExpectMsgAsync<DeadLetter>();
        Assert.Equal(("important", TestActor, actor), (letter.Message, letter.Sender, letter.Recipient));
    }

    [Fact(DisplayName = "What is told to DeadLetters itself is a dead letter to it")]
    public async Task Told_to_dead_letters()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(DeadLetter));
        Sys.DeadLetters.Tell("lost", TestActor);
        var letter = await ExpectMsgAsync<DeadLetter>();
        Assert.Equal(("lost", TestActor, Sys.DeadLetters), (letter.Message, letter.Sender, letter.Recipient));
    }

    [Fact(DisplayName = "A path where nobody lives resolves to a reference that makes dead letters of everything")]
    public async Task Empty_place()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(DeadLetter));
        var provider = ((ExtendedActorSystem)Sys).Provider;
        var nobody = provider.ResolveActorRef(new RootActorPath(provider.DefaultAddress) / "user" / "nobody");
        Assert.IsType<EmptyLocalActorRef>(nobody);
        nobody.Tell("lost", TestActor);
        var letter = await ExpectMsgAsync<DeadLetter>();
        Assert.Equal(("lost", TestActor, nobody), (letter.Message, letter.Sender, letter.Recipient));
    }

    private sealed class Unimportant : IDeadLetterSuppression;
}
