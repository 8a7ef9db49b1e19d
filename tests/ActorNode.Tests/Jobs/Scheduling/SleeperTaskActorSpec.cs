using System.Collections.Concurrent;
using ActorNode.Jobs.Scheduling;
using ActorNode.Tests.Support;
using Akka.Actor;
using Xunit;
using Xunit.Abstractions;

namespace ActorNode.Tests.Jobs.Scheduling;

/// <summary>Each run of the work waits until the test lets it end, so that nothing here depends on time.</summary>
public sealed class SleeperTaskActorSpec(ITestOutputHelper output) : NodeSpec(output)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly ConcurrentQueue<TaskCompletionSource> _runs = new();

    private IActorRef Sleeper() => Sys.ActorOf(SleeperTaskActor.Props("reaper", Work));

    private Task Work(CancellationToken ended)
    {
        var run = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _runs.Enqueue(run);
        ended.Register(() => TestActor.Tell("cancelled"));
        TestActor.Tell("working");
        return run.Task;
    }

    private void End(Action<TaskCompletionSource> how)
    {
        Assert.True(_runs.TryDequeue(out var run));
        how(run);
    }

    private async Task<SleeperTaskActor.Status> StatusOf(IActorRef sleeper) =>
        await sleeper.Ask<SleeperTaskActor.Status>(SleeperTaskActor.GetStatus.Instance, Patience);

    private async Task<SleeperTaskActor.Status> StatusWhen(IActorRef sleeper, Func<SleeperTaskActor.Status, bool> holds)
    {
        SleeperTaskActor.Status? status = null;
        await AwaitConditionAsync(async () => holds(status = await StatusOf(sleeper)), Patience);
        return status!;
    }

    [Fact(DisplayName = "A wake does the work once; without one nothing is done")]
    public async Task Works_when_woken()
    {
        var sleeper = Sleeper();
        sleeper.Tell(SleeperTaskActor.Start.Instance);
        Assert.Equal(new SleeperTaskActor.Status(Started: true, Working: false, Woken: false, 0, 0, null), await StatusOf(sleeper));

        sleeper.Tell(SleeperTaskActor.WakeUp.Instance);
        await ExpectMsgAsync("working", Patience);
        End(run => run.SetResult());
        var status = await StatusWhen(sleeper, s => s.Runs == 1);

        Assert.Equal(new SleeperTaskActor.Status(Started: true, Working: false, Woken: false, 1, 0, null), status);
        Assert.Empty(_runs);
    }

    [Fact(DisplayName = "Any number of wakes during the work make it run exactly once more, after it and not beside it")]
    public async Task Wakes_coalesce()
    {
        var sleeper = Sleeper();
        sleeper.Tell(SleeperTaskActor.Start.Instance);
        sleeper.Tell(SleeperTaskActor.WakeUp.Instance);
        await ExpectMsgAsync("working", Patience);

        for (var i = 0; i < 100; i++)
            sleeper.Tell(SleeperTaskActor.WakeUp.Instance);
        Assert.True((await StatusOf(sleeper)).Woken);
        Assert.Single(_runs);
        End(run => run.SetResult());
        await ExpectMsgAsync("working", Patience);
        End(run => run.SetResult());

        Assert.False((await StatusWhen(sleeper, s => s.Runs == 2)).Working);
        Assert.Empty(_runs);
    }

    [Fact(DisplayName = "Wakes before the start are honoured by it, as one")]
    public async Task Wake_before_start()
    {
        var sleeper = Sleeper();
        sleeper.Tell(SleeperTaskActor.WakeUp.Instance);
        sleeper.Tell(SleeperTaskActor.WakeUp.Instance);
        Assert.Equal(new SleeperTaskActor.Status(Started: false, Working: false, Woken: true, 0, 0, null), await StatusOf(sleeper));

        sleeper.Tell(SleeperTaskActor.Start.Instance);
        await ExpectMsgAsync("working", Patience);
        End(run => run.SetResult());

        await StatusWhen(sleeper, s => s.Runs == 1);
        Assert.Empty(_runs);
    }

    [Fact(DisplayName = "A stop lets the work in progress end; a wake after it waits for the next start, which begins no second work beside the first")]
    public async Task Stop_and_start_again()
    {
        var sleeper = Sleeper();
        sleeper.Tell(SleeperTaskActor.Start.Instance);
        sleeper.Tell(SleeperTaskActor.WakeUp.Instance);
        await ExpectMsgAsync("working", Patience);

        sleeper.Tell(SleeperTaskActor.Stop.Instance);
        sleeper.Tell(SleeperTaskActor.Stop.Instance);
        sleeper.Tell(SleeperTaskActor.WakeUp.Instance);
        Assert.Equal(new SleeperTaskActor.Status(Started: false, Working: true, Woken: true, 0, 0, null), await StatusOf(sleeper));
        sleeper.Tell(SleeperTaskActor.Start.Instance);
        Assert.True((await StatusOf(sleeper)).Working);
        Assert.Single(_runs);
        sleeper.Tell(SleeperTaskActor.Stop.Instance);
        End(run => run.SetResult());
        await StatusWhen(sleeper, s => s.Runs == 1);
        Assert.Empty(_runs);

        sleeper.Tell(SleeperTaskActor.Start.Instance);
        await ExpectMsgAsync("working", Patience);
        End(run => run.SetResult());
        await StatusWhen(sleeper, s => s.Runs == 2);
    }

    [Fact(DisplayName = "Work that fails, by its task or by the call, is logged and counted; the next wake does it again")]
    public async Task Failures()
    {
        var throws = true;
        var sleeper = Sys.ActorOf(SleeperTaskActor.Props("reaper", token => throws ? throw new InvalidOperationException("call") : Work(token)));
        sleeper.Tell(SleeperTaskActor.Start.Instance);
        await EventFilter.Error(contains: "reaper failed").ExpectOneAsync(Patience, () =>
        {
            sleeper.Tell(SleeperTaskActor.WakeUp.Instance);
            return Task.CompletedTask;
        });
        Assert.Equal("call", (await StatusWhen(sleeper, s => s.Failures == 1)).LastError);

        throws = false;
        sleeper.Tell(SleeperTaskActor.WakeUp.Instance);
        await ExpectMsgAsync("working", Patience);
        End(run => run.SetException(new IOException("disk")));
        Assert.Equal(new SleeperTaskActor.Status(Started: true, Working: false, Woken: false, 2, 2, "disk"), await StatusWhen(sleeper, s => s.Failures == 2));

        sleeper.Tell(SleeperTaskActor.WakeUp.Instance);
        await ExpectMsgAsync("working", Patience);
        End(run => run.SetResult());
        Assert.Equal(2, (await StatusWhen(sleeper, s => s.Runs == 3)).Failures);
    }

    [Fact(DisplayName = "Only the end of the actor cancels the work")]
    public async Task Cancelled_with_the_actor()
    {
        var sleeper = Sleeper();
        sleeper.Tell(SleeperTaskActor.Start.Instance);
        sleeper.Tell(SleeperTaskActor.WakeUp.Instance);
        await ExpectMsgAsync("working", Patience);
        sleeper.Tell(SleeperTaskActor.Stop.Instance);
        Assert.True((await StatusOf(sleeper)).Working);

        Sys.Stop(sleeper);

        await ExpectMsgAsync("cancelled", Patience);
        End(run => run.SetResult());
    }
}
