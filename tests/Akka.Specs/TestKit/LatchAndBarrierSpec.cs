using Akka.TestKit.TestActors;

namespace Specs.TestKits;

public sealed class LatchAndBarrierSpec : Spec
{
    [Fact(DisplayName = "A latch opens when it was counted down")]
    public void Latch()
    {
        var latch = CreateTestLatch(2);
        Assert.False(latch.IsOpen);
        Assert.Throws<TimeoutException>(() => latch.Ready(Ms(10)));
        latch.CountDown();
        Sys.ActorOf(Quiet.Props).Tell(new Do(_ => latch.CountDown()));
        latch.Ready();
        Assert.True(latch.IsOpen);
        latch.Reset();
        Assert.False(latch.IsOpen);
        latch.Open();
        latch.Ready(Ms(10));
    }

    [Fact(DisplayName = "A barrier lets nobody pass before all have come")]
    public void Barrier()
    {
        var barrier = CreateTestBarrier(2);
        Assert.Throws<TimeoutException>(() => barrier.Await(Ms(10)));
        barrier.Reset();
        Sys.ActorOf(Quiet.Props).Tell(new Do(_ =>
        {
            TestActor.Tell("before");
            barrier.Await();
        }));
        barrier.Await();
        ExpectMsg("before");
    }

    [Fact(DisplayName = "The echo actor answers and shows the test what it got; the black hole answers nothing")]
    public async Task Test_actors()
    {
        var probe = CreateTestProbe();
        var echo = Sys.ActorOf(EchoActor.Props(this));
        probe.Send(echo, "hello");
        await ExpectMsgFromAsync(probe.Ref, "hello");
        await probe.ExpectMsgAsync("hello");

        var hole = Sys.ActorOf(BlackHoleActor.Props);
        probe.Send(hole, "hello");
        hole.Tell(PoisonPill.Instance);
        probe.Watch(hole);
        await probe.ExpectTerminatedAsync(hole);
    }
}
