using ActorNode.Jobs.Adapters;
using ActorNode.Protocol.Jobs;
using ActorNode.Tests.Jobs.Support;
using Akka.Actor;
using Xunit;

namespace ActorNode.Tests.Jobs.Runs;

/// <summary>What becomes of one run: its tasks, what it waits for, and what a crash leaves of it.</summary>
public sealed class RunActorSpec : JobsSpec
{
    [Fact(DisplayName = "Tasks are performed one after the other, each with what the one before left, and the run is listed when it is done")]
    public async Task Performs_in_order()
    {
        Start();
        var job = await CreateAsync("held", "other");
        var run = await StartRunAsync(job, """{"result":"in","a":1}""");
        Assert.Equal(RunStatus.InProgress, run.Status);
        Assert.Equal(2, run.Tasks.Length);

        var first = await Held.NextAsync();
        Assert.Equal("""{"a":1,"result":"in"}""", first.Input.Data.ToString());
        Assert.Empty(Other.Asked);
        first.Complete("one");
        var second = await Other.NextAsync();
        Assert.Equal("""{"a":1,"result":"one"}""", second.Input.Data.ToString());
        Assert.Equal("""{"a":1,"result":"in"}""", second.Input.Parameters.ToString());
        second.Complete("two");

        var done = await ListedAsync(run.Id, RunStatus.Completed);
        Assert.Equal("two", done.Result.Data.Result.GetString());
        Assert.NotNull(done.FinishedAt);
        Assert.All(done.Tasks, task => Assert.Equal(RunStatus.Completed, task.Status));
    }

    [Fact(DisplayName = "A task that fails ends its run: later tasks are not performed, and the data stay")]
    public async Task Fails()
    {
        Start();
        var run = await StartRunAsync(await CreateAsync("held", "other"), """{"result":"in"}""");
        (await Held.NextAsync()).Fail(new AdapterException("no luck"));

        var done = await ListedAsync(run.Id, RunStatus.Errored);
        Assert.Equal("no luck", done.Result.Error);
        Assert.Equal(RunStatus.Unstarted, done.Tasks[1].Status);
        Assert.NotNull(done.FinishedAt);
        Assert.Empty(Other.Asked);
    }

    [Fact(DisplayName = "A restart repeats the task that was under way, and none whose end is in the journal")]
    public async Task Restarts()
    {
        Start();
        var job = await CreateAsync("held", "other");
        var run = await StartRunAsync(job);
        (await Held.NextAsync()).Complete("one");
        _ = await Other.NextAsync();

        Restart();
        Region.Tell(new JobCommands.Wake(job.Id));
        Assert.Equal(1, (await ExpectMsgAsync<JobReplies.Awake>()).Unfinished);
        (await Other.NextAsync()).Complete("two");
        Assert.Equal("two", (await ListedAsync(run.Id, RunStatus.Completed)).Result.Data.Result.GetString());
        Assert.Single(Held.Asked);
        Assert.Equal(2, Other.Asked.Count);
    }

    [Fact(DisplayName = "A task is tried as often as it says, with growing pauses, and a restart does not give it more tries")]
    public async Task Retries()
    {
        Start();
        var job = await CreateAsync(Spec("held") with { Tasks = [Task(1, "held") with { Attempts = 3, Backoff = TimeSpan.FromSeconds(4) }] });
        var run = await StartRunAsync(job);
        (await Held.NextAsync()).Fail(new AdapterException("1"));
        await TriedAsync(run, 1);
        Assert.False(Held.TryNext(out _));
        Scheduler.Advance(TimeSpan.FromSeconds(4));
        (await Held.NextAsync()).Fail(new AdapterException("2"));
        await TriedAsync(run, 2);

        Restart();
        Region.Tell(new JobCommands.Wake(job.Id));
        (await Held.NextAsync()).Fail(new AdapterException("3"));
        Assert.Equal("3", (await ListedAsync(run.Id, RunStatus.Errored)).Result.Error);
        Assert.Equal(3, Held.Asked.Count);
    }

    [Fact(DisplayName = "A try that takes too long has failed, and the adapter is told to end")]
    public async Task Times_out()
    {
        Start();
        var job = await CreateAsync(Spec() with { Tasks = [Task(1, "held") with { Timeout = TimeSpan.FromSeconds(5) }] });
        var run = await StartRunAsync(job);
        var hung = await Held.NextAsync();
        Scheduler.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal("task held timed out after 00:00:05", (await ListedAsync(run.Id, RunStatus.Errored)).Result.Error);
        Assert.True(hung.Cancellation.IsCancellationRequested);
        hung.Complete("late");
        Assert.Equal(RunStatus.Errored, (await ListedAsync(run.Id, RunStatus.Errored)).Status);
    }

    [Fact(DisplayName = "A run that works too long is errored; the time in which it waits for something does not count")]
    public async Task Run_times_out()
    {
        Start();
        var job = await CreateAsync(Spec("held", "other") with { MaxRunDuration = TimeSpan.FromMinutes(1), Tasks = [Task(1, "held"), Task(2, "other") with { Timeout = TimeSpan.FromHours(1) }] });
        var run = await StartRunAsync(job);
        (await Held.NextAsync()).End(TaskOutcome.Pending(RunStatus.PendingBridge, JobData.Empty));
        await ListedAsync(run.Id, RunStatus.PendingBridge);
        Scheduler.Advance(TimeSpan.FromHours(1));
        Region.Tell(new JobCommands.ResumePending(job.Id, run.Id, new RunResult(JobData.Empty, RunStatus.Completed)));
        await ExpectMsgAsync<JobReplies.Resumed>();
        _ = await Other.NextAsync();
        Scheduler.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("run timed out after 00:01:00", (await ListedAsync(run.Id, RunStatus.Errored)).Result.Error);
    }

    [Fact(DisplayName = "A bridge's answer is the last word on the parameters of later tasks, and resumes the run once")]
    public async Task Bridge_answers()
    {
        Start();
        var job = await CreateAsync("held", "other");
        var run = await StartRunAsync(job, """{"a":1,"b":1}""");
        (await Held.NextAsync()).End(TaskOutcome.Pending(RunStatus.PendingBridge, JobData.Parse("""{"own":1}""")));
        await ListedAsync(run.Id, RunStatus.PendingBridge);

        var answer = new JobCommands.ResumePending(job.Id, run.Id, new RunResult(JobData.Parse("""{"b":2,"result":"x"}"""), RunStatus.Completed));
        Region.Tell(answer);
        Assert.Equal(RunStatus.InProgress, (await ExpectMsgAsync<JobReplies.Resumed>()).Run.Status);
        var second = await Other.NextAsync();
        Assert.Equal("""{"a":1,"b":2,"result":"x"}""", second.Input.Parameters.ToString());
        Assert.Equal("""{"a":1,"b":2,"result":"x"}""", second.Input.Data.ToString());
        Region.Tell(answer);
        Assert.Equal($"Attempting to resume non pending run {run.Id}", (await ExpectMsgAsync<JobReplies.NotResumed>()).Detail);
        second.Complete("y");
        await ListedAsync(run.Id, RunStatus.Completed);
    }

    [Fact(DisplayName = "A bridge that answers with an error ends the run, and one that is still pending leaves it waiting")]
    public async Task Bridge_errs()
    {
        Start();
        var job = await CreateAsync("held", "other");
        var run = await StartRunAsync(job);
        (await Held.NextAsync()).End(TaskOutcome.Pending(RunStatus.PendingBridge, JobData.Empty));
        await ListedAsync(run.Id, RunStatus.PendingBridge);
        Region.Tell(new JobCommands.ResumePending(job.Id, run.Id, new RunResult(JobData.Empty, RunStatus.PendingBridge)));
        Assert.Equal(RunStatus.PendingBridge, (await ExpectMsgAsync<JobReplies.Resumed>()).Run.Status);
        Region.Tell(new JobCommands.ResumePending(job.Id, run.Id, new RunResult(JobData.Empty, RunStatus.Errored, "bad")));
        await ExpectMsgAsync<JobReplies.Resumed>();
        var done = await ListedAsync(run.Id, RunStatus.Errored);
        Assert.Equal("bad", done.Result.Error);
        Assert.NotNull(done.FinishedAt);
        Assert.Empty(Other.Asked);
    }

    [Fact(DisplayName = "A sleeping run goes on at its time, over a restart too; one that sleeps last is completed")]
    public async Task Sleeps()
    {
        Start();
        var job = await CreateAsync("held", "other");
        var run = await StartRunAsync(job);
        (await Held.NextAsync()).End(TaskOutcome.Sleeping(JobData.Empty, Time + TimeSpan.FromDays(40)));
        await ListedAsync(run.Id, RunStatus.PendingSleep);

        Restart();
        Region.Tell(new JobCommands.Wake(job.Id));
        await ExpectMsgAsync<JobReplies.Awake>();
        await StateOfRunAsync(job, run);
        for (var day = 0; day < 39; day++)
        {
            Scheduler.Advance(TimeSpan.FromDays(1));
            Assert.Equal(RunStatus.PendingSleep, (await StateOfRunAsync(job, run)).Status);
        }

        Scheduler.Advance(TimeSpan.FromDays(1));
        (await Other.NextAsync()).End(TaskOutcome.Sleeping(JobData.Empty, Time - TimeSpan.FromSeconds(1)));
        await ListedAsync(run.Id, RunStatus.Completed);
        Assert.Single(Held.Asked);
    }

    [Fact(DisplayName = "Blocks: a run from a log waits for its confirmations, counted from the block of the log, and resumes with the next ones")]
    public async Task Confirms()
    {
        Settings = Settings with { MinIncomingConfirmations = 6 };
        Start();
        var job = await CreateAsync(Spec() with { Initiators = [new Initiator(1, InitiatorType.RunLog)], Tasks = [Task(1, "noop") with { Confirmations = 100 }] });
        var run = await StartRunAsync(new JobCommands.StartRun(job.Id, RunId.New(), InitiatorType.RunLog, RunResult.None) { Height = 1 });
        Assert.Equal((RunStatus.PendingConfirmations, null, 100u), (run.Status, run.Tasks[0].Confirmations, run.Tasks[0].MinimumConfirmations));
        await StateOfRunAsync(job, run);

        Region.Tell(new JobCommands.ResumeConfirming(job.Id, run.Id, 7));
        var waits = (await ExpectMsgAsync<JobReplies.Resumed>()).Run;
        Assert.Equal((RunStatus.PendingConfirmations, 7u), (waits.Status, waits.Tasks[0].Confirmations));
        Region.Tell(new JobCommands.ResumeConfirming(job.Id, run.Id, 101));
        await ExpectMsgAsync<JobReplies.Resumed>();
        Assert.Equal(100u, (await ListedAsync(run.Id, RunStatus.Completed)).Tasks[0].Confirmations);
        Region.Tell(new JobCommands.ResumeConfirming(job.Id, run.Id, 102));
        await ExpectMsgAsync<JobReplies.NoSuchRun>();
    }

    [Fact(DisplayName = "A log of a block that is ahead of the node has no confirmations")]
    public async Task Lags()
    {
        Start();
        var job = await CreateAsync(Spec("noop") with { Initiators = [new Initiator(1, InitiatorType.RunLog)] });
        var run = await StartRunAsync(new JobCommands.StartRun(job.Id, RunId.New(), InitiatorType.RunLog, RunResult.None) { Height = 9 });
        await StateOfRunAsync(job, run);
        Region.Tell(new JobCommands.ResumeConfirming(job.Id, run.Id, 1));
        var waits = (await ExpectMsgAsync<JobReplies.Resumed>()).Run;
        Assert.Equal((RunStatus.PendingConfirmations, 0u), (waits.Status, waits.Tasks[0].Confirmations));
    }

    [Fact(DisplayName = "Without a chain a task that needs one waits for the connection, and goes on with it")]
    public async Task Connects()
    {
        Start();
        var job = await CreateAsync("held");
        var run = await StartRunAsync(job);
        (await Held.NextAsync()).End(TaskOutcome.Pending(RunStatus.PendingConnection, JobData.Empty));
        await ListedAsync(run.Id, RunStatus.PendingConnection);
        Region.Tell(new JobCommands.ResumeConnecting(job.Id, run.Id));
        await ExpectMsgAsync<JobReplies.Resumed>();
        (await Held.NextAsync()).Complete("sent");
        await ListedAsync(run.Id, RunStatus.Completed);
    }

    [Fact(DisplayName = "A journal that fails stops the run before its next task; it goes on from what is stored when the journal is back")]
    public async Task Journal_fails()
    {
        Start();
        var job = await CreateAsync("held", "other");
        var run = await StartRunAsync(job);
        var first = await Held.NextAsync();
        var actor = await Sys.ActorSelection($"/user/*/{job.Id}/job/{run.Id}").ResolveOne(Patience);
        await WatchAsync(actor);
        Journal.FailWrites = true;
        first.Complete("lost");
        await ExpectTerminatedAsync(actor);
        Journal.FailWrites = false;
        await AwaitConditionAsync(() =>
        {
            Scheduler.Advance(Settings.MaxBackoff);
            return System.Threading.Tasks.Task.FromResult(Held.Asked.Count == 2);
        }, Patience);
        (await Held.NextAsync()).Complete("one");
        (await Other.NextAsync()).Complete("two");
        await ListedAsync(run.Id, RunStatus.Completed);
        Assert.Single(Other.Asked);
    }

    [Fact(DisplayName = "An answer that is for one task of a run is not taken for another one's")]
    public async Task Answers_its_task()
    {
        Start();
        var job = await CreateAsync("held", "other");
        var run = await StartRunAsync(job);
        (await Held.NextAsync()).End(TaskOutcome.Pending(RunStatus.PendingBridge, JobData.Empty));
        await ListedAsync(run.Id, RunStatus.PendingBridge);
        var answer = new JobCommands.ResumePending(job.Id, run.Id, new RunResult(JobData.Empty, RunStatus.Completed)) { Task = run.Tasks[0].Id };
        Region.Tell(answer);
        await ExpectMsgAsync<JobReplies.Resumed>();
        (await Other.NextAsync()).End(TaskOutcome.Pending(RunStatus.PendingBridge, JobData.Empty));
        await BecomesAsync(run.Id, RunStatus.PendingBridge);
        await AwaitAssertAsync(async () => Assert.Equal((RunStatus.PendingBridge, 1), ((await StateOfRunAsync(job, run)).Status, (await StateOfRunAsync(job, run)).Current)));

        Region.Tell(answer);
        await ExpectMsgAsync<JobReplies.NotResumed>();
        Region.Tell(answer with { Task = run.Tasks[1].Id });
        await ExpectMsgAsync<JobReplies.Resumed>();
        await ListedAsync(run.Id, RunStatus.Completed);
    }

    [Fact(DisplayName = "A bridge whose answer meets a failing journal is told to come again, not that nobody waits for it")]
    public async Task Answer_meets_a_failing_journal()
    {
        Start();
        var job = await CreateAsync("held");
        var run = await StartRunAsync(job);
        (await Held.NextAsync()).End(TaskOutcome.Pending(RunStatus.PendingBridge, JobData.Empty));
        await ListedAsync(run.Id, RunStatus.PendingBridge);
        var actor = await Sys.ActorSelection($"/user/*/{job.Id}/job/{run.Id}").ResolveOne(Patience);
        await WatchAsync(actor);
        var answer = new JobCommands.ResumePending(job.Id, run.Id, new RunResult(JobData.Empty, RunStatus.Completed));
        Journal.FailWrites = true;
        Region.Tell(answer, ActorRefs.NoSender);
        await ExpectTerminatedAsync(actor);
        Journal.FailWrites = false;
        // The clock stands, so it is not opened again before this; the job may hear of its end a moment later than the test.
        object? reply = null;
        await AwaitAssertAsync(async () =>
        {
            var probe = CreateTestProbe();
            Region.Tell(new JobQueries.RunOf(job.Id, run.Id), probe);
            reply = await probe.ExpectMsgAsync<JobReplies.Failed>(TimeSpan.FromSeconds(3));
        }, Patience);
        Assert.NotNull(reply);
        Region.Tell(answer);
        await ExpectMsgAsync<JobReplies.Failed>();

        Scheduler.Advance(Settings.MaxBackoff);
        Region.Tell(answer);
        await ExpectMsgAsync<JobReplies.Resumed>();
        await ListedAsync(run.Id, RunStatus.Completed);
    }

    [Fact(DisplayName = "A limit of a run that is longer than a day ends it when it has passed, and not after a day")]
    public async Task Long_deadline()
    {
        Start();
        var limited = Spec("held") with { MaxRunDuration = TimeSpan.FromDays(3), Tasks = [Task(1, "held") with { Timeout = TimeSpan.FromHours(20), Attempts = 10 }] };
        var job = await CreateAsync(limited);
        var run = await StartRunAsync(job);
        _ = await Held.NextAsync();
        for (var tries = 1; tries <= 3; tries++)
        {
            Scheduler.Advance(TimeSpan.FromHours(20));
            await AwaitConditionAsync(() =>
            {
                Scheduler.Advance(Settings.MaxRetryBackoff);
                return System.Threading.Tasks.Task.FromResult(Held.Asked.Count > tries);
            }, Patience);
            Assert.Equal(RunStatus.InProgress, (await StateOfRunAsync(job, run)).Status);
        }

        Scheduler.Advance(TimeSpan.FromHours(12));
        Assert.StartsWith("run timed out after 3", (await ListedAsync(run.Id, RunStatus.Errored)).Result.Error, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "A listing that fails delays the row and nothing else")]
    public async Task Listing_fails()
    {
        Start();
        var job = await CreateAsync("held");
        var run = await StartRunAsync(job);
        var first = await Held.NextAsync();
        Listing.Fails = true;
        first.Complete("one");
        await AwaitConditionAsync(() => System.Threading.Tasks.Task.FromResult(Listing.Refused > 0), Patience);
        Assert.Equal(RunStatus.InProgress, Listing.Runs[run.Id].Status);
        Listing.Fails = false;
        await AwaitConditionAsync(() =>
        {
            Scheduler.Advance(Settings.MaxBackoff);
            return System.Threading.Tasks.Task.FromResult(Listing.Runs[run.Id].Status == RunStatus.Completed);
        }, Patience);
        Assert.Single(Held.Asked);
    }

    private async Task TriedAsync(JobRun run, int tries) => await AwaitConditionAsync(async () =>
    {
        var probe = CreateTestProbe();
        Region.Tell(new JobQueries.RunOf(run.JobId, run.Id), probe);
        return (await probe.ExpectMsgAsync<JobReplies.RunIs>()).Run.Tasks[0].FailedTries == tries;
    }, Patience);

    private async Task<JobRun> StateOfRunAsync(JobSpec job, JobRun run)
    {
        var probe = CreateTestProbe();
        Region.Tell(new JobQueries.RunOf(job.Id, run.Id), probe);
        return (await probe.ExpectMsgAsync<JobReplies.RunIs>()).Run;
    }
}
