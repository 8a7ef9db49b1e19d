using ActorNode.Jobs;
using ActorNode.Jobs.Adapters;
using ActorNode.Jobs.Runs;
using ActorNode.Protocol.Jobs;
using ActorNode.Tests.Jobs.Support;
using Akka.Actor;
using Xunit;

namespace ActorNode.Tests.Jobs;

/// <summary>What could happen between two writes, and must not.</summary>
public sealed class JobDurabilitySpec : JobsSpec
{
    [Fact(DisplayName = "A job that is not listed yet is not scheduled: after a restart nobody would know of it")]
    public async Task Is_listed_first()
    {
        Start();
        var created = CreateTestProbe();
        Sys.EventStream.Subscribe(created, typeof(JobEvents.JobCreated));
        Listing.Fails = true;
        var job = Spec("noop");
        Region.Tell(new JobCommands.Create(job));
        await ExpectMsgAsync<JobReplies.Failed>();
        Assert.False(created.HasMessages);
        Listing.Fails = false;
        await AwaitConditionAsync(() =>
        {
            Scheduler.Advance(Settings.MaxBackoff);
            return System.Threading.Tasks.Task.FromResult(created.HasMessages);
        }, Patience);
        Assert.Equal(job.Id, (await created.ExpectMsgAsync<JobEvents.JobCreated>()).Spec.Id);
    }

    [Fact(DisplayName = "A job whose listing was lost with its first answer is scheduled once it is asked for again")]
    public async Task Is_heard_of_later()
    {
        Start();
        var created = CreateTestProbe();
        Sys.EventStream.Subscribe(created, typeof(JobEvents.JobCreated));
        var job = Spec("noop");
        Listing.Fails = true;
        Region.Tell(new JobCommands.Create(job));
        await ExpectMsgAsync<JobReplies.Failed>();
        Restart();
        Listing.Fails = false;
        Region.Tell(new JobCommands.Create(job));
        await ExpectMsgAsync<JobReplies.Created>();
        Assert.Equal(job.Id, (await created.ExpectMsgAsync<JobEvents.JobCreated>()).Spec.Id);
    }

    [Fact(DisplayName = "A run that is forgotten as soon as it is finished is not performed again after a restart")]
    public async Task Forgets_after_settling()
    {
        Start();
        var job = await CreateAsync("held");
        var run = await StartRunAsync(job);
        (await Held.NextAsync()).Complete("one");
        await AwaitConditionAsync(async () =>
        {
            var probe = CreateTestProbe();
            Region.Tell(new JobCommands.DeleteRun(job.Id, run.Id), probe);
            return await probe.ExpectMsgAsync<object>() is JobReplies.RunDeleted;
        }, Patience);

        Restart();
        Region.Tell(new JobCommands.Wake(job.Id));
        Assert.Equal(0, (await ExpectMsgAsync<JobReplies.Awake>()).Unfinished);
        Assert.Single(Held.Asked);
        Assert.Empty(Listing.Runs);
    }

    [Fact(DisplayName = "A run may work for days, if it is allowed to")]
    public async Task Works_for_days()
    {
        Start();
        var job = await CreateAsync(Spec() with { MaxRunDuration = TimeSpan.FromDays(3), Tasks = [Task(1, "held") with { Timeout = TimeSpan.FromDays(9) }] });
        var run = await StartRunAsync(job);
        _ = await Held.NextAsync();
        for (var day = 1; day < 3; day++)
        {
            Scheduler.Advance(TimeSpan.FromDays(1));
            var probe = CreateTestProbe();
            Region.Tell(new JobQueries.RunOf(job.Id, run.Id), probe);
            Assert.Equal(RunStatus.InProgress, (await probe.ExpectMsgAsync<JobReplies.RunIs>()).Run.Status);
        }

        Scheduler.Advance(TimeSpan.FromDays(1));
        Assert.Equal("run timed out after 3.00:00:00", (await ListedAsync(run.Id, RunStatus.Errored)).Result.Error);
    }

    [Fact(DisplayName = "A node that stops while a waiting run is being listed does not wait for more than that")]
    public async Task Stops_after_listing()
    {
        Start();
        var job = await CreateAsync("held");
        await StartRunAsync(job);
        var task = await Held.NextAsync();
        Listing.Hold();
        task.End(TaskOutcome.Pending(RunStatus.PendingBridge, JobData.Empty));
        await AwaitConditionAsync(() => System.Threading.Tasks.Task.FromResult(Listing.Held == 1), Patience);
        await WatchAsync(Region);
        Region.Tell(Akka.Cluster.Sharding.GracefulShutdown.Instance);
        Region.Tell(StartOf(job));
        Assert.Equal(RunRefusal.Stopping, (await ExpectMsgAsync<JobReplies.Refused>()).Reason);
        Listing.Release();
        await ExpectTerminatedAsync(Region);
    }

    [Fact(DisplayName = "Runs go on in the order in which they were accepted, though the clock was set back between them")]
    public void Keeps_order_without_the_clock()
    {
        var runs = Enumerable.Range(0, 20).Select(i => new RunAccepted(RunId.New(), 1, Time.AddSeconds(-i), RunResult.None) { Number = i + 1 }).ToArray();
        var state = runs.Aggregate(JobState.None.Apply(new JobCreated(Spec("noop"))), (before, run) => before.Apply(run));
        Assert.Equal(runs, state.InOrder());
        Assert.Equal(runs, JobState.Of(state.ToSnapshot()).InOrder());
    }
}
