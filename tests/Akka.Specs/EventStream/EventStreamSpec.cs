using Akka.Event;

namespace Specs.EventStream;

public sealed class EventStreamSpec : Spec
{
    [Fact(DisplayName = "A subscriber gets what is published of its type, and nothing else")]
    public async Task Subscriber_gets_its_type()
    {
        Assert.True(Sys.EventStream.Subscribe(TestActor, typeof(Circle)));
        Sys.EventStream.Publish(new Square());
        Sys.EventStream.Publish(new Circle(1));
        await ExpectMsgAsync(new Circle(1));
    }

    [Fact(DisplayName = "A subscriber to a base type or an interface gets the subtypes")]
    public async Task Base_type_gets_subtypes()
    {
        var byInterface = CreateTestProbe();
        Sys.EventStream.Subscribe(TestActor, typeof(Shape));
        Sys.EventStream.Subscribe(byInterface.Ref, typeof(IRound));
        Sys.EventStream.Publish(new Circle(1));
        Sys.EventStream.Publish(new Square());
        await ExpectMsgAsync(new Circle(1));
        await ExpectMsgAsync<Square>();
        await byInterface.ExpectMsgAsync(new Circle(1));
        Assert.False(byInterface.HasMessages);
    }

    [Fact(DisplayName = "Subscribing twice delivers once")]
    public async Task Twice_is_once()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(Circle));
        Assert.False(Sys.EventStream.Subscribe(TestActor, typeof(Circle)));
        Sys.EventStream.Publish(new Circle(1));
        Sys.EventStream.Publish(new Circle(2));
        await ExpectMsgAsync(new Circle(1));
        await ExpectMsgAsync(new Circle(2));
    }

    [Fact(DisplayName = "After Unsubscribe nothing comes: from one type, or from all")]
    public async Task Unsubscribe()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(Circle));
        Sys.EventStream.Subscribe(TestActor, typeof(Square));
        Assert.True(Sys.EventStream.Unsubscribe(TestActor, typeof(Circle)));
        Sys.EventStream.Publish(new Circle(1));
        Sys.EventStream.Publish(new Square());
        await ExpectMsgAsync<Square>();
        Sys.EventStream.Unsubscribe(TestActor);
        Sys.EventStream.Publish(new Square());
        TestActor.Tell("marker");
        await ExpectMsgAsync("marker");
    }

    [Fact(DisplayName = "Unsubscribing from a subtype excepts it, and what derives from it, from the subscription to its base")]
    public async Task Exceptions()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(Shape));
        Assert.True(Sys.EventStream.Unsubscribe(TestActor, typeof(Circle)));
        Assert.False(Sys.EventStream.Unsubscribe(TestActor, typeof(Circle)));
        Sys.EventStream.Publish(new Circle(1));
        Sys.EventStream.Publish(new Square());
        await ExpectMsgAsync<Square>();
        Assert.True(Sys.EventStream.Subscribe(TestActor, typeof(Circle)));
        Sys.EventStream.Publish(new Circle(2));
        await ExpectMsgAsync(new Circle(2));
    }

    [Fact(DisplayName = "Subscriptions to a type and to its base end one by one")]
    public async Task Base_and_subtype()
    {
        Assert.True(Sys.EventStream.Subscribe(TestActor, typeof(Circle)));
        Assert.True(Sys.EventStream.Subscribe(TestActor, typeof(Shape)));
        Sys.EventStream.Publish(new Circle(1));
        Assert.True(Sys.EventStream.Unsubscribe(TestActor, typeof(Shape)));
        Sys.EventStream.Publish(new Square());
        Sys.EventStream.Publish(new Circle(2));
        await ExpectMsgAsync(new Circle(1));
        await ExpectMsgAsync(new Circle(2));
    }

    [Fact(DisplayName = "A missing subscriber is refused")]
    public void Nobody()
    {
        Assert.Throws<ArgumentNullException>(() => Sys.EventStream.Subscribe(null!, typeof(Circle)));
        Assert.Throws<ArgumentNullException>(() => Sys.EventStream.Unsubscribe(null!, typeof(Circle)));
        Assert.Throws<ArgumentNullException>(() => Sys.EventStream.Unsubscribe(null!));
    }

    [Fact(DisplayName = "AllDeadLetters is the base of dead letters and unhandled messages")]
    public async Task All_dead_letters()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(AllDeadLetters));
        Sys.DeadLetters.Tell("lost", TestActor);
        var letter = await ExpectMsgAsync<DeadLetter>();
        Assert.Equal("lost", letter.Message);
        Assert.Equal(TestActor, letter.Sender);
    }

    [Fact(DisplayName = "A message that suppresses dead letters is published as SuppressedDeadLetter alone")]
    public async Task Suppressed()
    {
        var ordinary = CreateTestProbe();
        Sys.EventStream.Subscribe(ordinary.Ref, typeof(DeadLetter));
        Sys.EventStream.Subscribe(TestActor, typeof(SuppressedDeadLetter));
        Sys.DeadLetters.Tell(new Hushed(), ActorRefs.NoSender);
        Sys.DeadLetters.Tell("loud", ActorRefs.NoSender);
        Assert.IsType<Hushed>((await ExpectMsgAsync<SuppressedDeadLetter>()).Message);
        Assert.Equal("loud", (await ordinary.ExpectMsgAsync<DeadLetter>()).Message);
    }

    private interface IRound;

    private abstract record Shape;

    private sealed record Circle(int Radius) : Shape, IRound;

    private sealed record Square : Shape;

    private sealed record Hushed : IDeadLetterSuppression;
}
