using System.Collections.Immutable;
using ActorNode.Jobs.Listing;
using ActorNode.Protocol.Jobs;
using Npgsql;

namespace ActorNode.Storage.PostgreSql;

/// <summary>
/// The part of the writer that keeps the lists of jobs and runs. Commands that follow each other cost two round trips together: one reads
/// what is there, one writes what they come to. A job that is archived costs one more, and so does a stretch that grew too long.
/// </summary>
internal sealed class PostgresJobsWriter(NpgsqlConnection connection)
{
    private readonly PostgresJobsChange _change = new();

    /// <summary>Carries out the commands from the next one on, as many as concern jobs and runs.</summary>
    public async Task ExecuteAsync(IReadOnlyList<CommitCommand> commands, ImmutableArray<CommitResult>.Builder results)
    {
        var next = results.Count;
        var end = next;
        while (end < commands.Count && commands[end] is CommitCommand.PutJob or CommitCommand.PutRun or CommitCommand.DeleteRun)
            end++;
        while (next < end)
        {
            _change.Clear();
            await LoadAsync(commands, next, end).ConfigureAwait(false);
            JobRow? relisted = null;
            for (; next < end && relisted is null; next++)
                relisted = Take(commands[next]);
            await WriteAsync().ConfigureAwait(false);
            if (relisted is not null)
                await RelistAsync(relisted).ConfigureAwait(false);
        }

        while (results.Count < end)
            results.Add(CommitResult.Done.Instance);
    }

    /// <summary>Takes a command in; or returns the job that it relists.</summary>
    private JobRow? Take(CommitCommand command)
    {
        switch (command)
        {
            case CommitCommand.PutJob put when _change.Relists(put.Row):
                return put.Row;
            case CommitCommand.PutJob put:
                _change.Put(put.Row);
                break;
            case CommitCommand.PutRun put:
                _change.Put(put.Row);
                break;
            case CommitCommand.DeleteRun delete:
                _change.Delete(delete.Id);
                break;
        }

        return null;
    }

    private async Task LoadAsync(IReadOnlyList<CommitCommand> commands, int from, int end)
    {
        var (jobs, runs) = (new HashSet<Guid>(), new HashSet<Guid>());
        for (var i = from; i < end; i++)
        {
            switch (commands[i])
            {
                case CommitCommand.PutJob put:
                    CommandRules.Check(put);
                    jobs.Add(PostgresIds.Of(put.Row.Id));
                    break;
                case CommitCommand.PutRun put:
                    CommandRules.Check(put);
                    jobs.Add(PostgresIds.Of(put.Row.JobId));
                    runs.Add(PostgresIds.Of(put.Row.Id));
                    break;
                case CommitCommand.DeleteRun delete:
                    CommandRules.Check(delete);
                    runs.Add(PostgresIds.Of(delete.Id));
                    break;
            }
        }

        var batch = new NpgsqlBatch(connection);
        await using (batch.ConfigureAwait(false))
        {
            Add(batch, PostgresJobsStatements.FindJobs, jobs.ToArray());
            Add(batch, PostgresJobsStatements.FindRuns, runs.ToArray());
            var reader = await batch.ExecuteReaderAsync().ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                while (await reader.ReadAsync().ConfigureAwait(false))
                    _change.KnowJob(reader.GetGuid(0), reader.GetInt64(1), reader.GetBoolean(2));
                await reader.NextResultAsync().ConfigureAwait(false);
                while (await reader.ReadAsync().ConfigureAwait(false))
                {
                    _change.KnowRun(
                        reader.GetGuid(0), reader.GetGuid(1), reader.GetBoolean(5), reader.GetInt64(2), (RunStatus)reader.GetInt16(3), reader.GetInt64(4));
                }
            }
        }
    }

    private async Task WriteAsync()
    {
        var batch = new NpgsqlBatch(connection);
        await using (batch.ConfigureAwait(false))
        {
            AddJobs(batch, [.. _change.Jobs]);
            if (_change.NewJobs.ToArray() is { Length: > 0 } lists)
                Add(batch, PostgresJobsStatements.BeginLists, lists, RunPlace.Start.CreatedAt, PostgresIds.Of(RunPlace.Start.Id));
            if (_change.Deleted.ToArray() is { Length: > 0 } deleted)
                Add(batch, PostgresJobsStatements.DeleteRuns, (object)deleted);
            AddInserts(batch, [.. _change.Inserted]);
            AddUpdates(batch, [.. _change.Updated]);
            AddTotals(batch, _change.ListedJobs, _change.FinishedRuns);
            AddCounts(batch, [.. _change.Counts]);
            if (batch.BatchCommands.Count == 0)
                return;
            // Of all these statements the counts alone have rows.
            var uneven = new List<(Guid List, long CreatedAt, Guid Id, long Runs)>();
            var reader = await batch.ExecuteReaderAsync().ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                while (await reader.ReadAsync().ConfigureAwait(false))
                    uneven.Add((reader.GetGuid(0), reader.GetInt64(1), reader.GetGuid(2), reader.GetInt64(3)));
            }

            await EvenAsync(uneven).ConfigureAwait(false);
        }
    }

    /// <summary>Divides stretches that grew too long; those that became empty go.</summary>
    private async Task EvenAsync(List<(Guid List, long CreatedAt, Guid Id, long Runs)> stretches)
    {
        var batch = new NpgsqlBatch(connection);
        await using (batch.ConfigureAwait(false))
        {
            foreach (var (list, createdAt, id, runs) in stretches)
            {
                var divide = list == PostgresIds.AllJobs ? PostgresJobsStatements.DivideOfAll : PostgresJobsStatements.DivideOfJob;
                if (runs > 0)
                    Add(batch, divide, list, createdAt, id, RunPlace.End.CreatedAt, PostgresIds.Of(RunPlace.End.Id));
                else if (createdAt != RunPlace.Start.CreatedAt)
                    Add(batch, PostgresJobsStatements.DropStretch, list, createdAt, id);
            }

            if (batch.BatchCommands.Count > 0)
                await batch.ExecuteNonQueryAsync().ConfigureAwait(false);
        }
    }

    /// <summary>The job was archived, or is not any more: its runs stay where they are, and count for the list of all jobs no more, or again.</summary>
    private async Task RelistAsync(JobRow row)
    {
        var batch = new NpgsqlBatch(connection);
        await using (batch.ConfigureAwait(false))
        {
            AddJobs(batch, [(PostgresIds.Of(row.Id), row)]);
            AddTotals(batch, _change.ListedBy(row), 0);
            Add(
                batch,
                PostgresJobsStatements.Relist,
                PostgresIds.Of(row.Id), row.ArchivedAt is null ? 1L : -1L, PostgresIds.AllJobs, RunPlace.End.CreatedAt, PostgresIds.Of(RunPlace.End.Id));
            await batch.ExecuteNonQueryAsync().ConfigureAwait(false);
        }
    }

    private static void AddJobs(NpgsqlBatch batch, (Guid Id, JobRow? Row)[] jobs)
    {
        if (jobs.Length == 0)
            return;
        Add(
            batch,
            PostgresJobsStatements.PutJobs,
            Array.ConvertAll(jobs, job => job.Id),
            Array.ConvertAll(jobs, job => job.Row?.Sequence ?? 0),
            Array.ConvertAll(jobs, job => job.Row is { } row ? Timestamps.ToMicroseconds(row.CreatedAt) : 0),
            Array.ConvertAll(jobs, job => Microseconds(job.Row?.ArchivedAt)),
            Array.ConvertAll(jobs, job => Bytes(job.Row?.Body ?? default)));
    }

    private static void AddInserts(NpgsqlBatch batch, RunRow[] runs)
    {
        if (runs.Length == 0)
            return;
        Add(
            batch,
            PostgresJobsStatements.InsertRuns,
            Array.ConvertAll(runs, run => PostgresIds.Of(run.Id)),
            Array.ConvertAll(runs, run => PostgresIds.Of(run.JobId)),
            Array.ConvertAll(runs, run => run.Sequence),
            Array.ConvertAll(runs, run => (short)run.Status),
            Array.ConvertAll(runs, run => Timestamps.ToMicroseconds(run.CreatedAt)),
            Array.ConvertAll(runs, run => Timestamps.ToMicroseconds(run.UpdatedAt)),
            Array.ConvertAll(runs, run => Microseconds(run.FinishedAt)),
            Array.ConvertAll(runs, run => Bytes(run.Body)));
    }

    private static void AddUpdates(NpgsqlBatch batch, RunRow[] runs)
    {
        if (runs.Length == 0)
            return;
        Add(
            batch,
            PostgresJobsStatements.UpdateRuns,
            Array.ConvertAll(runs, run => PostgresIds.Of(run.Id)),
            Array.ConvertAll(runs, run => run.Sequence),
            Array.ConvertAll(runs, run => (short)run.Status),
            Array.ConvertAll(runs, run => Timestamps.ToMicroseconds(run.UpdatedAt)),
            Array.ConvertAll(runs, run => Microseconds(run.FinishedAt)),
            Array.ConvertAll(runs, run => Bytes(run.Body)));
    }

    private static void AddTotals(NpgsqlBatch batch, int listedJobs, int finishedRuns)
    {
        if ((listedJobs | finishedRuns) != 0)
            Add(batch, PostgresJobsStatements.AddTotals, (long)listedJobs, (long)finishedRuns);
    }

    private static void AddCounts(NpgsqlBatch batch, (Guid List, RunPlace Place, int Runs, int Listed)[] counts)
    {
        if (counts.Length == 0)
            return;
        Add(
            batch,
            PostgresJobsStatements.CountRuns,
            Array.ConvertAll(counts, count => count.List),
            Array.ConvertAll(counts, count => count.Place.CreatedAt),
            Array.ConvertAll(counts, count => PostgresIds.Of(count.Place.Id)),
            Array.ConvertAll(counts, count => count.Runs),
            Array.ConvertAll(counts, count => count.Listed));
    }

    private static void Add(NpgsqlBatch batch, string sql, params ReadOnlySpan<object> values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values)
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        batch.BatchCommands.Add(command);
    }

    private static long? Microseconds(DateTimeOffset? time) => time is { } given ? Timestamps.ToMicroseconds(given) : null;

    /// <summary>An array's elements are arrays; most bodies are whole ones already.</summary>
    private static byte[] Bytes(ReadOnlyMemory<byte> body) =>
        System.Runtime.InteropServices.MemoryMarshal.TryGetArray(body, out var part) && part.Offset == 0 && part.Count == part.Array!.Length
            ? part.Array
            : body.ToArray();
}
