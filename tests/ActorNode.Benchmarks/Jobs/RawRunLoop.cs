using System.Text.Json;
using ActorNode.Benchmarks.Storage;
using ActorNode.Jobs;
using ActorNode.Jobs.Runs;
using ActorNode.Protocol.Jobs;
using ActorNode.Storage;
using ActorNode.Storage.Sqlite;
using Microsoft.Data.Sqlite;
using Npgsql;
using NpgsqlTypes;

namespace ActorNode.Benchmarks.Jobs;

/// <summary>
/// The yardstick of runs: the rows that a run of three tasks leaves, written by a plain loop in the order in which the node has to write them:
/// the acceptance, the row of the list, the end of each task, the row again; so many runs in step, a transaction for each of these six. Rows are
/// serialized in the loop, as the node has to. The node also tells the job's journal of ended runs, one row for many of them, which is left out.
/// </summary>
internal sealed class RawRunLoop : IAsyncDisposable
{
    /// <summary>Rows and transactions of one run: four in the journal, two in the list.</summary>
    public const int Rows = 6;

    private const int Tasks = 3;

    private readonly IJournalRows _journal;
    private readonly RawRuns.ILoop _list;
    private readonly JobSpec _job = JobsNode.Spec(new Initiator(1, InitiatorType.Web));
    private long _accepted;

    private RawRunLoop(IJournalRows journal, RawRuns.ILoop list) => (_journal, _list) = (journal, list);

    /// <summary>The node must have created its tables.</summary>
    public static async Task<RawRunLoop> OpenAsync(BenchmarkDatabase database)
    {
        var settings = database.Settings;
        IJournalRows journal = settings.Provider == StorageProvider.Sqlite
            ? new SqliteRows(Path.Combine(settings.DataFolder, settings.JournalFileName))
            : await PostgresRows.OpenAsync(settings.ConnectionString);
        return new RawRunLoop(journal, await RawRuns.OpenAsync(settings));
    }

    /// <summary>Runs from their acceptance to their end.</summary>
    public async Task RunAsync(int together)
    {
        var runs = await AcceptAsync(together);
        var events = new JournalRow[together];
        for (var task = 0; task < Tasks; task++)
        {
            for (var i = 0; i < together; i++)
            {
                var ended = new TaskEnded(task, RunStatus.Completed, runs[i].Overrides.Data, null, null, null, null, DateTimeOffset.UtcNow);
                runs[i] = RunMachine.Apply(runs[i], ended);
                events[i] = new JournalRow(RunActor.IdOf(runs[i].Id), task + 1, "task-ended", JsonSerializer.SerializeToUtf8Bytes(ended, RunEventsJson.Default.TaskEnded));
            }

            await _journal.WriteAsync(events);
        }

        await _list.UpdateAsync(Array.ConvertAll(runs, run => RunRows.Of(run, Tasks)));
    }

    /// <summary>What a requester waits for.</summary>
    public async Task<JobRun[]> AcceptAsync(int together)
    {
        var runs = new JobRun[together];
        var events = new JournalRow[together];
        for (var i = 0; i < together; i++)
        {
            var accepted = new RunAccepted(RunId.New(), 1, DateTimeOffset.UtcNow, new RunResult(JobData.Parse("""{"result":"11779.99"}"""))) { Number = _accepted };
            events[i] = new JournalRow(JobActor.IdOf(_job.Id), ++_accepted, "run-accepted", JsonSerializer.SerializeToUtf8Bytes(accepted, JobEventsJson.Default.RunAccepted));
            runs[i] = RunMachine.Begin(_job, accepted);
        }

        await _journal.WriteAsync(events);
        await _list.InsertAsync(Array.ConvertAll(runs, run => RunRows.Of(run, 0)));
        return runs;
    }

    public async ValueTask DisposeAsync()
    {
        await _journal.DisposeAsync();
        await _list.DisposeAsync();
    }

    private readonly record struct JournalRow(string Id, long Sequence, string Manifest, byte[] Message);

    private interface IJournalRows : IAsyncDisposable
    {
        Task WriteAsync(JournalRow[] rows);
    }

    private sealed class SqliteRows : IJournalRows
    {
        private readonly SqliteConnection _connection;
        private readonly SqliteStatement _begin;
        private readonly SqliteStatement _insert;
        private readonly SqliteStatement _commit;

        public SqliteRows(string path)
        {
            _connection = new SqliteConnection($"Data Source={path};Pooling=false");
            _connection.Open();
            SqliteFile.Execute(_connection, "PRAGMA synchronous = FULL");
            SqliteFile.Execute(_connection, "PRAGMA cache_size = -16384");
            SqliteFile.Execute(_connection, "PRAGMA wal_autocheckpoint = 8192");
            _begin = new SqliteStatement(_connection, "BEGIN IMMEDIATE");
            _insert = new SqliteStatement(_connection,
                "INSERT INTO journal (created, deleted, persistence_id, sequence_number, message, manifest, identifier, writer_uuid) VALUES (?, 0, ?, ?, ?, ?, 741, 'd9d4b7a2c0f34c2f8d0a5d0b6d1b7e11')");
            _commit = new SqliteStatement(_connection, "COMMIT");
        }

        public Task WriteAsync(JournalRow[] rows)
        {
            _begin.Run();
            foreach (var row in rows)
                _insert.Bind(1, DateTime.UtcNow.Ticks).Bind(2, row.Id).Bind(3, row.Sequence).Bind(4, row.Message).Bind(5, row.Manifest).Run();
            _commit.Run();
            return Task.CompletedTask;
        }

        public ValueTask DisposeAsync()
        {
            foreach (var statement in new[] { _begin, _insert, _commit })
                statement.Dispose();
            _connection.Dispose();
            return ValueTask.CompletedTask;
        }
    }

    private sealed class PostgresRows(NpgsqlConnection connection, NpgsqlCommand insert) : IJournalRows
    {
        public static async Task<PostgresRows> OpenAsync(string connectionString)
        {
            var connection = new NpgsqlConnection(connectionString);
            await connection.OpenAsync();
            var insert = new NpgsqlCommand(
                "INSERT INTO journal (created, deleted, persistence_id, sequence_number, message, manifest, identifier, writer_uuid) "
                + "SELECT $1, false, id, number, message, manifest, 741, 'd9d4b7a2c0f34c2f8d0a5d0b6d1b7e11' FROM unnest($2, $3, $4, $5) AS r (id, number, message, manifest)", connection);
            insert.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Bigint });
            insert.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
            insert.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint });
            insert.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea });
            insert.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
            await insert.PrepareAsync();
            return new PostgresRows(connection, insert);
        }

        public async Task WriteAsync(JournalRow[] rows)
        {
            insert.Parameters[0].Value = DateTime.UtcNow.Ticks;
            insert.Parameters[1].Value = Array.ConvertAll(rows, row => row.Id);
            insert.Parameters[2].Value = Array.ConvertAll(rows, row => row.Sequence);
            insert.Parameters[3].Value = Array.ConvertAll(rows, row => row.Message);
            insert.Parameters[4].Value = Array.ConvertAll(rows, row => row.Manifest);
            await insert.ExecuteNonQueryAsync();
        }

        public async ValueTask DisposeAsync()
        {
            await insert.DisposeAsync();
            await connection.DisposeAsync();
        }
    }
}
