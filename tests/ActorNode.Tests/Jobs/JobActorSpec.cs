using System.Collections.Immutable;
using ActorNode.Jobs;
using ActorNode.Jobs.Adapters;
using ActorNode.Protocol.Jobs;
using ActorNode.Tests.Jobs.Support;
using Akka.Actor;
using Xunit;

namespace ActorNode.Tests.Jobs;

/// <summary>What starts runs of a job, what refuses them, in which order they go, and what a failing store does to all that.</summary>
public sealed class JobActorSpec : JobsSpec
{
    [Fact(DisplayName = "A job is listed before it is answered, and a repeated command gets the same job")]
    public async Task Creates()
    {
        Start();
        var job = Spec("noop");
        Region.Tell(new JobCommands.Create(job));
        await ExpectMsgAsync<JobReplies.Created>();
        Assert.Equal(job.Tasks.Length, Listing.Job(job.Id).Tasks.Length);
        Region.Tell(new JobCommands.Create(job with { Name = "another" }));
        Assert.Null((await ExpectMsgAsync<JobReplies.Created>()).Spec.Name);
    }

    [Fact(DisplayName = "Nothing is known of a job that was not created")]
    public async Task Knows_no_other()
    {
        Start();
        var job = Spec("noop");
        Region.Tell(StartOf(job));
        await ExpectMsgAsync<JobReplies.NoSuchJob>();
        Region.Tell(new JobCommands.Archive(job.Id));
        await ExpectMsgAsync<JobReplies.NoSuchJob>();
        Region.Tell(new JobCommands.Wake(job.Id));
        Assert.Null((await ExpectMsgAsync<JobReplies.Awake>()).Spec);
    }

    [Fact(DisplayName = "A job is only started by initiators that it has")]
    public async Task Needs_the_initiator()
    {
        Start();
        var job = await CreateAsync(Spec("noop") with { Initiators = [new Initiator(1, InitiatorType.Cron) { Schedule = "@hourly" }] });
        Region.Tell(StartOf(job));
        Assert.Equal(RunRefusal.NoInitiator, (await ExpectMsgAsync<JobReplies.Refused>()).Reason);
        Assert.Empty(Listing.Runs);
    }

    [Fact(DisplayName = "An external initiator starts its own jobs and no others")]
    public async Task Needs_the_external_initiator()
    {
        Start();
        var job = await CreateAsync(Spec("noop") with { Initiators = [new Initiator(1, InitiatorType.External) { Name = "feed" }] });
        Region.Tell(StartOf(job) with { By = InitiatorType.External, ExternalName = "other" });
        Assert.Equal(RunRefusal.NoInitiator, (await ExpectMsgAsync<JobReplies.Refused>()).Reason);
        Region.Tell(StartOf(job) with { By = InitiatorType.External, ExternalName = "feed" });
        await ExpectMsgAsync<JobReplies.Started>();
    }

    [Fact(DisplayName = "Runs start from the job's start to its end, both included, and never outside")]
    public async Task Has_a_time()
    {
        Start();
        var job = await CreateAsync(Spec("noop") with { StartAt = Time + TimeSpan.FromHours(1), EndAt = Time + TimeSpan.FromHours(2) });
        Region.Tell(StartOf(job));
        var early = await ExpectMsgAsync<JobReplies.Refused>();
        Assert.Equal(RunRefusal.NotStarted, early.Reason);
        Assert.StartsWith($"Job runner: Job {job.Id} unstarted: ", early.Detail, StringComparison.Ordinal);
        Scheduler.Advance(TimeSpan.FromHours(1));
        Region.Tell(StartOf(job));
        await ExpectMsgAsync<JobReplies.Started>();
        Scheduler.Advance(TimeSpan.FromHours(1));
        Region.Tell(StartOf(job));
        await ExpectMsgAsync<JobReplies.Started>();
        Scheduler.Advance(TimeSpan.FromTicks(1));
        Region.Tell(StartOf(job));
        var late = await ExpectMsgAsync<JobReplies.Refused>();
        Assert.Equal(RunRefusal.Ended, late.Reason);
        Assert.Contains(" past job's end time ", late.Detail, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "A run whose tasks cannot be is stored, errored and finished")]
    public async Task Fails_at_creation()
    {
        Start();
        var broken = await StartRunAsync(await CreateAsync(Spec() with { Tasks = [Task(1, "noop", """{"broken":true}""")] }));
        Assert.Equal((RunStatus.Errored, "broken parameters"), (broken.Status, broken.Result.Error));
        Assert.NotNull(broken.FinishedAt);
        var unknown = await StartRunAsync(await CreateAsync("nothing"));
        Assert.Equal("nothing is not a supported adapter type", unknown.Result.Error);
        var input = await StartRunAsync(new JobCommands.StartRun((await CreateAsync("noop")).Id, RunId.New(), InitiatorType.Web, RunResult.None.Failed("bad input")));
        Assert.Equal((RunStatus.Errored, "bad input"), (input.Status, input.Result.Error));
        Assert.Equal(RunStatus.Errored, Listing.Runs[input.Id].Status);
    }

    [Fact(DisplayName = "A run that is paid for is paid enough: for each task that costs, and for the job's own minimum")]
    public async Task Costs()
    {
        Settings = Settings with { MinimumContractPayment = "100" };
        Start(new FakeAdapter("paid", input => TaskOutcome.Completed(input.Data)) { MinimumPayment = new Juels(100) });
        var job = await CreateAsync("paid", "paid");
        async Task<JobRun> PayAsync(JobSpec paid, Juels? amount) => await StartRunAsync(
            new JobCommands.StartRun(paid.Id, RunId.New(), InitiatorType.Web, RunResult.None with { Amount = amount }));
        Assert.Equal(
            $"Rejecting job {job.Id} with payment 0.000000000000000199 below minimum threshold (100)",
            (await PayAsync(job, new Juels(199))).Result.Error);
        Assert.Null((await PayAsync(job, new Juels(200))).Result.Error);
        Assert.Null((await PayAsync(job, null)).Result.Error);
        var dear = await CreateAsync(Spec("noop") with { MinPayment = new Juels(5) });
        Assert.Equal($"Rejecting job {dear.Id} with payment 4 below job-specific-minimum threshold (5)", (await PayAsync(dear, new Juels(4))).Result.Error);
    }

    [Fact(DisplayName = "The same run is accepted once, however often it is asked for, over a restart too")]
    public async Task Accepts_once()
    {
        Start();
        var job = await CreateAsync("held");
        var start = StartOf(job);
        Region.Tell(start);
        Region.Tell(start);
        Assert.Equal(start.RunId, (await ExpectMsgAsync<JobReplies.Started>()).Run.Id);
        Assert.Equal(start.RunId, (await ExpectMsgAsync<JobReplies.Started>()).Run.Id);
        (await Held.NextAsync()).Complete("one");
        await ListedAsync(start.RunId, RunStatus.Completed);

        Restart();
        Region.Tell(start);
        await ExpectMsgAsync<JobReplies.Started>();
        await ListedAsync(start.RunId, RunStatus.Completed);
        Assert.Single(Held.Asked);
    }

    [Fact(DisplayName = "An archived job starts nothing more; its runs under way go on")]
    public async Task Archives()
    {
        Start();
        var job = await CreateAsync("held");
        var run = await StartRunAsync(job);
        var task = await Held.NextAsync();
        Region.Tell(new JobCommands.Archive(job.Id));
        await ExpectMsgAsync<JobReplies.Archived>();
        Assert.NotNull(Listing.Jobs[job.Id].ArchivedAt);
        Region.Tell(StartOf(job));
        Assert.Equal(RunRefusal.Archived, (await ExpectMsgAsync<JobReplies.Refused>()).Reason);
        Region.Tell(new JobCommands.Archive(job.Id));
        await ExpectMsgAsync<JobReplies.Archived>();
        task.Complete("one");
        await ListedAsync(run.Id, RunStatus.Completed);
    }

    [Fact(DisplayName = "Whoever asks for a run that is just ending is answered")]
    public async Task Answers_at_the_end()
    {
        Start();
        var job = await CreateAsync("noop");
        for (var i = 0; i < 300; i++)
        {
            var start = StartOf(job);
            Region.Tell(start, ActorRefs.NoSender);
            for (var question = 0; question < 10; question++)
                Region.Tell(new JobQueries.RunOf(job.Id, start.RunId));
            for (var question = 0; question < 10; question++)
                Assert.True(await ExpectMsgAsync<object>() is JobReplies.RunIs or JobReplies.NoSuchRun);
        }
    }

    [Fact(DisplayName = "Runs of an ordered job follow one another, pending ones included, over a restart too")]
    public async Task Keeps_order()
    {
        Start();
        var job = await CreateAsync(Spec("held") with { Ordered = true });
        var first = await StartRunAsync(job, """{"n":1}""");
        var second = await StartRunAsync(job, """{"n":2}""");
        var third = await StartRunAsync(job, """{"n":3}""");
        (await Held.NextAsync()).End(TaskOutcome.Pending(RunStatus.PendingBridge, JobData.Empty));
        await ListedAsync(first.Id, RunStatus.PendingBridge);
        Assert.Equal([second.Id, third.Id], (await StateAsync(job)).Waiting.ToArray());

        Restart();
        await AwaitConditionAsync(async () => (await StateAsync(job)).Waiting.SequenceEqual([second.Id, third.Id]), Patience);
        Region.Tell(new JobCommands.ResumePending(job.Id, first.Id, new RunResult(JobData.Empty, RunStatus.Completed)));
        await ExpectMsgAsync<JobReplies.Resumed>();
        var next = await Held.NextAsync();
        Assert.Equal(second.Id, next.Input.RunId);
        Assert.False(Held.TryNext(out _));
        next.Complete("two");
        Assert.Equal(third.Id, (await Held.NextAsync()).Input.RunId);
    }

    [Fact(DisplayName = "No more runs of a job work at once than it allows; one that waits for a bridge leaves its place")]
    public async Task Limits_concurrency()
    {
        Start();
        var job = await CreateAsync(Spec("held") with { MaxConcurrentRuns = 2 });
        for (var i = 0; i < 4; i++)
            await StartRunAsync(job);
        var (one, two) = (await Held.NextAsync(), await Held.NextAsync());
        Assert.Equal(2, (await StateAsync(job)).Waiting.Length);
        Assert.False(Held.TryNext(out _));
        one.End(TaskOutcome.Pending(RunStatus.PendingBridge, JobData.Empty));
        var three = await Held.NextAsync();
        two.Complete("done");
        var four = await Held.NextAsync();
        Assert.Equal(4, new[] { one, two, three, four }.Select(task => task.Input.RunId).Distinct().Count());
    }

    [Fact(DisplayName = "A run that has slept takes its place again, so that no more work than the job allows")]
    public async Task Counts_who_wakes()
    {
        Start();
        var job = await CreateAsync(Spec("held", "other") with { MaxConcurrentRuns = 1 });
        var first = await StartRunAsync(job);
        (await Held.NextAsync()).End(TaskOutcome.Sleeping(JobData.Empty, Time + TimeSpan.FromHours(1)));
        await ListedAsync(first.Id, RunStatus.PendingSleep);
        Scheduler.Advance(TimeSpan.FromHours(1));
        var awake = await Other.NextAsync();
        var second = await StartRunAsync(job);
        Assert.Equal(second.Id, Assert.Single((await StateAsync(job)).Waiting));
        awake.Complete("done");
        Assert.Equal(second.Id, (await Held.NextAsync()).Input.RunId);
    }

    [Fact(DisplayName = "A job with as many unfinished runs as it may have is busy, and takes more when some are done")]
    public async Task Is_busy()
    {
        Settings = Settings with { MaxUnfinishedRuns = 2 };
        Start();
        var job = await CreateAsync("held");
        var first = await StartRunAsync(job);
        await StartRunAsync(job);
        Region.Tell(StartOf(job));
        Assert.Equal(RunRefusal.Busy, (await ExpectMsgAsync<JobReplies.Refused>()).Reason);
        (await Held.NextAsync()).Complete("one");
        (await Held.NextAsync()).Complete("two");
        await ListedAsync(first.Id, RunStatus.Completed);
        await AwaitConditionAsync(async () => (await StateAsync(job)).Running.IsEmpty, Patience);
        await StartRunAsync(job);
    }

    [Fact(DisplayName = "A scheduled time is taken once, with its run, whatever is repeated or restarted")]
    public async Task Takes_ticks_once()
    {
        Start();
        var job = await CreateAsync(Spec("noop") with { Initiators = [Cron(OverlapPolicy.Allow)] });
        var tick = new JobCommands.Tick(job.Id, 1, Time);
        Region.Tell(tick);
        var taken = await ExpectMsgAsync<JobReplies.TickTaken>();
        Assert.NotNull(taken.RunId);
        Restart();
        Region.Tell(tick);
        Assert.Null((await ExpectMsgAsync<JobReplies.TickTaken>()).RunId);
        Region.Tell(tick with { At = Time - TimeSpan.FromSeconds(1) });
        Assert.Null((await ExpectMsgAsync<JobReplies.TickTaken>()).RunId);
        Region.Tell(new JobCommands.Wake(job.Id));
        Assert.Equal([new JobReplies.LastTick(1, tick.At)], (await ExpectMsgAsync<JobReplies.Awake>()).LastTicks.ToArray());
        Assert.Single(Listing.Runs);
    }

    [Fact(DisplayName = "A scheduled time that is sent again while its run is on its way to the journal starts no second run")]
    public async Task Takes_ticks_once_while_storing()
    {
        Start();
        var job = await CreateAsync(Spec("held") with { Initiators = [Cron(OverlapPolicy.Allow)] });
        Journal.Hold();
        Region.Tell(new JobCommands.Tick(job.Id, 1, Time));
        Region.Tell(new JobCommands.Tick(job.Id, 1, Time));
        _ = await StateAsync(job);
        Journal.Release();
        var run = (await ExpectMsgAsync<JobReplies.TickTaken>()).RunId;
        Assert.Equal(run, (await ExpectMsgAsync<JobReplies.TickTaken>()).RunId);
        Assert.Equal(run, (await Held.NextAsync()).Input.RunId);
        Assert.Equal([run!.Value], (await StateAsync(job)).Running.ToArray());
    }

    [Fact(DisplayName = "A tick of the job's last moment is taken, however late it comes; one after it is not")]
    public async Task Ticks_belong_to_their_time()
    {
        Start();
        var job = await CreateAsync(Spec("noop") with { Initiators = [Cron(OverlapPolicy.Allow)], EndAt = Time + TimeSpan.FromSeconds(1) });
        Scheduler.Advance(TimeSpan.FromSeconds(5));
        Region.Tell(new JobCommands.Tick(job.Id, 1, job.EndAt!.Value));
        Assert.NotNull((await ExpectMsgAsync<JobReplies.TickTaken>()).RunId);
        Region.Tell(new JobCommands.Tick(job.Id, 1, job.EndAt.Value + TimeSpan.FromSeconds(1)));
        Assert.Equal(RunRefusal.Ended, (await ExpectMsgAsync<JobReplies.TickRefused>()).Reason);
    }

    [Fact(DisplayName = "A single time starts one run for good, and the job shows that it ran")]
    public async Task Runs_at()
    {
        Start();
        var job = await CreateAsync(Spec("noop") with { Initiators = [new Initiator(1, InitiatorType.RunAt) { Time = Time }] });
        Assert.False(Listing.Job(job.Id).Initiators[0].Ran);
        Region.Tell(new JobCommands.Tick(job.Id, 1, Time));
        Assert.NotNull((await ExpectMsgAsync<JobReplies.TickTaken>()).RunId);
        await AwaitConditionAsync(() => System.Threading.Tasks.Task.FromResult(Listing.Job(job.Id).Initiators[0].Ran), Patience);
        Region.Tell(new JobCommands.Tick(job.Id, 1, Time + TimeSpan.FromHours(1)));
        Assert.Null((await ExpectMsgAsync<JobReplies.TickTaken>()).RunId);
        Assert.Single(Listing.Runs);
    }

    [Theory(DisplayName = "While a run is not finished a tick starts another, is dropped, or waits, as its schedule says")]
    [InlineData(OverlapPolicy.Allow)]
    [InlineData(OverlapPolicy.Skip)]
    [InlineData(OverlapPolicy.Queue)]
    public async Task Overlaps(OverlapPolicy policy)
    {
        Start();
        var job = await CreateAsync(Spec("held") with { Initiators = [Cron(policy)] });
        Region.Tell(new JobCommands.Tick(job.Id, 1, Time));
        await ExpectMsgAsync<JobReplies.TickTaken>();
        var first = await Held.NextAsync();
        Region.Tell(new JobCommands.Tick(job.Id, 1, Time + TimeSpan.FromSeconds(1)));
        var second = await ExpectMsgAsync<JobReplies.TickTaken>();
        Assert.Equal(policy == OverlapPolicy.Skip, second.RunId is null);
        if (policy == OverlapPolicy.Allow)
            Assert.Equal(second.RunId, (await Held.NextAsync()).Input.RunId);
        if (policy == OverlapPolicy.Queue)
            Assert.Equal([second.RunId!.Value], (await StateAsync(job)).Waiting.ToArray());
        first.Complete("one");
        if (policy == OverlapPolicy.Queue)
            Assert.Equal(second.RunId, (await Held.NextAsync()).Input.RunId);
        await ListedAsync(first.Input.RunId, RunStatus.Completed);
    }

    [Fact(DisplayName = "While the journal fails everybody is told so at once; the job comes back by itself and knows what it had accepted")]
    public async Task Journal_fails()
    {
        Start();
        var job = await CreateAsync("held");
        var run = await StartRunAsync(job);
        _ = await Held.NextAsync();
        Journal.FailWrites = true;
        Region.Tell(StartOf(job));
        Assert.Equal(job.Id, (await ExpectMsgAsync<JobReplies.Failed>()).JobId);
        Journal.FailWrites = false;
        await AwaitConditionAsync(() =>
        {
            Scheduler.Advance(Settings.MaxBackoff);
            return System.Threading.Tasks.Task.FromResult(Held.Asked.Count == 2);
        }, Patience);
        (await Held.NextAsync()).Complete("one");
        await ListedAsync(run.Id, RunStatus.Completed);
        Assert.Single(Listing.Runs);
    }

    [Fact(DisplayName = "A run whose listing fails is answered as failed; it starts when it is listed, so that whoever it calls finds it")]
    public async Task Listing_fails()
    {
        Start();
        var job = await CreateAsync("held");
        Listing.Fails = true;
        var start = StartOf(job);
        Region.Tell(start);
        await ExpectMsgAsync<JobReplies.Failed>();
        Assert.Equal([start.RunId], (await StateAsync(job)).Waiting.ToArray());
        Assert.Empty(Held.Asked);
        Listing.Fails = false;
        await AwaitConditionAsync(() =>
        {
            Scheduler.Advance(Settings.MaxBackoff);
            return System.Threading.Tasks.Task.FromResult(Held.Asked.Count == 1);
        }, Patience);
        Assert.Equal(RunStatus.InProgress, Listing.Runs[start.RunId].Status);
        Region.Tell(start);
        await ExpectMsgAsync<JobReplies.Started>();
        (await Held.NextAsync()).Complete("one");
        await ListedAsync(start.RunId, RunStatus.Completed);
        Assert.Single(Held.Asked);
    }

    [Fact(DisplayName = "A finished run can be forgotten; one that is not finished cannot")]
    public async Task Deletes()
    {
        Start();
        var job = await CreateAsync("held");
        var run = await StartRunAsync(job);
        var task = await Held.NextAsync();
        Region.Tell(new JobCommands.DeleteRun(job.Id, run.Id));
        await ExpectMsgAsync<JobReplies.NotResumed>();
        task.Complete("one");
        await ListedAsync(run.Id, RunStatus.Completed);
        await AwaitConditionAsync(async () =>
        {
            var probe = CreateTestProbe();
            Region.Tell(new JobCommands.DeleteRun(job.Id, run.Id), probe);
            return await probe.ExpectMsgAsync<object>() is JobReplies.RunDeleted;
        }, Patience);
        Assert.Empty(Listing.Runs);
        Region.Tell(new JobCommands.DeleteRun(job.Id, run.Id));
        await ExpectMsgAsync<JobReplies.RunDeleted>();
    }

    [Fact(DisplayName = "An idle job leaves the memory, and comes back with all it knew when it is needed")]
    public async Task Passivates()
    {
        Start();
        var job = await CreateAsync("noop");
        var run = await StartRunAsync(job);
        await ListedAsync(run.Id, RunStatus.Completed);
        var shell = await Sys.ActorSelection($"/user/*/{job.Id}").ResolveOne(Patience);
        await WatchAsync(shell);
        await AwaitConditionAsync(() =>
        {
            Scheduler.Advance(Settings.PassivateAfter);
            return System.Threading.Tasks.Task.FromResult(((IInternalActorRef)shell).IsTerminated);
        }, Patience);
        await ExpectTerminatedAsync(shell);
        await StartRunAsync(job);
    }

    [Fact(DisplayName = "A run that is started just as its idle job leaves the memory is not left behind, nor is what comes after it")]
    public async Task Leaves_with_work()
    {
        Start();
        var job = await CreateAsync("held");
        var shell = await Sys.ActorSelection($"/user/*/{job.Id}").ResolveOne(Patience);
        await WatchAsync(shell);
        var start = StartOf(job);
        // Behind the region's back: the run is there before the job is told to leave.
        shell.Tell(start, TestActor);
        await ExpectMsgAsync<JobReplies.Started>();
        var first = await Held.NextAsync();
        first.End(TaskOutcome.Pending(RunStatus.PendingBridge, JobData.Empty));
        await ListedAsync(start.RunId, RunStatus.PendingBridge);
        Region.Tell(new Akka.Cluster.Sharding.Passivate(JobShellActor.Leave.Instance), shell);
        Region.Tell(new JobCommands.ResumePending(job.Id, start.RunId, new RunResult(JobData.Empty, RunStatus.Completed)));
        await ExpectTerminatedAsync(shell);
        await ExpectMsgAsync<JobReplies.Resumed>();
        await ListedAsync(start.RunId, RunStatus.Completed);
    }

    [Fact(DisplayName = "A node that stops lets the task under way end, starts no other, and goes on with it after the next start")]
    public async Task Stops()
    {
        Start();
        var job = await CreateAsync("held", "other");
        var run = await StartRunAsync(job);
        var task = await Held.NextAsync();
        await WatchAsync(Region);
        Region.Tell(Akka.Cluster.Sharding.GracefulShutdown.Instance);
        Region.Tell(StartOf(job));
        Assert.Equal(RunRefusal.Stopping, (await ExpectMsgAsync<JobReplies.Refused>()).Reason);
        task.Complete("one");
        await ExpectTerminatedAsync(Region);
        Assert.Empty(Other.Asked);

        Restart();
        Region.Tell(new JobCommands.Wake(job.Id));
        await ExpectMsgAsync<JobReplies.Awake>();
        (await Other.NextAsync()).Complete("two");
        await ListedAsync(run.Id, RunStatus.Completed);
        Assert.Single(Held.Asked);
    }

    [Fact(DisplayName = "Snapshots keep what is not finished, and what was taken")]
    public async Task Snapshots()
    {
        Settings = Settings with { SnapshotEvery = 5 };
        Start();
        var job = await CreateAsync(Spec("held") with { Initiators = [Web, Cron(OverlapPolicy.Allow) with { Id = 2 }] });
        Region.Tell(new JobCommands.Tick(job.Id, 2, Time));
        await ExpectMsgAsync<JobReplies.TickTaken>();
        var runs = ImmutableArray.CreateBuilder<JobRun>();
        for (var i = 0; i < 20; i++)
            runs.Add(await StartRunAsync(job));
        Restart();
        Region.Tell(new JobCommands.Wake(job.Id));
        var awake = await ExpectMsgAsync<JobReplies.Awake>();
        Assert.Equal((21, 1), (awake.Unfinished, awake.LastTicks.Length));
    }

    private static Initiator Cron(OverlapPolicy overlap) => new(1, InitiatorType.Cron) { Schedule = "* * * * * *", Overlap = overlap };
}
