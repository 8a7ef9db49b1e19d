using ActorNode.Jobs.Listing;
using ActorNode.Protocol.Jobs;
using ActorNode.Storage;
using ActorNode.Tests.Support;
using Xunit;

namespace ActorNode.Tests.Storage.Jobs;

/// <summary>
/// Random histories of jobs and runs (rows out of order, late, repeated, of jobs that are not listed yet; archived jobs; deletions; failing
/// transactions; restarts), carried out by a database and by the memory store: all that can be read must be the same. A failure names its
/// seed.
/// </summary>
public sealed class JobListsPropertySpec
{
    private const int Transactions = 120;

    /// <summary>Enough for lists of several stretches.</summary>
    private const int Runs = 6_000;

    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly RunStatus[] Statuses = Enum.GetValues<RunStatus>();

    [Theory(DisplayName = "SQLite lists what the memory store lists")]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Sqlite_equals_model(int seed)
    {
        using var folder = new TemporaryFolder();
        await new History(seed).CompareAsync(new StorageSettings { DataFolder = folder.Path });
    }

    [PostgresTheory(DisplayName = "PostgreSQL lists what the memory store lists")]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Postgres_equals_model(int seed) =>
        await new History(seed).CompareAsync(new StorageSettings
        {
            Provider = StorageProvider.PostgreSql,
            ConnectionString = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync(),
        });

    private sealed class History(int seed)
    {
        private readonly Random _random = new(seed);

        public async Task CompareAsync(StorageSettings settings)
        {
            await using var model = new InMemoryNodeStore();
            var store = await NodeStore.OpenAsync(settings, default);
            try
            {
                for (var i = 0; i < Transactions; i++)
                {
                    if (_random.Next(20) == 0)
                    {
                        await store.DisposeAsync();
                        store = await NodeStore.OpenAsync(settings, default);
                    }

                    var size = _random.Next(8) == 0 ? 700 : _random.Next(1, 30);
                    var deletions = _random.Next(6) == 0;
                    var commands = Enumerable.Range(0, size).Select(_ => Command(i, deletions)).ToList();
                    if (_random.Next(10) == 0)
                    {
                        commands.Insert(_random.Next(commands.Count + 1), new CommitCommand.DeleteRun(new RunId("none")));
                        await Assert.ThrowsAsync<ArgumentException>(async () => await store.CommitAsync(commands, default));
                        continue;
                    }

                    await model.CommitAsync(commands, default);
                    await store.CommitAsync(commands, default);
                    if (i % 8 == 0)
                        await CompareReadsAsync($"Seed {seed}, after transaction {i}", model.Jobs, store.Jobs);
                }

                await CompareReadsAsync($"Seed {seed}, at the end", model.Jobs, store.Jobs);
            }
            finally
            {
                await store.DisposeAsync();
            }
        }

        private async Task CompareReadsAsync(string at, IJobsReader model, IJobsReader store)
        {
            var token = CancellationToken.None;
            await SameAsync("ids of jobs", async reader => string.Join(' ', await reader.JobIdsAsync(null, 1_000, token)));
            for (var i = 0; i < 4; i++)
            {
                var (job, run, page, jobs, limit) = (Job(), Run(), Page(5_000), Page(12), _random.Next(-1, 12));
                RunStatus[] statuses = [.. Statuses.Where(_ => _random.Next(2) == 0)];
                RunKey? after = _random.Next(3) == 0 ? null : new RunKey(run, job, CreatedAt(run));
                var before = Start.AddSeconds(_random.Next(Transactions));
                var keep = _random.Next(3_000);
                await SameAsync($"job {job}", async reader => Text(await reader.FindJobAsync(job, token)));
                await SameAsync($"run {run}", async reader => Text(await reader.FindRunAsync(run, token)));
                await SameAsync($"ids after {job}", async reader => string.Join(' ', await reader.JobIdsAsync(job, limit, token)));
                await SameAsync($"jobs {jobs}", async reader => Text(await reader.JobsAsync(jobs, token), Text));
                await SameAsync($"runs {page}", async reader => Text(await reader.RunsAsync(null, page, token), Text));
                await SameAsync($"runs of {job} {page}", async reader => Text(await reader.RunsAsync(job, page with { Offset = page.Offset / 4 }, token), Text));
                await SameAsync($"errors of {job}", async reader => string.Join('\n', (await reader.ErrorsAsync(job, limit, token)).Select(Text)));
                await SameAsync($"runs in {string.Join(',', statuses)} after {after}", async reader => string.Join('\n', await reader.RunsInAsync([.. statuses], after, limit, token)));
                await SameAsync($"runs in {string.Join(',', statuses)} before {before}", async reader => string.Join('\n', await reader.RunsUpdatedBeforeAsync([.. statuses], before, limit, token)));
                await SameAsync($"runs beyond {keep}", async reader => string.Join('\n', await reader.RunsBeyondAsync(keep, limit, token)));
            }

            async Task SameAsync(string what, Func<IJobsReader, Task<string>> read)
            {
                var (expected, actual) = (await read(model), await read(store));
                Assert.True(expected == actual, $"{at}: {what} differ. Expected:\n{expected}\nActual:\n{actual}");
            }
        }

        private CommitCommand Command(int transaction, bool deletions)
        {
            if (deletions && _random.Next(2) == 0)
                return new CommitCommand.DeleteRun(Run());
            if (_random.Next(40) == 0)
            {
                DateTimeOffset? archivedAt = _random.Next(4) == 0 ? Start.AddSeconds(transaction) : null;
                var job = Job();
                return new CommitCommand.PutJob(new JobRow(job, _random.Next(1, transaction + 3), Start.AddTicks((job.Value[^1] % 4 * 37)), archivedAt, Body()));
            }

            // Ids near the transaction's own, mostly: lists grow at their end.
            var run = _random.Next(4) == 0 ? Run() : Run(Math.Clamp((transaction * Runs / Transactions) + _random.Next(-100, 300), 0, Runs - 1));
            var status = Statuses[_random.Next(Statuses.Length)];
            var updatedAt = Start.AddSeconds(transaction).AddTicks(_random.Next(30));
            return new CommitCommand.PutRun(new RunRow(
                run, JobOf(run), _random.Next(1, 6), status, CreatedAt(run), updatedAt, status.IsFinished() ? updatedAt : null, Body()));
        }

        private JobId Job() => Job(_random.Next(9));

        private static JobId Job(int number) => new($"{(uint)(number * 0x9e3779b1):x8}{number + 1:x24}");

        private RunId Run() => Run(_random.Next(Runs));

        /// <summary>Ids in another order than their numbers.</summary>
        private static RunId Run(int number) => new($"{(uint)(number * 0x9e3779b1):x8}{number:x24}");

        private static int Number(RunId run) => int.Parse(run.Value.AsSpan(8), System.Globalization.NumberStyles.AllowHexSpecifier, null);

        /// <summary>One job has most of the runs.</summary>
        private static JobId JobOf(RunId run) => Job(Number(run) % 3 > 0 ? 0 : Number(run) % 8);

        /// <summary>Some runs have a time in common.</summary>
        private static DateTimeOffset CreatedAt(RunId run) => Start.AddTicks(Number(run) / 5 * 25);

        private PageOf Page(int most) => new(_random.Next(-1, most), _random.Next(-1, 40), _random.Next(2) == 0);

        private byte[] Body()
        {
            var body = new byte[_random.Next(50) == 0 ? _random.Next(10_000) : _random.Next(20)];
            _random.NextBytes(body);
            return body;
        }

        private static string Text<T>(ListPage<T> page, Func<T, string> text) => $"{page.Count}:\n{string.Join('\n', page.Items.Select(text))}";

        private static string Text(JobRow? row) =>
            row is null ? "none" : $"{row.Id} {row.Sequence} {row.CreatedAt:O} {row.ArchivedAt:O} {Convert.ToHexString(row.Body.Span)}";

        private static string Text(RunRow? row) =>
            row is null ? "none" : $"{row.Id} {row.JobId} {row.Sequence} {row.Status} {row.CreatedAt:O} {row.UpdatedAt:O} {row.FinishedAt:O} {Convert.ToHexString(row.Body.Span)}";
    }
}
