using Akka.Pattern;

namespace Specs.Pattern;

public sealed class BackoffSupervisorSpec : Spec
{
    [Fact(DisplayName = "OnStop starts a child again that stopped, and counts it")]
    public async Task On_stop()
    {
        var supervisor = Sys.ActorOf(BackoffSupervisor.Props(Backoff.OnStop(Props.Create(() => new Fragile()), "child", Ms(20), Ms(40), 0)
            .WithManualReset()));
        var first = await CurrentChild(supervisor);
        Watch(first);
        first.Tell(PoisonPill.Instance);
        await ExpectTerminatedAsync(first);
        await AwaitAssertAsync(async () =>
        {
            var second = await CurrentChild(supervisor);
            Assert.NotNull(second);
            Assert.NotEqual(first, second);
        });
        Assert.Equal(1, (await supervisor.Ask<BackoffSupervisor.RestartCount>(BackoffSupervisor.GetRestartCount.Instance, Ms(3000))).Count);
    }

    [Fact(DisplayName = "OnFailure starts a failed child again; one that stops itself takes the supervisor along")]
    public async Task On_failure()
    {
        var supervisor = Sys.ActorOf(BackoffSupervisor.Props(Backoff.OnFailure(Props.Create(() => new Fragile()), "child", Ms(20), Ms(40), 0)));
        Watch(supervisor);
        var first = await CurrentChild(supervisor);
        supervisor.Tell("fail");
        IActorRef second = first;
        await AwaitAssertAsync(async () =>
        {
            second = await CurrentChild(supervisor);
            Assert.NotNull(second);
            Assert.NotEqual(first, second);
        });
        second.Tell(PoisonPill.Instance);
        await ExpectTerminatedAsync(supervisor);
    }

    [Fact(DisplayName = "While the child is down, messages get the reply that was configured")]
    public async Task Reply_while_stopped()
    {
        var supervisor = Sys.ActorOf(BackoffSupervisor.Props(Backoff.OnStop(Props.Create(() => new Fragile()), "child", Ms(60_000), Ms(60_000), 0)
            .WithReplyWhileStopped("down")));
        var child = await CurrentChild(supervisor);
        Watch(child);
        child.Tell(PoisonPill.Instance);
        await ExpectTerminatedAsync(child);
        await AwaitAssertAsync(async () => Assert.Null(await CurrentChild(supervisor)));
        supervisor.Tell("anybody?");
        await ExpectMsgAsync("down");
    }

    private static async Task<IActorRef> CurrentChild(IActorRef supervisor) =>
        (await supervisor.Ask<BackoffSupervisor.CurrentChild>(BackoffSupervisor.GetCurrentChild.Instance, Ms(3000))).Ref;

    private sealed class Fragile : ReceiveActor
    {
        public Fragile() => Receive<string>(_ => { throw new InvalidOperationException("fragile"); });
    }
}
