using System.Text;
using ActorNode.Jobs.Listing;
using ActorNode.Protocol.Jobs;
using ActorNode.Storage;
using ActorNode.Tests.Support;
using Xunit;

namespace ActorNode.Tests.Storage.Jobs;

/// <summary>What every store must list of jobs and runs. A derived class opens one kind of store; each test has a database of its own.</summary>
public abstract class JobListsConformance : IAsyncLifetime
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly JobId Alpha = new(new string('a', 32));
    private static readonly JobId Beta = new(new string('b', 32));

    private INodeStore? _store;

    private INodeStore Store => _store ?? throw new InvalidOperationException("The store is not open.");

    private IJobsReader Lists => Store.Jobs;

    /// <summary>Opens the test's database.</summary>
    protected abstract Task<INodeStore> OpenAsync();

    /// <inheritdoc/>
    public virtual async Task InitializeAsync() => _store = await OpenAsync();

    /// <inheritdoc/>
    public virtual async Task DisposeAsync()
    {
        if (_store is not null)
            await _store.DisposeAsync();
    }

    [ConformanceFact(DisplayName = "A job and a run are read back as they were written, to the microsecond")]
    public async Task Reads_back_what_was_written()
    {
        var body = Enumerable.Range(0, 70_000).Select(i => (byte)i).ToArray();
        var job = new JobRow(Alpha, 3, Noon.AddTicks(19), Noon.AddTicks(29).ToOffset(TimeSpan.FromHours(2)), body);
        var run = new RunRow(Run(1), Alpha, 7, RunStatus.Errored, Noon.AddTicks(-5), Noon.AddTicks(25), Noon.AddTicks(25), body);
        await CommitAsync(new CommitCommand.PutJob(job), new CommitCommand.PutRun(run));

        var storedJob = (await Lists.FindJobAsync(Alpha, default))!;
        Assert.Equal((Alpha, 3, Noon.AddTicks(10), Noon.AddTicks(20)), (storedJob.Id, storedJob.Sequence, storedJob.CreatedAt, storedJob.ArchivedAt));
        Assert.Equal(TimeSpan.Zero, storedJob.ArchivedAt!.Value.Offset);
        Assert.Equal(body, storedJob.Body.ToArray());
        var storedRun = (await Lists.FindRunAsync(Run(1), default))!;
        Assert.Equal(run with { CreatedAt = Noon.AddTicks(-10), UpdatedAt = Noon.AddTicks(20), FinishedAt = Noon.AddTicks(20), Body = default }, storedRun with { Body = default });
        Assert.Equal(body, storedRun.Body.ToArray());
        Assert.Null((await PutAndFindAsync(Of(2, RunStatus.InProgress))).FinishedAt);
        Assert.True((await PutAndFindAsync(Of(3, RunStatus.InProgress) with { Body = default })).Body.IsEmpty);
    }

    [ConformanceFact(DisplayName = "What there is not is not found, nor what is no id")]
    public async Task Finds_nothing()
    {
        await PutAsync(Of(1));
        foreach (var id in new[] { "", "job", new string('A', 32), new string('c', 32), new string('0', 32) })
        {
            Assert.Null(await Lists.FindJobAsync(new JobId(id), default));
            Assert.Null(await Lists.FindRunAsync(new RunId(id), default));
            Assert.Equal(0, (await Lists.RunsAsync(new JobId(id), new PageOf(0, 9), default)).Count);
            Assert.Empty(await Lists.ErrorsAsync(new JobId(id), 9, default));
        }
    }

    [ConformanceFact(DisplayName = "A row never replaces one of a higher sequence, nor of the same: in one transaction and later")]
    public async Task Keeps_the_higher_sequence()
    {
        await CommitAsync(
            new CommitCommand.PutRun(Of(1, RunStatus.InProgress) with { Sequence = 2 }),
            new CommitCommand.PutRun(Of(1, RunStatus.Completed) with { Sequence = 5 }),
            new CommitCommand.PutRun(Of(1, RunStatus.PendingSleep) with { Sequence = 3 }));
        Assert.Equal((RunStatus.Completed, 5), await StatusAsync(1));
        await PutAsync(Of(1, RunStatus.PendingSleep) with { Sequence = 4 });
        await PutAsync(Of(1, RunStatus.Errored) with { Sequence = 5 });
        Assert.Equal((RunStatus.Completed, 5), await StatusAsync(1));
        await PutAsync(Of(1, RunStatus.Errored) with { Sequence = 6 });
        Assert.Equal((RunStatus.Errored, 6), await StatusAsync(1));
        Assert.Equal(1, (await Lists.RunsAsync(null, new PageOf(0, 9), default)).Count);

        await PutJobAsync(Alpha, 4, archived: true);
        await PutJobAsync(Alpha, 3, archived: false);
        Assert.NotNull((await Lists.FindJobAsync(Alpha, default))!.ArchivedAt);
        await PutJobAsync(Alpha, 5, archived: false);
        Assert.Null((await Lists.FindJobAsync(Alpha, default))!.ArchivedAt);
    }

    [ConformanceFact(DisplayName = "A run's job and creation never change: its place in lists is its own")]
    public async Task Keeps_the_place()
    {
        await PutAsync(Of(1));
        await PutAsync(Of(2) with { JobId = Beta });
        await PutAsync(Of(1) with { JobId = Beta, CreatedAt = Noon.AddDays(1), Sequence = 9 });
        Assert.Equal([1, 2], await RunsAsync(null));
        Assert.Equal([1], await RunsAsync(Alpha));
        Assert.Equal(Noon.AddSeconds(1), (await Lists.FindRunAsync(Run(1), default))!.CreatedAt);
    }

    [ConformanceFact(DisplayName = "Runs are listed by creation, then by id; pages of any size from anywhere, in both directions")]
    public async Task Lists_by_page()
    {
        foreach (var number in new[] { 5, 3, 1, 4, 2, 6 })
            await PutAsync(Of(number) with { CreatedAt = Noon.AddSeconds(number / 3), JobId = number == 4 ? Beta : Alpha });
        Assert.Equal([1, 2, 3, 4, 5, 6], await RunsAsync(null));
        Assert.Equal([6, 5, 4, 3, 2, 1], await RunsAsync(null, newestFirst: true));
        Assert.Equal([1, 2, 3, 5, 6], await RunsAsync(Alpha));
        Assert.Equal([3, 4], await RunsAsync(null, 2, 2));
        Assert.Equal([4, 3], await RunsAsync(null, 2, 2, newestFirst: true));
        Assert.Equal([6], await RunsAsync(null, 5, 25));
        Assert.Equal([2, 1], await RunsAsync(Alpha, 3, 25, newestFirst: true));
        foreach (var empty in new[] { new PageOf(6, 25), new PageOf(600, 25, NewestFirst: true), new PageOf(0, 0), new PageOf(0, -1), new PageOf(long.MaxValue, int.MaxValue) })
        {
            var page = await Lists.RunsAsync(null, empty, default);
            Assert.Empty(page.Items);
            Assert.Equal(6, page.Count);
        }
    }

    [ConformanceFact(DisplayName = "Jobs are listed by creation, then by id, without archived ones; ids of jobs are listed with them")]
    public async Task Lists_jobs()
    {
        foreach (var number in new[] { 3, 1, 2, 5, 4 })
            await PutJobAsync(new JobId(Run(number).Value), 1, archived: number == 4, Noon.AddSeconds(number / 3));
        Assert.Equal([1, 2, 3, 5], await JobsAsync(new PageOf(0, 25)));
        Assert.Equal([5, 3], await JobsAsync(new PageOf(0, 2, NewestFirst: true)));
        Assert.Equal([3, 5], await JobsAsync(new PageOf(2, 2)));
        Assert.Equal([1], await JobsAsync(new PageOf(3, 2, NewestFirst: true)));
        Assert.Empty(await JobsAsync(new PageOf(4, 2)));
        Assert.Equal([1, 2, 3, 4, 5], (await Lists.JobIdsAsync(null, 25, default)).Select(job => Number(job.Value)));
        Assert.Equal([3, 4], (await Lists.JobIdsAsync(new JobId(Run(2).Value), 2, default)).Select(job => Number(job.Value)));
        Assert.Empty(await Lists.JobIdsAsync(new JobId(Run(5).Value), 2, default));
        await Assert.ThrowsAsync<ArgumentException>(async () => await Lists.JobIdsAsync(new JobId("x"), 2, default));
    }

    [ConformanceFact(DisplayName = "The runs of an archived job are in no list and no count, also those that come later; each can be found")]
    public async Task Archives()
    {
        await PutJobAsync(Alpha, 1, archived: false);
        foreach (var number in Enumerable.Range(1, 6))
            await PutAsync(Of(number, number == 1 ? RunStatus.Errored : RunStatus.InProgress) with { JobId = number % 2 == 0 ? Beta : Alpha });
        await CommitAsync(
            new CommitCommand.PutRun(Of(7)),
            new CommitCommand.PutJob(new JobRow(Alpha, 2, Noon, Noon, default)),
            new CommitCommand.PutRun(Of(9)),
            new CommitCommand.PutRun(Of(8) with { JobId = Beta }));

        Assert.Equal([2, 4, 6, 8], await RunsAsync(null));
        Assert.Equal([8, 6], await RunsAsync(null, 0, 2, newestFirst: true));
        Assert.Empty(await RunsAsync(Alpha));
        Assert.Equal(0, (await Lists.RunsAsync(Alpha, new PageOf(0, 9), default)).Count);
        Assert.NotNull(await Lists.FindRunAsync(Run(9), default));
        Assert.Equal([1], (await Lists.ErrorsAsync(Alpha, 9, default)).Select(run => Number(run.Id.Value)));
        Assert.Equal([2, 3, 4, 5, 6, 7, 8, 9], Numbers(await Lists.RunsInAsync([RunStatus.InProgress], null, 25, default)));

        await PutJobAsync(Alpha, 3, archived: false);
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8, 9], await RunsAsync(null));
        Assert.Equal([1, 3, 5, 7, 9], await RunsAsync(Alpha));
    }

    [ConformanceFact(DisplayName = "Runs of a job that is not listed yet are listed; when the job comes it is as if it had come first")]
    public async Task Takes_runs_before_their_job()
    {
        await PutAsync(Of(1));
        Assert.Equal([1], await RunsAsync(Alpha));
        Assert.Null(await Lists.FindJobAsync(Alpha, default));
        Assert.Equal(0, (await Lists.JobsAsync(new PageOf(0, 9), default)).Count);
        Assert.Empty(await Lists.JobIdsAsync(null, 9, default));

        await PutJobAsync(Alpha, 1, archived: false);
        Assert.Equal(1, (await Lists.JobsAsync(new PageOf(0, 9), default)).Count);
        await PutAsync(Of(2) with { JobId = Beta });
        await PutJobAsync(Beta, 1, archived: true);
        Assert.Equal([1], await RunsAsync(null));
        Assert.Equal(1, (await Lists.JobsAsync(new PageOf(0, 9), default)).Count);
    }

    [ConformanceFact(DisplayName = "A deleted run is nowhere; deleting it again, and one that never was, does nothing")]
    public async Task Deletes()
    {
        foreach (var number in Enumerable.Range(1, 4))
            await PutAsync(Of(number, RunStatus.Errored));
        await CommitAsync(new CommitCommand.DeleteRun(Run(2)), new CommitCommand.DeleteRun(Run(2)), new CommitCommand.DeleteRun(Run(99)));
        Assert.Null(await Lists.FindRunAsync(Run(2), default));
        Assert.Equal([1, 3, 4], await RunsAsync(null));
        Assert.Equal([1, 3, 4], await RunsAsync(Alpha));
        Assert.Equal([4, 3, 1], (await Lists.ErrorsAsync(Alpha, 9, default)).Select(run => Number(run.Id.Value)));
        Assert.Equal([1, 3, 4], Numbers(await Lists.RunsUpdatedBeforeAsync([RunStatus.Errored], Noon.AddDays(1), 9, default)));
        Assert.Equal([1], Numbers(await Lists.RunsBeyondAsync(2, 9, default)));

        await CommitAsync(
            new CommitCommand.DeleteRun(Run(1)),
            new CommitCommand.PutRun(Of(1, RunStatus.InProgress) with { JobId = Beta, CreatedAt = Noon.AddDays(1) }),
            new CommitCommand.PutRun(Of(7)),
            new CommitCommand.DeleteRun(Run(7)));
        Assert.Equal([3, 4, 1], await RunsAsync(null));
        Assert.Equal([1], await RunsAsync(Beta));
        Assert.Null(await Lists.FindRunAsync(Run(7), default));
    }

    [ConformanceFact(DisplayName = "Runs in statuses come oldest first, after any place, whether its run is there or not")]
    public async Task Lists_by_status()
    {
        foreach (var number in Enumerable.Range(1, 9))
            await PutAsync(Of(number, (RunStatus)(number % 3)) with { CreatedAt = Noon.AddSeconds(number / 2) });
        Assert.Equal([1, 2, 4, 5, 7, 8], Numbers(await Lists.RunsInAsync([RunStatus.InProgress, RunStatus.PendingConfirmations, RunStatus.InProgress], null, 9, default)));
        var page = await Lists.RunsInAsync([RunStatus.InProgress, RunStatus.PendingConfirmations], null, 3, default);
        Assert.Equal([1, 2, 4], Numbers(page));
        await CommitAsync(new CommitCommand.DeleteRun(page[^1].Id));
        Assert.Equal([5, 7, 8], Numbers(await Lists.RunsInAsync([RunStatus.InProgress, RunStatus.PendingConfirmations], page[^1], 9, default)));
        Assert.Equal(new RunKey(Run(5), Alpha, Noon.AddSeconds(2)), (await Lists.RunsInAsync([RunStatus.PendingConfirmations], page[^1], 1, default))[0]);
        Assert.Empty(await Lists.RunsInAsync([], null, 9, default));
        Assert.Empty(await Lists.RunsInAsync([RunStatus.InProgress], null, 0, default));
    }

    [ConformanceFact(DisplayName = "Runs that were last changed before a time come oldest change first; the time itself is not before it")]
    public async Task Lists_by_change()
    {
        foreach (var (number, status, second) in new[] { (1, RunStatus.Completed, 5), (2, RunStatus.Errored, 1), (3, RunStatus.PendingBridge, 3), (4, RunStatus.Completed, 4), (5, RunStatus.Completed, 9) })
            await PutAsync(Of(number, status) with { UpdatedAt = Noon.AddSeconds(second) });
        Assert.Equal([2, 4, 1], Numbers(await Lists.RunsUpdatedBeforeAsync([RunStatus.Completed, RunStatus.Errored], Noon.AddSeconds(9), 9, default)));
        Assert.Equal([2, 4], Numbers(await Lists.RunsUpdatedBeforeAsync([RunStatus.Completed, RunStatus.Errored], Noon.AddSeconds(9), 2, default)));
        Assert.Equal([2, 3, 4], Numbers(await Lists.RunsUpdatedBeforeAsync([.. Enum.GetValues<RunStatus>()], Noon.AddSeconds(5), 9, default)));
        Assert.Empty(await Lists.RunsUpdatedBeforeAsync([], Noon.AddSeconds(9), 2, default));
    }

    [ConformanceFact(DisplayName = "Finished runs beyond the newest come oldest first, those of archived jobs among them")]
    public async Task Lists_beyond()
    {
        foreach (var number in Enumerable.Range(1, 8))
            await PutAsync(Of(number, number switch { 3 => RunStatus.InProgress, 4 => RunStatus.Errored, _ => RunStatus.Completed }) with { JobId = number < 6 ? Alpha : Beta });
        await PutJobAsync(Beta, 1, archived: true);
        Assert.Equal([1, 2, 4, 5], Numbers(await Lists.RunsBeyondAsync(3, 9, default)));
        Assert.Equal([1, 2, 4], Numbers(await Lists.RunsBeyondAsync(3, 3, default)));
        Assert.Equal(7, (await Lists.RunsBeyondAsync(0, 9, default)).Length);
        Assert.Empty(await Lists.RunsBeyondAsync(7, 9, default));
        await PutAsync(Of(3, RunStatus.Errored) with { Sequence = 2 });
        Assert.Equal([1], Numbers(await Lists.RunsBeyondAsync(7, 9, default)));
    }

    [ConformanceFact(DisplayName = "Commands that break a rule fail their transaction, of which nothing is stored")]
    public async Task Refuses_what_breaks_rules()
    {
        CommitCommand[] broken =
        [
            new CommitCommand.PutRun(Of(2) with { Id = new RunId("run") }),
            new CommitCommand.PutRun(Of(2) with { JobId = new JobId(new string('0', 32)) }),
            new CommitCommand.PutRun(Of(2) with { Sequence = 0 }),
            new CommitCommand.PutRun(Of(2, (RunStatus)99)),
            new CommitCommand.PutJob(new JobRow(new JobId("job"), 1, Noon, null, default)),
            new CommitCommand.PutJob(new JobRow(Alpha, -1, Noon, null, default)),
            new CommitCommand.DeleteRun(new RunId("run")),
        ];
        foreach (var command in broken)
        {
            await Assert.ThrowsAsync<ArgumentException>(() => CommitAsync(new CommitCommand.PutRun(Of(1)), new CommitCommand.PutJob(new JobRow(Beta, 1, Noon, null, default)), command));
            Assert.Null(await Lists.FindRunAsync(Run(1), default));
            Assert.Equal(0, (await Lists.RunsAsync(null, new PageOf(0, 9), default)).Count);
            Assert.Equal(0, (await Lists.JobsAsync(new PageOf(0, 9), default)).Count);
        }

        await PutAsync(Of(1));
        Assert.Equal([1], await RunsAsync(Alpha));
    }

    [ConformanceFact(DisplayName = "Commands of all kinds share a transaction")]
    public async Task Shares_transactions()
    {
        var account = new Protocol.Messages.AccountId("alice");
        var append = new CommitCommand.Append(account, Some.Messages("a"), Noon);
        var results = await Store.CommitAsync(
            [new CommitCommand.PutRun(Of(1)), append, new CommitCommand.PutRun(Of(1) with { Sequence = 2 }), new CommitCommand.Probe(), new CommitCommand.PutRun(Of(2)), append], default);
        Assert.Equal(
            [CommitResult.Done.Instance, new CommitResult.Appended(1, 1, 1, 0, 1), CommitResult.Done.Instance, new CommitResult.Probed(), CommitResult.Done.Instance, new CommitResult.Appended(1, 1, 0, 1, 1)],
            results.ToArray());
        Assert.Equal([1, 2], await RunsAsync(null));
    }

    [ConformanceFact(DisplayName = "Pages are right all over lists of thousands, while runs come, end and go in any order and a job is archived")]
    public async Task Lists_thousands()
    {
        const int Runs = 5_000;
        var order = new Random(7);
        var numbers = Enumerable.Range(1, Runs).ToArray();
        order.Shuffle(numbers);
        foreach (var some in numbers.Chunk(617))
            await CommitAsync([.. some.Select(number => new CommitCommand.PutRun(Of(number, RunStatus.Completed) with { JobId = number % 3 == 0 ? Beta : Alpha }))]);
        await CheckAsync([.. Enumerable.Range(1, Runs)], [.. Enumerable.Range(1, Runs).Where(number => number % 3 != 0)]);

        // The whole middle of it goes, and so whole stretches.
        order.Shuffle(numbers);
        foreach (var some in numbers.Where(number => number is > 1_000 and < 4_000).Chunk(700))
            await CommitAsync([.. some.Select(number => new CommitCommand.DeleteRun(Run(number)))]);
        int[] left = [.. Enumerable.Range(1, 1_000), .. Enumerable.Range(4_000, 1_001)];
        await CheckAsync(left, [.. left.Where(number => number % 3 != 0)]);

        await PutJobAsync(Alpha, 1, archived: true);
        await CheckAsync([.. left.Where(number => number % 3 == 0)], []);
        await PutJobAsync(Alpha, 2, archived: false);
        await CheckAsync(left, [.. left.Where(number => number % 3 != 0)]);

        async Task CheckAsync(int[] all, int[] ofAlpha)
        {
            foreach (var (job, expected) in new (JobId?, int[])[] { (null, all), (Alpha, ofAlpha) })
            {
                for (var offset = 0; offset <= expected.Length; offset += 403)
                {
                    Assert.Equal(expected.Skip(offset).Take(25), await RunsAsync(job, offset, 25));
                    Assert.Equal(expected.Reverse().Skip(offset).Take(25), await RunsAsync(job, offset, 25, newestFirst: true));
                }

                Assert.Equal(expected, await RunsAsync(job, 0, Runs));
                Assert.Equal(expected.Length, (await Lists.RunsAsync(job, new PageOf(0, 1), default)).Count);
            }
        }
    }

    private static RunId Run(int number) => new(number.ToString("x32"));

    private static int Number(string id) => Convert.ToInt32(id, 16);

    private static IEnumerable<int> Numbers(IEnumerable<RunKey> runs) => runs.Select(run => Number(run.Id.Value));

    private static RunRow Of(int number, RunStatus status = RunStatus.InProgress) => new(
        Run(number), Alpha, 1, status, Noon.AddSeconds(number), Noon.AddSeconds(number), status.IsFinished() ? Noon.AddSeconds(number) : null, Encoding.UTF8.GetBytes($"run {number}"));

    private async Task CommitAsync(params CommitCommand[] commands) => await Store.CommitAsync(commands, default);

    private Task PutAsync(RunRow row) => CommitAsync(new CommitCommand.PutRun(row));

    private Task PutJobAsync(JobId id, long sequence, bool archived, DateTimeOffset? createdAt = null) =>
        CommitAsync(new CommitCommand.PutJob(new JobRow(id, sequence, createdAt ?? Noon, archived ? Noon : null, default)));

    private async Task<RunRow> PutAndFindAsync(RunRow row)
    {
        await PutAsync(row);
        return (await Lists.FindRunAsync(row.Id, default))!;
    }

    private async Task<(RunStatus Status, int Sequence)> StatusAsync(int number) =>
        await Lists.FindRunAsync(Run(number), default) is { } row ? (row.Status, (int)row.Sequence) : default;

    private async Task<List<int>> RunsAsync(JobId? job, long offset = 0, int limit = 25, bool newestFirst = false) =>
        [.. (await Lists.RunsAsync(job, new PageOf(offset, limit, newestFirst), default)).Items.Select(run => Number(run.Id.Value))];

    private async Task<List<int>> JobsAsync(PageOf page) => [.. (await Lists.JobsAsync(page, default)).Items.Select(job => Number(job.Id.Value))];
}
