namespace ActorNode.Storage.PostgreSql;

/// <summary>What the writer of jobs and runs sends, each over arrays of rows.</summary>
internal static class PostgresJobsStatements
{
    /// <summary>The rows of runs, and whether their jobs are archived.</summary>
    public const string FindRuns =
        "SELECT r.id, r.job, r.sequence, r.status, r.created_at, j.archived_at IS NOT NULL FROM actornode.run r JOIN actornode.job j ON j.id = r.job WHERE r.id = ANY ($1)";

    public const string FindJobs = "SELECT id, sequence, archived_at IS NOT NULL FROM actornode.job WHERE id = ANY ($1)";

    public const string PutJobs =
        "INSERT INTO actornode.job (id, sequence, created_at, archived_at, body) SELECT * FROM unnest($1, $2, $3, $4, $5) "
        + "ON CONFLICT (id) DO UPDATE SET sequence = excluded.sequence, created_at = excluded.created_at, archived_at = excluded.archived_at, body = excluded.body";

    public const string BeginLists = "INSERT INTO actornode.run_stretch (list, created_at, id, runs, listed) SELECT unnest($1), $2, $3, 0, 0";

    public const string DeleteRuns = "DELETE FROM actornode.run WHERE id = ANY ($1)";

    public const string InsertRuns =
        "INSERT INTO actornode.run (id, job, sequence, status, created_at, updated_at, finished_at, body) SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8)";

    public const string UpdateRuns =
        "UPDATE actornode.run SET sequence = c.sequence, status = c.status, updated_at = c.updated_at, finished_at = c.finished_at, body = c.body "
        + "FROM unnest($1, $2, $3, $4, $5, $6) AS c (id, sequence, status, updated_at, finished_at, body) WHERE run.id = c.id";

    /// <summary>Counts runs where they stand. Returns the stretches that are to be divided or to go.</summary>
    public static readonly string CountRuns =
        $"""
        WITH counted AS (
            UPDATE actornode.run_stretch s SET runs = s.runs + c.runs, listed = s.listed + c.listed
            FROM (
                SELECT f.list, f.created_at, f.id, sum(k.runs)::bigint AS runs, sum(k.listed)::bigint AS listed
                FROM unnest($1, $2, $3, $4, $5) AS k (list, created_at, id, runs, listed)
                CROSS JOIN LATERAL (
                    SELECT t.list, t.created_at, t.id FROM actornode.run_stretch t
                    WHERE t.list = k.list AND (t.created_at, t.id) <= (k.created_at, k.id)
                    ORDER BY t.created_at DESC, t.id DESC LIMIT 1) f
                GROUP BY f.list, f.created_at, f.id) c
            WHERE s.list = c.list AND s.created_at = c.created_at AND s.id = c.id
            RETURNING s.list, s.created_at, s.id, s.runs)
        SELECT list, created_at, id, runs FROM counted WHERE runs = 0 OR runs > {RunStretch.Most}
        """;

    public const string DropStretch = "DELETE FROM actornode.run_stretch WHERE list = $1 AND created_at = $2 AND id = $3";

    public const string AddTotals = "UPDATE actornode.job_total SET jobs = jobs + $1, finished = finished + $2";

    /// <summary>A job's runs count for the list of all jobs no more, or again.</summary>
    public const string Relist =
        """
        UPDATE actornode.run_stretch s SET listed = s.listed + $2 * c.runs
        FROM (
            SELECT p.created_at, p.id, n.runs
            FROM (
                SELECT created_at, id,
                    lead(created_at, 1, $4) OVER (ORDER BY created_at, id) AS next_at,
                    lead(id, 1, $5) OVER (ORDER BY created_at, id) AS next_id
                FROM actornode.run_stretch WHERE list = $3) p
            CROSS JOIN LATERAL (
                SELECT count(*) AS runs FROM actornode.run r
                WHERE r.job = $1 AND (r.created_at, r.id) >= (p.created_at, p.id) AND (r.created_at, r.id) < (p.next_at, p.next_id)) n
            WHERE n.runs > 0) c
        WHERE s.list = $3 AND s.created_at = c.created_at AND s.id = c.id
        """;

    /// <summary>Divides a stretch of the list of all jobs.</summary>
    public static readonly string DivideOfAll = Divide("true", listed: "j.archived_at IS NULL");

    /// <summary>Divides a stretch of a job's list.</summary>
    public static readonly string DivideOfJob = Divide("r.job = $1", listed: "true");

    private static string Divide(string ofList, string listed) =>
        $"""
        INSERT INTO actornode.run_stretch (list, created_at, id, runs, listed)
        SELECT $1,
            CASE WHEN part = 0 THEN $2 ELSE (array_agg(created_at ORDER BY place))[1] END,
            CASE WHEN part = 0 THEN $3 ELSE (array_agg(id ORDER BY place))[1] END,
            count(*), count(*) FILTER (WHERE listed)
        FROM (
            SELECT created_at, id, listed, place, (place - 1) / {RunStretch.Divided} AS part
            FROM (
                SELECT r.created_at, r.id, {listed} AS listed, row_number() OVER (ORDER BY r.created_at, r.id) AS place
                FROM (
                    SELECT coalesce(min(n.created_at), $4) AS created_at, coalesce((array_agg(n.id))[1], $5) AS id
                    FROM (
                        SELECT created_at, id FROM actornode.run_stretch
                        WHERE list = $1 AND (created_at, id) > ($2, $3) ORDER BY created_at, id LIMIT 1) n) next
                CROSS JOIN actornode.run r
                JOIN actornode.job j ON j.id = r.job
                WHERE {ofList} AND (r.created_at, r.id) >= ($2, $3) AND (r.created_at, r.id) < (next.created_at, next.id)) placed) parts
        GROUP BY part
        ON CONFLICT (list, created_at, id) DO UPDATE SET runs = excluded.runs, listed = excluded.listed
        """;
}
