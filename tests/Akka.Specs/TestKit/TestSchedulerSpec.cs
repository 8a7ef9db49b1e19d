using Akka.Dispatch;

namespace Specs.TestKits;

public sealed class TestSchedulerSpec : TimedSpec
{
    [Fact(DisplayName = "Time stands still until it is advanced")]
    public void Time_stands_still()
    {
        var now = Scheduler.Now;
        Assert.Equal(now, Scheduler.Now);
        Scheduler.Advance(TimeSpan.FromHours(1));
        Assert.Equal(now + TimeSpan.FromHours(1), Scheduler.Now);
        Scheduler.AdvanceTo(now + TimeSpan.FromHours(2));
        Assert.Equal(now + TimeSpan.FromHours(2), Scheduler.Now);
    }

    [Fact(DisplayName = "A message is told when its time has come, not before")]
    public void Due_items_run()
    {
        Scheduler.ScheduleTellOnce(TimeSpan.FromSeconds(10), TestActor, "due", ActorRefs.NoSender);
        Scheduler.Advance(TimeSpan.FromSeconds(10) - TimeSpan.FromTicks(1));
        Assert.False(HasMessages);
        Scheduler.Advance(TimeSpan.FromTicks(1));
        ExpectMsg("due");
    }

    [Fact(DisplayName = "Due items run by time, and of the same time by the order in which they were scheduled")]
    public void By_time_then_order()
    {
        Scheduler.ScheduleTellOnce(Ms(20), TestActor, "second", ActorRefs.NoSender);
        Scheduler.ScheduleTellOnce(Ms(10), TestActor, "first", ActorRefs.NoSender);
        Scheduler.ScheduleTellOnce(Ms(20), TestActor, "third", ActorRefs.NoSender);
        Scheduler.Advance(Ms(20));
        ExpectMsg("first");
        ExpectMsg("second");
        ExpectMsg("third");
    }

    [Fact(DisplayName = "Actions run on the advancing thread before Advance returns")]
    public void Synchronous()
    {
        var thread = 0;
        Scheduler.Advanced.ScheduleOnce(Ms(10), () => thread = Environment.CurrentManagedThreadId);
        Scheduler.Advance(Ms(10));
        Assert.Equal(Environment.CurrentManagedThreadId, thread);
    }

    [Fact(DisplayName = "A periodic item fires once per advance, even over several intervals, and then from the new now")]
    public void Periodic_fires_once_per_advance()
    {
        Scheduler.ScheduleTellRepeatedly(Ms(10), Ms(10), TestActor, "tick", ActorRefs.NoSender);
        Scheduler.Advance(Ms(35));
        ExpectMsg("tick");
        Assert.False(HasMessages);
        Scheduler.Advance(Ms(9));
        Assert.False(HasMessages);
        Scheduler.Advance(Ms(1));
        ExpectMsg("tick");
    }

    [Fact(DisplayName = "What is cancelled does not run")]
    public void Cancelled_does_not_run()
    {
        var once = Scheduler.ScheduleTellOnceCancelable(Ms(10), TestActor, "once", ActorRefs.NoSender);
        var repeated = Scheduler.ScheduleTellRepeatedlyCancelable(Ms(10), Ms(10), TestActor, "repeated", ActorRefs.NoSender);
        Scheduler.Advance(Ms(5));
        once.Cancel();
        repeated.Cancel();
        Scheduler.Advance(Ms(100));
        Assert.False(HasMessages);
    }

    [Fact(DisplayName = "What is scheduled while time advances waits for the next advance")]
    public void Scheduled_while_advancing()
    {
        Scheduler.Advanced.ScheduleOnce(Ms(10), () => Scheduler.ScheduleTellOnce(Ms(5), TestActor, "later", ActorRefs.NoSender));
        Scheduler.Advance(Ms(10));
        Assert.False(HasMessages);
        Scheduler.Advance(Ms(5));
        ExpectMsg("later");
    }

    [Fact(DisplayName = "Time does not go back")]
    public void No_way_back() =>
        Assert.Throws<InvalidOperationException>(() => Scheduler.AdvanceTo(Scheduler.Now - TimeSpan.FromSeconds(1)));

    [Fact(DisplayName = "The monotonic clock stays real")]
    public void Monotonic_clock_is_real()
    {
        var before = Scheduler.MonotonicClock;
        Scheduler.Advance(TimeSpan.FromDays(1));
        Assert.InRange(Scheduler.MonotonicClock - before, TimeSpan.Zero, TimeSpan.FromHours(1));
    }

    [Fact(DisplayName = "Runnables are not for virtual time")]
    public void Runnables_are_refused()
    {
        var runnable = new ActionRunnable(() => { });
        Assert.Throws<NotImplementedException>(() => Scheduler.Advanced.ScheduleOnce(Ms(1), runnable));
        Assert.Throws<NotImplementedException>(() => Scheduler.Advanced.ScheduleRepeatedly(Ms(1), Ms(1), runnable));
    }
}
