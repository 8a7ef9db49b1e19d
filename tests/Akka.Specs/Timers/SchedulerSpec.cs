namespace Specs.Timers;

public sealed class SchedulerSpec : Spec
{
    [Fact(DisplayName = "ScheduleTellOnce tells once, not before its time")]
    public async Task Tell_once()
    {
        var before = Now;
        Sys.Scheduler.ScheduleTellOnce(Ms(50), TestActor, "x", ActorRefs.NoSender);
        await ExpectMsgAsync("x");
        Assert.True(Now - before >= Ms(49), $"after {Now - before}");
    }

    [Fact(DisplayName = "ScheduleTellRepeatedly tells until it is cancelled")]
    public async Task Tell_repeatedly()
    {
        using var cancelable = new Cancelable(Sys.Scheduler);
        Sys.Scheduler.ScheduleTellRepeatedly(TimeSpan.Zero, Ms(10), TestActor, "tick", ActorRefs.NoSender, cancelable);
        await ReceiveNAsync(3).CountAsync();
        cancelable.Cancel();
        Assert.True(cancelable.IsCancellationRequested);
        // What came before the cancel is read; then nothing comes any more.
        await WaitForRadioSilenceAsync(Ms(100));
    }

    [Fact(DisplayName = "What is cancelled before its time is not told")]
    public async Task Cancelled_is_not_told()
    {
        // On a starved machine a try may come too late to be before its time: that one tells nothing.
        TimeSpan start;
        var attempt = 0;
        do
        {
            start = Now;
            Sys.Scheduler.ScheduleTellOnceCancelable(Ms(50), TestActor, ++attempt, ActorRefs.NoSender).Cancel();
        }
        while (Now - start >= Ms(50));
        Sys.Scheduler.ScheduleTellOnce(Ms(100), TestActor, "later", ActorRefs.NoSender);
        Assert.NotEqual((object)attempt, await FishForMessageAsync(m => "later".Equals(m) || attempt.Equals(m)));
    }

    [Fact(DisplayName = "ScheduleOnce runs an action")]
    public async Task Action_once()
    {
        var to = TestActor;
        Sys.Scheduler.Advanced.ScheduleOnce(Ms(10), () => to.Tell("ran", ActorRefs.NoSender));
        await ExpectMsgAsync("ran");
    }

    [Fact(DisplayName = "A negative delay is refused")]
    public void Negative_delay() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Sys.Scheduler.ScheduleTellOnce(Ms(-1), TestActor, "x", ActorRefs.NoSender));

    [Fact(DisplayName = "A repetition without an interval is refused")]
    public void No_interval()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() =>
            Sys.Scheduler.ScheduleTellRepeatedly(TimeSpan.Zero, TimeSpan.Zero, TestActor, "x", ActorRefs.NoSender));
        Assert.Throws<ArgumentOutOfRangeException>(() =>
            Sys.Scheduler.ScheduleTellRepeatedly(Ms(-1), Ms(1), TestActor, "x", ActorRefs.NoSender));
    }

    [Fact(DisplayName = "No delay is allowed: it is due at once")]
    public async Task No_delay()
    {
        Sys.Scheduler.ScheduleTellOnce(TimeSpan.Zero, TestActor, "at once", ActorRefs.NoSender);
        await ExpectMsgAsync("at once");
    }

    [Fact(DisplayName = "A repeated action that throws is not repeated any more")]
    public async Task Failed_repetition()
    {
        var to = TestActor;
        Sys.Scheduler.Advanced.ScheduleRepeatedly(TimeSpan.Zero, Ms(1), () =>
        {
            to.Tell("failing", ActorRefs.NoSender);
            throw new Boom("repeated");
        });
        await ExpectMsgAsync("failing");
        Sys.Scheduler.ScheduleTellOnce(Ms(100), to, "long after", ActorRefs.NoSender);
        await ExpectMsgAsync("long after");
    }

    [Fact(DisplayName = "The scheduler's clock is the system's")]
    public void Now_is_now() => Assert.InRange(Sys.Scheduler.Now, DateTimeOffset.UtcNow.AddSeconds(-5), DateTimeOffset.UtcNow.AddSeconds(5));
}
