using System.Collections.Immutable;
using ActorNode.Jobs.Listing;
using ActorNode.Protocol.Jobs;
using ActorNode.Protocol.Services;
using ActorNode.Storage;
using ActorNode.Tests.Support;
using Akka.Actor;
using Akka.TestKit;
using Xunit;

namespace ActorNode.Tests.Jobs.Listing;

public sealed class RunRetentionActorSpec : NodeSpec
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly JobId Job = new(new string('a', 32));
    private static readonly JobsRetentionSettings ByAge = new() { MaxAge = TimeSpan.FromDays(1), Batch = 3 };

    private readonly InMemoryNodeStore _store = new();
    private readonly TestProbe _jobs;
    private readonly TestProbe _services;

    public RunRetentionActorSpec()
    {
        _jobs = CreateTestProbe();
        _services = CreateTestProbe();
    }

    [Fact(DisplayName = "A tick deletes finished runs past their age, batch after batch; younger ones and unfinished ones stay")]
    public async Task Deletes_by_age()
    {
        var retention = await StartAsync(ByAge);
        foreach (var number in Enumerable.Range(1, 7))
            await PutAsync(number, number % 2 == 0 ? RunStatus.Errored : RunStatus.Completed, Time.AddDays(-3).AddSeconds(number));
        await PutAsync(8, RunStatus.PendingBridge, Time.AddDays(-3));
        await PutAsync(9, RunStatus.Completed, Time.AddHours(-2));
        Scheduler.Advance(ByAge.Interval);

        foreach (var batch in new int[][] { [1, 2, 3], [4, 5, 6], [7] })
        {
            var asked = await AskedAsync(batch.Length);
            Assert.Equal(batch.Select(Run), asked.Select(delete => delete.RunId));
            Assert.All(asked, delete => Assert.Equal(Job, delete.JobId));
            foreach (var delete in asked)
                await DeleteAsync(delete);
        }

        Assert.Null((await ReportAsync()).Error);
        Assert.Equal(new RunRetention.State(7, 0, 0, IsWorking: false, 0, null), await StateAsync(retention));
        Assert.Equal([8, 9], await ListedAsync());
    }

    [Fact(DisplayName = "A tick deletes the oldest finished runs beyond so many, whatever is unfinished")]
    public async Task Deletes_by_count()
    {
        var retention = await StartAsync(new JobsRetentionSettings { MaxRuns = 2 });
        await PutAsync(1, RunStatus.InProgress, Time);
        foreach (var number in new[] { 5, 2, 4, 3 })
            await PutAsync(number, RunStatus.Completed, Time);
        Scheduler.Advance(TimeSpan.FromMinutes(1));

        var asked = await AskedAsync(2);
        Assert.Equal([Run(2), Run(3)], asked.Select(delete => delete.RunId));
        foreach (var delete in asked)
            await DeleteAsync(delete);
        await ReportAsync();
        Assert.Equal(2, (await StateAsync(retention)).ByCount);
        Assert.Equal([1, 4, 5], await ListedAsync());
    }

    [Fact(DisplayName = "A tick that was due many times while the machine slept runs once")]
    public async Task Ticks_never_queue_up()
    {
        var retention = await StartAsync(ByAge);
        Scheduler.Advance(TimeSpan.FromHours(5));
        await ReportAsync();
        // Its state is asked for behind whatever ticks there are.
        Assert.False((await StateAsync(retention)).IsWorking);
        Assert.False(_services.HasMessages);
    }

    [Fact(DisplayName = "Without limits nothing is deleted by itself, but requests are carried out")]
    public async Task Works_for_requests_alone()
    {
        var retention = await StartAsync(new JobsRetentionSettings());
        await PutAsync(1, RunStatus.Completed, Time.AddDays(-9));
        await PutAsync(2, RunStatus.Errored, Time.AddDays(-9));
        await PutAsync(3, RunStatus.Errored, Time.AddDays(-1));
        Scheduler.Advance(TimeSpan.FromDays(1));
        Assert.Equal(0, (await StateAsync(retention)).ByAge);

        retention.Tell(new RunRetention.Delete([RunStatus.Errored], Time.AddDays(-5)), TestActor);
        var delete = Assert.Single(await AskedAsync(1));
        Assert.Equal(Run(2), delete.RunId);
        Assert.True((await StateAsync(retention)).IsWorking);
        await DeleteAsync(delete);
        Assert.Equal(new RunRetention.Deleted(1, 0), await ExpectMsgAsync<RunRetention.Deleted>(Patience));
        Assert.Equal([1, 3], await ListedAsync());
    }

    [Theory(DisplayName = "Runs that are not finished cannot be deleted")]
    [InlineData(RunStatus.InProgress, "cannot delete Runs with status in_progress")]
    [InlineData(RunStatus.PendingBridge, "cannot delete Runs with status pending_bridge")]
    [InlineData(RunStatus.Unstarted, "cannot delete Runs with status ")]
    public async Task Refuses_unfinished_runs(RunStatus status, string refusal)
    {
        var retention = await StartAsync(ByAge);
        retention.Tell(new RunRetention.Delete([RunStatus.Completed, status], Time), TestActor);
        Assert.Equal(refusal, (await ExpectMsgAsync<RunRetention.Refused>(Patience)).Detail);
    }

    [Fact(DisplayName = "Runs that their jobs do not give up keep none of the others, and are told")]
    public async Task Goes_on_past_runs_that_are_kept()
    {
        var retention = await StartAsync(new JobsRetentionSettings { Batch = 3 });
        foreach (var number in Enumerable.Range(1, 5))
            await PutAsync(number, RunStatus.Completed, Time.AddDays(-1));
        retention.Tell(new RunRetention.Delete([RunStatus.Completed], Time), TestActor);

        var asked = await AskedAsync(3);
        _jobs.Sender.Tell(new JobReplies.NotResumed(asked[0].RunId, "run is not finished"), _jobs.Ref);
        _jobs.Sender.Tell(new JobReplies.Failed(Job, "disk full"), _jobs.Ref);
        await DeleteAsync(asked[2]);
        foreach (var delete in await AskedAsync(2))
            await DeleteAsync(delete);

        Assert.Equal(new RunRetention.Deleted(3, 2), await ExpectMsgAsync<RunRetention.Deleted>(Patience));
        Assert.Equal("disk full", (await StateAsync(retention)).LastError);
        Assert.Equal([1, 2], await ListedAsync());
    }

    [Fact(DisplayName = "A batch of which nothing is deleted ends the round; the next round tries again")]
    public async Task Ends_a_round_that_fails()
    {
        await StartAsync(ByAge);
        foreach (var number in Enumerable.Range(1, 6))
            await PutAsync(number, RunStatus.Completed, Time.AddDays(-3));
        Scheduler.Advance(ByAge.Interval);
        foreach (var _ in await AskedAsync(3))
            _jobs.Sender.Tell(new JobReplies.Failed(Job, "disk full"), _jobs.Ref);
        Assert.Equal("disk full", (await ReportAsync()).Error);

        Scheduler.Advance(ByAge.Interval);
        foreach (var batch in new[] { 3, 3 })
        {
            foreach (var delete in await AskedAsync(batch))
                await DeleteAsync(delete);
        }

        Assert.Null((await ReportAsync()).Error);
    }

    [Fact(DisplayName = "Jobs that do not answer end the work; late answers do no harm; requests that wait come next")]
    public async Task Gives_up_a_silent_batch()
    {
        var retention = await StartAsync(ByAge);
        await PutAsync(1, RunStatus.Completed, Time.AddDays(-3));
        retention.Tell(new RunRetention.Delete([RunStatus.Completed], Time), TestActor);
        var silent = Assert.Single(await AskedAsync(1));
        retention.Tell(new RunRetention.Delete([RunStatus.Completed], Time), TestActor);
        Assert.Equal(1, (await StateAsync(retention)).Waiting);
        Scheduler.Advance(ByAge.AnswerTimeout);
        Assert.Equal("jobs did not answer for 30 s", (await ExpectMsgAsync<RunRetention.Failed>(Patience)).Detail);

        var again = Assert.Single(await AskedAsync(1));
        Assert.Equal(silent, again);
        await DeleteAsync(again);
        Assert.Equal(new RunRetention.Deleted(1, 0), await ExpectMsgAsync<RunRetention.Deleted>(Patience));
        retention.Tell(new JobReplies.RunDeleted(silent.RunId), _jobs.Ref);
        Assert.Equal(1, (await StateAsync(retention)).ByRequest);
    }

    [Fact(DisplayName = "A store that cannot be read fails requests, and rounds until it can")]
    public async Task Waits_for_a_store_that_fails()
    {
        var reader = new BrokenReader(_store.Jobs) { IsBroken = true };
        var retention = await StartAsync(ByAge, reader);
        await PutAsync(1, RunStatus.Completed, Time.AddDays(-3));
        retention.Tell(new RunRetention.Delete([RunStatus.Completed], Time), TestActor);
        Assert.Equal(new RunRetention.Failed(0, Some.Outage().Message), await ExpectMsgAsync<RunRetention.Failed>(Patience));
        Scheduler.Advance(ByAge.Interval);
        Assert.Equal(Some.Outage().Message, (await ReportAsync()).Error);

        reader.IsBroken = false;
        Scheduler.Advance(ByAge.Interval);
        await DeleteAsync(Assert.Single(await AskedAsync(1)));
        Assert.Null((await ReportAsync()).Error);
    }

    [Fact(DisplayName = "Requests that were not carried out when the node stops are answered")]
    public async Task Answers_when_it_stops()
    {
        var retention = await StartAsync(ByAge);
        await PutAsync(1, RunStatus.Completed, Time.AddDays(-3));
        foreach (var _ in Enumerable.Range(0, 2))
            retention.Tell(new RunRetention.Delete([RunStatus.Completed], Time), TestActor);
        await AskedAsync(1);
        Sys.Stop(retention);
        foreach (var _ in Enumerable.Range(0, 2))
            Assert.Equal("the node stops", (await ExpectMsgAsync<RunRetention.Failed>(Patience)).Detail);
    }

    private DateTimeOffset Time => Scheduler.Now;

    private static RunId Run(int number) => new(number.ToString("x32"));

    private async Task<IActorRef> StartAsync(JobsRetentionSettings settings, IJobsReader? reader = null)
    {
        var retention = Sys.ActorOf(RunRetentionActor.Props(reader ?? _store.Jobs, _jobs, _services, settings, new SchedulerClock(Sys.Scheduler)));
        await ReportAsync();
        return retention;
    }

    /// <summary>The actor reports at its start and at the end of each round, when the next tick is armed.</summary>
    private async Task<ServiceCommands.Report> ReportAsync() => await _services.ExpectMsgAsync<ServiceCommands.Report>(Patience);

    private static async Task<RunRetention.State> StateAsync(IActorRef retention) =>
        await retention.Ask<RunRetention.State>(RunRetention.StateOf.Instance, Patience);

    private async Task<JobCommands.DeleteRun[]> AskedAsync(int count)
    {
        var asked = new JobCommands.DeleteRun[count];
        for (var i = 0; i < count; i++)
            asked[i] = await _jobs.ExpectMsgAsync<JobCommands.DeleteRun>(Patience);
        return asked;
    }

    private async Task DeleteAsync(JobCommands.DeleteRun delete)
    {
        await _store.CommitAsync([new CommitCommand.DeleteRun(delete.RunId)], default);
        _jobs.Sender.Tell(new JobReplies.RunDeleted(delete.RunId), _jobs.Ref);
    }

    private async Task PutAsync(int number, RunStatus status, DateTimeOffset updatedAt) => await _store.CommitAsync(
        [new CommitCommand.PutRun(new RunRow(Run(number), Job, 1, status, DateTimeOffset.UnixEpoch.AddSeconds(number), updatedAt, null, default))], default);

    private async Task<List<int>> ListedAsync() =>
        [.. (await _store.Jobs.RunsAsync(null, new PageOf(0, 100), default)).Items.Select(run => Convert.ToInt32(run.Id.Value, 16))];

    /// <summary>Searches fail while it is broken.</summary>
    private sealed class BrokenReader(IJobsReader inner) : IJobsReader
    {
        private volatile bool _isBroken;

        public bool IsBroken
        {
            get => _isBroken;
            set => _isBroken = value;
        }

        public ValueTask<ImmutableArray<RunKey>> RunsUpdatedBeforeAsync(
            ImmutableArray<RunStatus> statuses, DateTimeOffset before, int limit, CancellationToken cancellationToken) =>
            _isBroken ? throw Some.Outage() : inner.RunsUpdatedBeforeAsync(statuses, before, limit, cancellationToken);

        public ValueTask<JobRow?> FindJobAsync(JobId id, CancellationToken cancellationToken) => inner.FindJobAsync(id, cancellationToken);

        public ValueTask<ListPage<JobRow>> JobsAsync(PageOf page, CancellationToken cancellationToken) => inner.JobsAsync(page, cancellationToken);

        public ValueTask<ImmutableArray<JobId>> JobIdsAsync(JobId? after, int limit, CancellationToken cancellationToken) => inner.JobIdsAsync(after, limit, cancellationToken);

        public ValueTask<RunRow?> FindRunAsync(RunId id, CancellationToken cancellationToken) => inner.FindRunAsync(id, cancellationToken);

        public ValueTask<ListPage<RunRow>> RunsAsync(JobId? job, PageOf page, CancellationToken cancellationToken) => inner.RunsAsync(job, page, cancellationToken);

        public ValueTask<ImmutableArray<RunRow>> ErrorsAsync(JobId job, int limit, CancellationToken cancellationToken) => inner.ErrorsAsync(job, limit, cancellationToken);

        public ValueTask<ImmutableArray<RunKey>> RunsInAsync(ImmutableArray<RunStatus> statuses, RunKey? after, int limit, CancellationToken cancellationToken) =>
            inner.RunsInAsync(statuses, after, limit, cancellationToken);

        public ValueTask<ImmutableArray<RunKey>> RunsBeyondAsync(long keep, int limit, CancellationToken cancellationToken) => inner.RunsBeyondAsync(keep, limit, cancellationToken);
    }
}
