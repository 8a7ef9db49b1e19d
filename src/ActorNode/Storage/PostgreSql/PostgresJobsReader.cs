using System.Collections.Immutable;
using ActorNode.Jobs.Listing;
using ActorNode.Protocol.Jobs;
using Npgsql;

namespace ActorNode.Storage.PostgreSql;

/// <summary>Lists of jobs and runs, on pooled connections. Each call is one statement, and so sees one state of the data.</summary>
internal sealed class PostgresJobsReader(PostgresDatabase database) : IJobsReader
{
    private const string RunColumns = "r.id, r.job, r.sequence, r.status, r.created_at, r.updated_at, r.finished_at, r.body";

    /// <summary>A job is looked up only where some of a stretch's are archived.</summary>
    private const string OfAll = "(p.runs = p.listed OR (SELECT j.archived_at FROM actornode.job j WHERE j.id = r.job) IS NULL)";

    private const string OfJob = "r.job = $1";
    private const string NotArchived = "EXISTS (SELECT FROM actornode.job WHERE id = $1 AND archived_at IS NULL)";

    private static readonly string RunsOfAllUp = PageOfRuns(OfAll, "true", "");
    private static readonly string RunsOfAllDown = PageOfRuns(OfAll, "true", "DESC");
    private static readonly string RunsOfJobUp = PageOfRuns(OfJob, NotArchived, "");
    private static readonly string RunsOfJobDown = PageOfRuns(OfJob, NotArchived, "DESC");
    private static readonly string JobsUp = PageOfJobs("");
    private static readonly string JobsDown = PageOfJobs("DESC");

    public async ValueTask<JobRow?> FindJobAsync(JobId id, CancellationToken cancellationToken)
    {
        if (!id.IsValid)
            return null;
        var found = await ListAsync(
            "SELECT id, sequence, created_at, archived_at, body FROM actornode.job WHERE id = $1 AND sequence > 0",
            [PostgresIds.Of(id)],
            static reader => Job(reader, 0),
            cancellationToken).ConfigureAwait(false);
        return found is [var row] ? row : null;
    }

    public ValueTask<ListPage<JobRow>> JobsAsync(PageOf page, CancellationToken cancellationToken) =>
        PageAsync(page.NewestFirst ? JobsDown : JobsUp, [Offset(page), (long)Math.Max(0, page.Limit)], static reader => Job(reader, 1), cancellationToken);

    public ValueTask<ImmutableArray<JobId>> JobIdsAsync(JobId? after, int limit, CancellationToken cancellationToken) =>
        ListAsync(
            "SELECT id FROM actornode.job WHERE id > $1 AND sequence > 0 ORDER BY id LIMIT $2",
            [after is { } from ? PostgresIds.Of(from) : PostgresIds.AllJobs, (long)Math.Max(0, limit)],
            static reader => new JobId(PostgresIds.Text(reader.GetGuid(0))),
            cancellationToken);

    public async ValueTask<RunRow?> FindRunAsync(RunId id, CancellationToken cancellationToken)
    {
        if (!id.IsValid)
            return null;
        var found = await ListAsync(
            $"SELECT {RunColumns} FROM actornode.run r WHERE r.id = $1", [PostgresIds.Of(id)], static reader => Run(reader, 0), cancellationToken).ConfigureAwait(false);
        return found is [var row] ? row : null;
    }

    public async ValueTask<ListPage<RunRow>> RunsAsync(JobId? job, PageOf page, CancellationToken cancellationToken)
    {
        if (job is { IsValid: false })
            return new([], 0);
        var sql = (job, page.NewestFirst) switch
        {
            (null, false) => RunsOfAllUp,
            (null, true) => RunsOfAllDown,
            (_, false) => RunsOfJobUp,
            (_, true) => RunsOfJobDown,
        };
        object[] values =
        [
            job is { } one ? PostgresIds.Of(one) : PostgresIds.AllJobs, Offset(page), (long)Math.Max(0, page.Limit),
            RunPlace.End.CreatedAt, PostgresIds.Of(RunPlace.End.Id),
        ];
        return await PageAsync(sql, values, static reader => Run(reader, 1), cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<ImmutableArray<RunRow>> ErrorsAsync(JobId job, int limit, CancellationToken cancellationToken) =>
        job.IsValid
            ? await ListAsync(
                $"SELECT {RunColumns} FROM actornode.run r WHERE r.job = $1 AND r.status = 6 ORDER BY r.created_at DESC, r.id DESC LIMIT $2",
                [PostgresIds.Of(job), (long)Math.Max(0, limit)],
                static reader => Run(reader, 0),
                cancellationToken).ConfigureAwait(false)
            : [];

    public ValueTask<ImmutableArray<RunKey>> RunsInAsync(ImmutableArray<RunStatus> statuses, RunKey? after, int limit, CancellationToken cancellationToken)
    {
        var from = after is { } key ? RunPlace.Of(key) : RunPlace.Start;
        return ListAsync(
            """
            SELECT k.id, k.job, k.created_at FROM unnest($1) AS s (status)
            CROSS JOIN LATERAL (
                SELECT id, job, created_at FROM actornode.run
                WHERE status = s.status AND (created_at, id) > ($2, $3) ORDER BY created_at, id LIMIT $4) k
            ORDER BY k.created_at, k.id LIMIT $4
            """,
            [Numbers(statuses), from.CreatedAt, PostgresIds.Of(from.Id), (long)Math.Max(0, limit)],
            Key,
            cancellationToken);
    }

    public ValueTask<ImmutableArray<RunKey>> RunsUpdatedBeforeAsync(
        ImmutableArray<RunStatus> statuses, DateTimeOffset before, int limit, CancellationToken cancellationToken) =>
        // Finished runs have an index for it; of the others there are few.
        ListAsync(
            """
            SELECT k.id, k.job, k.created_at FROM (
                SELECT f.* FROM unnest($1) AS s (status)
                CROSS JOIN LATERAL (
                    SELECT id, job, created_at, updated_at FROM actornode.run
                    WHERE status = s.status AND status >= 6 AND updated_at < $3 ORDER BY updated_at, id LIMIT $4) f
                UNION ALL
                SELECT u.* FROM unnest($2) AS s (status)
                CROSS JOIN LATERAL (
                    SELECT id, job, created_at, updated_at FROM actornode.run
                    WHERE status = s.status AND updated_at < $3 ORDER BY updated_at, id LIMIT $4) u) k
            ORDER BY k.updated_at, k.id LIMIT $4
            """,
            [
                Numbers([.. statuses.Where(status => status.IsFinished())]), Numbers([.. statuses.Where(status => !status.IsFinished())]),
                Timestamps.ToMicroseconds(before), (long)Math.Max(0, limit),
            ],
            Key,
            cancellationToken);

    public ValueTask<ImmutableArray<RunKey>> RunsBeyondAsync(long keep, int limit, CancellationToken cancellationToken) =>
        ListAsync(
            """
            SELECT k.id, k.job, k.created_at FROM (SELECT least($2, greatest(0, finished - $1)) AS excess FROM actornode.job_total) t
            CROSS JOIN LATERAL (
                SELECT f.* FROM unnest($3) AS s (status)
                CROSS JOIN LATERAL (SELECT id, job, created_at FROM actornode.run WHERE status = s.status ORDER BY created_at, id LIMIT t.excess) f
                ORDER BY f.created_at, f.id LIMIT t.excess) k
            ORDER BY k.created_at, k.id
            """,
            [Math.Max(0, keep), (long)Math.Max(0, limit), Numbers([RunStatus.Errored, RunStatus.Completed])],
            Key,
            cancellationToken);

    /// <summary>
    /// A page of runs: the stretches that it lies in are found by the sums of their counts; of each, as many entries are passed over as
    /// come before the page. One row with nulls where the page is empty, for the count.
    /// </summary>
    private static string PageOfRuns(string ofList, string isListed, string direction) =>
        $"""
        WITH placed AS (
            SELECT created_at, id, runs, listed,
                (sum(listed) OVER (ORDER BY created_at {direction}, id {direction} ROWS UNBOUNDED PRECEDING))::bigint - listed AS before,
                lead(created_at, 1, $4) OVER (ORDER BY created_at, id) AS next_at,
                lead(id, 1, $5) OVER (ORDER BY created_at, id) AS next_id
            FROM actornode.run_stretch WHERE list = $1 AND {isListed})
        SELECT total.runs, page.* FROM (SELECT coalesce(sum(listed), 0)::bigint AS runs FROM placed) total
        LEFT JOIN LATERAL (
            SELECT part.* FROM placed p
            CROSS JOIN LATERAL (
                SELECT {RunColumns} FROM actornode.run r
                WHERE {ofList} AND (r.created_at, r.id) >= (p.created_at, p.id) AND (r.created_at, r.id) < (p.next_at, p.next_id)
                ORDER BY r.created_at {direction}, r.id {direction} OFFSET greatest(0, $2 - p.before) LIMIT $3) part
            WHERE p.listed > 0 AND p.before < $2 + $3 AND p.before + p.listed > $2
            ORDER BY part.created_at {direction}, part.id {direction} LIMIT $3) page ON true
        ORDER BY page.created_at {direction}, page.id {direction}
        """;

    private static string PageOfJobs(string direction) =>
        $"""
        SELECT total.jobs, page.* FROM actornode.job_total total
        LEFT JOIN LATERAL (
            SELECT id, sequence, created_at, archived_at, body FROM actornode.job WHERE archived_at IS NULL AND sequence > 0
            ORDER BY created_at {direction}, id {direction} OFFSET $1 LIMIT $2) page ON true
        ORDER BY page.created_at {direction}, page.id {direction}
        """;

    /// <summary>One that a limit can be added to.</summary>
    private static long Offset(PageOf page) => Math.Clamp(page.Offset, 0, long.MaxValue / 2);

    private static short[] Numbers(ImmutableArray<RunStatus> statuses) => [.. statuses.Distinct().Select(status => (short)status)];

    private static RunKey Key(NpgsqlDataReader reader) => new(
        new RunId(PostgresIds.Text(reader.GetGuid(0))), new JobId(PostgresIds.Text(reader.GetGuid(1))), Timestamps.FromMicroseconds(reader.GetInt64(2)));

    private static JobRow Job(NpgsqlDataReader reader, int column) => new(
        new JobId(PostgresIds.Text(reader.GetGuid(column))),
        reader.GetInt64(column + 1),
        Timestamps.FromMicroseconds(reader.GetInt64(column + 2)),
        Time(reader, column + 3),
        reader.GetFieldValue<byte[]>(column + 4));

    private static RunRow Run(NpgsqlDataReader reader, int column) => new(
        new RunId(PostgresIds.Text(reader.GetGuid(column))),
        new JobId(PostgresIds.Text(reader.GetGuid(column + 1))),
        reader.GetInt64(column + 2),
        (RunStatus)reader.GetInt16(column + 3),
        Timestamps.FromMicroseconds(reader.GetInt64(column + 4)),
        Timestamps.FromMicroseconds(reader.GetInt64(column + 5)),
        Time(reader, column + 6),
        reader.GetFieldValue<byte[]>(column + 7));

    private static DateTimeOffset? Time(NpgsqlDataReader reader, int column) =>
        reader.IsDBNull(column) ? null : Timestamps.FromMicroseconds(reader.GetInt64(column));

    /// <summary>Rows that begin with the list's count; where the page is empty, one with nothing else.</summary>
    private ValueTask<ListPage<T>> PageAsync<T>(string sql, object[] values, Func<NpgsqlDataReader, T> row, CancellationToken cancellationToken) =>
        ReadAsync(
            sql,
            values,
            async (reader, token) =>
            {
                var rows = ImmutableArray.CreateBuilder<T>();
                var count = 0L;
                while (await reader.ReadAsync(token).ConfigureAwait(false))
                {
                    count = reader.GetInt64(0);
                    if (!reader.IsDBNull(1))
                        rows.Add(row(reader));
                }

                return new ListPage<T>(rows.DrainToImmutable(), count);
            },
            cancellationToken);

    private ValueTask<ImmutableArray<T>> ListAsync<T>(string sql, object[] values, Func<NpgsqlDataReader, T> row, CancellationToken cancellationToken) =>
        ReadAsync(
            sql,
            values,
            async (reader, token) =>
            {
                var rows = ImmutableArray.CreateBuilder<T>();
                while (await reader.ReadAsync(token).ConfigureAwait(false))
                    rows.Add(row(reader));
                return rows.DrainToImmutable();
            },
            cancellationToken);

    private ValueTask<T> ReadAsync<T>(string sql, object[] values, Func<NpgsqlDataReader, CancellationToken, Task<T>> read, CancellationToken cancellationToken) =>
        PostgresRead.RunAsync(database, sql, values, read, cancellationToken);
}
