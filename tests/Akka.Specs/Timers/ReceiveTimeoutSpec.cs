namespace Specs.Timers;

public sealed class ReceiveTimeoutSpec : TimedSpec
{
    [Fact(DisplayName = "A receive timeout fires when no message has come for its time, and again after it")]
    public async Task Fires_when_idle()
    {
        var actor = await Waiting(Ms(100));
        Scheduler.Advance(Ms(100));
        await ExpectMsgAsync("timeout");
        await Handled(actor, influence: false);
        Scheduler.Advance(Ms(100));
        await ExpectMsgAsync("timeout");
    }

    [Fact(DisplayName = "A message arms the receive timeout anew")]
    public async Task Message_rearms()
    {
        var actor = await Waiting(Ms(100));
        Scheduler.Advance(Ms(60));
        await Handled(actor, influence: true);
        Scheduler.Advance(Ms(60));
        await Handled(actor, influence: false);
        Assert.False(HasMessages);
        Scheduler.Advance(Ms(40));
        await ExpectMsgAsync("timeout");
    }

    [Fact(DisplayName = "A message that does not influence the receive timeout leaves it running")]
    public async Task Marked_message_does_not_rearm()
    {
        var actor = await Waiting(Ms(100));
        Scheduler.Advance(Ms(60));
        await Handled(actor, influence: false);
        Scheduler.Advance(Ms(40));
        await ExpectMsgAsync("timeout");
    }

    [Fact(DisplayName = "Null disarms the receive timeout")]
    public async Task Null_disarms()
    {
        var actor = await Waiting(Ms(100));
        actor.Tell(new SetTo(null));
        await Handled(actor, influence: true);
        Scheduler.Advance(TimeSpan.FromMinutes(1));
        await Handled(actor, influence: true);
        Assert.False(HasMessages);
    }

    [Fact(DisplayName = "A change of the receive timeout takes effect when the handler has ended")]
    public async Task Change_takes_effect()
    {
        var actor = await Waiting(TimeSpan.FromMinutes(1));
        actor.Tell(new SetTo(Ms(10)));
        await Handled(actor, influence: false);
        Scheduler.Advance(Ms(10));
        await ExpectMsgAsync("timeout");
    }

    [Theory(DisplayName = "A timer's message arms the receive timeout anew, unless it carries the marker")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Timer_messages(bool marked)
    {
        var actor = await Waiting(Ms(100));
        actor.Tell(new StartTimer(marked ? new QuietTick() : new Tick(), Ms(60)));
        await Handled(actor, influence: false);
        Scheduler.Advance(Ms(60));
        await ExpectMsgAsync("tick");
        await Handled(actor, influence: false);
        Scheduler.Advance(Ms(40));
        await Handled(actor, influence: false);
        Assert.Equal(marked, HasMessages);
        Scheduler.Advance(Ms(60));
        await ExpectMsgAsync("timeout");
    }

    [Fact(DisplayName = "An actor that is resumed after a failure has its receive timeout again")]
    public async Task Armed_after_a_resumed_failure()
    {
        var supervisor = Sys.ActorOf(Parent.Props(new OneForOneStrategy(_ => Directive.Resume)));
        var actor = StartChild(supervisor, Props.Create(() => new Waits(TestActor)));
        actor.Tell(new SetTo(Ms(100)));
        actor.Tell(Fail.With("resumed"));

        // No message may come after the failure: it would arm the timeout itself.
        await AwaitConditionAsync(() =>
        {
            Scheduler.Advance(Ms(100));
            return Task.FromResult(HasMessages);
        }, TimeSpan.FromSeconds(30));
        await ExpectMsgAsync("timeout");
    }

    private async Task<IActorRef> Waiting(TimeSpan timeout)
    {
        var actor = Sys.ActorOf(Props.Create(() => new Waits(TestActor)));
        actor.Tell(new SetTo(timeout));
        await Handled(actor, influence: false);
        return actor;
    }

    // The timeout is armed after the handler has ended: the second answer tells that the turn of the first has.
    private async Task Handled(IActorRef actor, bool influence)
    {
        var probe = CreateTestProbe();
        if (influence)
            probe.Send(actor, Ping.Instance);
        probe.Send(actor, new QuietPing());
        probe.Send(actor, new QuietPing());
        await probe.ReceiveNAsync(influence ? 3 : 2).CountAsync();
    }

    private sealed record SetTo(TimeSpan? Timeout);

    private sealed record QuietPing : INotInfluenceReceiveTimeout;

    private sealed record StartTimer(object Message, TimeSpan Delay) : INotInfluenceReceiveTimeout;

    private sealed record Tick;

    private sealed record QuietTick : INotInfluenceReceiveTimeout;

    private sealed class Waits(IActorRef to) : UntypedActor, IWithTimers
    {
        public ITimerScheduler Timers { get; set; } = null!;

        protected override void OnReceive(object message)
        {
            switch (message)
            {
                case SetTo set:
                    Context.SetReceiveTimeout(set.Timeout);
                    break;
                case StartTimer start:
                    Timers.StartSingleTimer("key", start.Message, start.Delay);
                    break;
                case Tick or QuietTick:
                    to.Tell("tick");
                    break;
                case Fail failure:
                    throw failure.Cause;
                case ReceiveTimeout:
                    to.Tell("timeout");
                    break;
                case Ping or QuietPing:
                    Sender.Tell(Pong.Instance);
                    break;
            }
        }
    }
}
