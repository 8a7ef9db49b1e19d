namespace Specs.TestKits;

public sealed class TestProbeSpec : Spec
{
    [Fact(DisplayName = "A probe sends, is answered, replies and forwards as itself")]
    public async Task Conversation()
    {
        var asking = CreateTestProbe("asking");
        var answering = CreateTestProbe();
        asking.Send(answering.Ref, "question");
        await answering.ExpectMsgAsync("question");
        Assert.Equal(asking.Ref, answering.Sender);
        answering.Reply("answer");
        await asking.ExpectMsgFromAsync(answering.Ref, "answer");

        asking.Send(answering.Ref, "pass on");
        await answering.ExpectMsgAsync("pass on");
        answering.Forward(TestActor);
        await ExpectMsgFromAsync(asking.Ref, "pass on");
        Assert.Contains("asking", asking.Ref.Path.Name);
    }

    [Fact(DisplayName = "A probe is a reference: equal to its actor's, and usable as one")]
    public async Task Is_a_reference()
    {
        var probe = CreateTestProbe();
        IActorRef reference = probe;
        Assert.Equal(probe.Ref.Path, reference.Path);
        Assert.True(reference.Equals(probe.Ref));
        Assert.True(probe.Ref.Equals(reference));
        reference.Tell("x", TestActor);
        await probe.ExpectMsgFromAsync(TestActor, "x");
    }

    [Fact(DisplayName = "An autopilot answers by itself until it says that it is done")]
    public async Task Autopilot()
    {
        var probe = CreateTestProbe();
        probe.SetAutoPilot(new DelegateAutoPilot((sender, message) =>
        {
            sender.Tell($"auto {message}");
            return "last".Equals(message) ? AutoPilot.NoAutoPilot : AutoPilot.KeepRunning;
        }));
        foreach (var message in new[] { "first", "last", "after" })
            probe.Ref.Tell(message, TestActor);
        await ExpectMsgAsync("auto first");
        await ExpectMsgAsync("auto last");
        Assert.False(HasMessages);
        await probe.ReceiveNAsync(3).CountAsync();
    }

    [Fact(DisplayName = "A probe can be the parent of the actor under test")]
    public async Task Children_of_a_probe()
    {
        var probe = CreateTestProbe();
        var child = await probe.ChildActorOfAsync(Quiet.Props, "child");
        Assert.Equal(probe.Ref.Path / "child", child.Path);
        child.Tell(new Do(context => context.Parent.Tell("from the child")));
        await probe.ExpectMsgFromAsync(child, "from the child");
        Assert.Equal("child", child.Path.Name);
        var stopping = probe.ChildActorOf(Quiet.Props, new OneForOneStrategy(_ => Directive.Stop));
        probe.Watch(stopping);
        stopping.Tell(Fail.With("boom"));
        await probe.ExpectTerminatedAsync(stopping);
    }

    [Fact(DisplayName = "A probe watches and unwatches")]
    public async Task Watching()
    {
        var probe = CreateTestProbe();
        var one = await probe.WatchAsync(Sys.ActorOf(Quiet.Props));
        var other = await probe.WatchAsync(Sys.ActorOf(Quiet.Props));
        await probe.UnwatchAsync(one);
        await Stopped(one);
        Sys.Stop(other);
        await probe.ExpectTerminatedAsync(other);
    }

    [Fact(DisplayName = "Expectations of one probe do not touch another's messages")]
    public async Task Probes_are_independent()
    {
        var one = CreateTestProbe();
        var other = CreateTestProbe();
        one.Ref.Tell("x");
        Assert.False(other.HasMessages);
        Assert.True(one.HasMessages);
        await one.ExpectMsgAsync("x");
    }
}
