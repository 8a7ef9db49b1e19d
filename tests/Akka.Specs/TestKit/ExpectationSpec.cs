using System.Collections;
using Xunit.Sdk;

namespace Specs.TestKits;

public sealed class ExpectationSpec : Spec
{
    [Fact(DisplayName = "ExpectMsg takes the next message of its type")]
    public async Task Takes_the_next()
    {
        Tell("one", "two", 3);
        Assert.Equal("one", ExpectMsg<string>());
        Assert.Equal("two", await ExpectMsgAsync<string>());
        Assert.Equal(3, LastIs(() => ExpectMsg<int>()));
    }

    [Fact(DisplayName = "ExpectMsg fails on a message of another type and takes it")]
    public async Task Fails_on_another_type()
    {
        Tell("text", 1, "text", 2);
        Assert.ThrowsAny<XunitException>(() => ExpectMsg<int>());
        Assert.Equal(1, ExpectMsg<int>());
        await Assert.ThrowsAnyAsync<XunitException>(async () => await ExpectMsgAsync<int>());
        Assert.Equal(2, ExpectMsg<int>());
    }

    [Fact(DisplayName = "ExpectMsg fails when nothing comes in time")]
    public async Task Fails_on_timeout()
    {
        Assert.ThrowsAny<XunitException>(() => ExpectMsg<string>(Ms(20)));
        await Assert.ThrowsAnyAsync<XunitException>(async () => await ExpectMsgAsync<string>(Ms(20)));
    }

    [Fact(DisplayName = "ExpectMsg compares with a value, by a predicate, by assertions and by a comparer")]
    public async Task Judges_the_message()
    {
        Tell("a", "b", "c", "d", "e");
        ExpectMsg("a");
        ExpectMsg<string>(m => m == "b");
        ExpectMsg<string>((m, sender) => m == "c" && sender.Equals(TestActor));
        await ExpectMsgAsync("D", (expected, m) => expected.Equals(m, StringComparison.OrdinalIgnoreCase));
        await ExpectMsgAsync<string>((m, sender) => Assert.Equal(("e", TestActor), (m, sender)));

        Tell("a", "b", "c", "d");
        Assert.ThrowsAny<XunitException>(() => ExpectMsg("x"));
        Assert.ThrowsAny<XunitException>(() => ExpectMsg<string>(m => m == "x"));
        Assert.ThrowsAny<XunitException>(() => ExpectMsg<string>(m => Assert.Equal("x", m)));
        Assert.ThrowsAny<XunitException>(() => ExpectMsg("x", (_, _) => false));
    }

    [Fact(DisplayName = "ExpectMsgFrom judges the sender too")]
    public void Judges_the_sender()
    {
        var other = CreateTestProbe();
        TestActor.Tell("x", other.Ref);
        ExpectMsgFrom(other.Ref, "x");
        TestActor.Tell("x", other.Ref);
        Assert.ThrowsAny<XunitException>(() => ExpectMsgFrom(TestActor, "x"));
        TestActor.Tell("x", other.Ref);
        ExpectMsgFrom<string>(sender => sender.Equals(other.Ref), m => m == "x");
    }

    [Fact(DisplayName = "ExpectMsgAllOf takes its messages in any order and fails when one is missing")]
    public async Task All_of()
    {
        Tell("b", "a", "c");
        ExpectMsgAllOf("a", "b", "c");
        Tell("b", "a");
        Assert.Equal(2, await ExpectMsgAllOfAsync(new[] { "a", "b" }).CountAsync());
        Tell("a", "x");
        Assert.ThrowsAny<XunitException>(() => ExpectMsgAllOf("a", "b"));
    }

    [Fact(DisplayName = "ExpectMsgAnyOf takes one of its messages")]
    public void Any_of()
    {
        Tell("b", "x");
        Assert.Equal("b", ExpectMsgAnyOf(new[] { "a", "b" }));
        Assert.ThrowsAny<XunitException>(() => ExpectMsgAnyOf(new[] { "a", "b" }));
    }

    [Fact(DisplayName = "ExpectNoMsg passes on silence and fails on a message")]
    public async Task No_message()
    {
        ExpectNoMsg(Ms(10));
        await ExpectNoMsgAsync(10);
        Tell("x");
        Assert.ThrowsAny<XunitException>(() => ExpectNoMsg(Ms(10)));
        Tell("x");
        await Assert.ThrowsAnyAsync<XunitException>(async () => await ExpectNoMsgAsync(Ms(10)));
    }

    [Fact(DisplayName = "FishForMessage passes over what does not fit")]
    public async Task Fishing()
    {
        Tell("a", 1, "b", 2, "c");
        Assert.Equal("b", FishForMessage<string>(m => m == "b"));
        var passedOver = new ArrayList();
        Assert.Equal("c", await FishForMessageAsync<string>(m => m == "c", passedOver));
        Assert.Equal(new ArrayList { 2 }, passedOver);
        Tell("a");
        Assert.ThrowsAny<XunitException>(() => FishForMessage(m => m is int, Ms(20)));
    }

    [Fact(DisplayName = "FishUntilMessageAsync passes over everything and fails on a message of its type")]
    public async Task Fishing_until()
    {
        Tell("a", 1);
        await FishUntilMessageAsync<double>(Ms(20));
        Assert.False(HasMessages);
        Tell("a", 1.5);
        await Assert.ThrowsAnyAsync<XunitException>(() => FishUntilMessageAsync<double>(Ms(100)));
    }

    [Fact(DisplayName = "ReceiveOne gives null when nothing comes; ReceiveN fails unless all come")]
    public async Task Receiving()
    {
        Assert.Null(ReceiveOne(TimeSpan.Zero));
        Tell("a", "b", "c");
        Assert.Equal("a", await ReceiveOneAsync());
        Assert.Equal(new object[] { "b", "c" }, ReceiveN(2));
        Tell("a");
        Assert.ThrowsAny<XunitException>(() => ReceiveN(2, Ms(20)));
    }

    [Fact(DisplayName = "PeekOne leaves the message where it is")]
    public async Task Peeking()
    {
        Tell("a");
        Assert.Equal("a", PeekOne());
        Assert.Equal("a", await PeekOneAsync());
        ExpectMsg("a");
        Assert.Null(PeekOne(Ms(1)));
    }

    [Fact(DisplayName = "ReceiveWhile stops at the first message that does not fit and leaves it for the next receive")]
    public async Task Receiving_while()
    {
        Tell(1, 2, "stop", 3);
        Assert.Equal(["1", "2"], ReceiveWhile(TimeSpan.FromSeconds(1), m => m is int number ? number.ToString() : null!));
        ExpectMsg("stop");
        Assert.Equal(["3"], await ReceiveWhileAsync<string>(m => m.ToString()!, max: TimeSpan.FromSeconds(1), msgs: 1).ToListAsync());
    }

    [Fact(DisplayName = "IgnoreMessages keeps messages from the test until IgnoreNoMessages")]
    public void Ignoring()
    {
        IgnoreMessages<string>(m => m.StartsWith('i'));
        Tell("ignored", "kept");
        ExpectMsg("kept");
        IgnoreNoMessages();
        Tell("ignored");
        ExpectMsg("ignored");
    }

    [Fact(DisplayName = "LastMessage and LastSender are those of the last receive")]
    public void Last()
    {
        var other = CreateTestProbe();
        TestActor.Tell("x", other.Ref);
        ExpectMsg("x");
        Assert.Equal("x", LastMessage);
        Assert.Equal(other.Ref, LastSender);
    }

    [Fact(DisplayName = "The test actor is the sender of what the test tells, after an await too")]
    public async Task Implicit_sender()
    {
        var probe = CreateTestProbe();
        probe.Ref.Tell("x");
        await probe.ExpectMsgAsync("x");
        Assert.Equal(TestActor, probe.LastSender);
        await Task.Yield();
        probe.Ref.Tell("y");
        await probe.ExpectMsgAsync("y");
        Assert.Equal(TestActor, probe.LastSender);
    }

    private void Tell(params object[] messages)
    {
        foreach (var message in messages)
            TestActor.Tell(message, TestActor);
    }

    private T LastIs<T>(Func<T> receive)
    {
        var message = receive();
        Assert.Equal(message, LastMessage);
        return message;
    }
}

public sealed class NoImplicitSenderSpec : Spec, INoImplicitSender
{
    [Fact(DisplayName = "A test with the marker INoImplicitSender sends as nobody")]
    public async Task No_sender()
    {
        var probe = CreateTestProbe();
        probe.Ref.Tell("x");
        await probe.ExpectMsgAsync("x");
        Assert.Equal(Sys.DeadLetters, probe.LastSender);
    }
}
