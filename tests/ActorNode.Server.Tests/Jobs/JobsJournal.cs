using System.Data.Common;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Npgsql;
using Xunit;

namespace ActorNode.Server.Tests.Jobs;

/// <summary>What a job's journal says of a run that it accepted.</summary>
internal sealed record AcceptedRun(string Run, int Initiator, DateTimeOffset At, DateTimeOffset? Tick);

/// <summary>
/// The jobs' and runs' events as a node's journal holds them, read from outside as plain rows. Keeps what it read: a job's snapshots let the node
/// delete old events, which must have been read before.
/// </summary>
internal sealed class JobsJournal
{
    private readonly Func<DbConnection> _open;
    private readonly Dictionary<string, JobHistory> _jobs = [];
    private readonly Dictionary<string, RunHistory> _runs = [];
    private long _last;

    /// <param name="data">A node's data folder.</param>
    public JobsJournal(string data) => _open = () => new SqliteConnection($"Data Source={Path.Combine(data, "journal.db")};Mode=ReadOnly;Pooling=False");

    private JobsJournal(Func<DbConnection> open) => _open = open;

    /// <summary>Runs with events, by id.</summary>
    public IReadOnlyDictionary<string, RunHistory> Runs => _runs;

    /// <summary>Jobs, by id.</summary>
    public IReadOnlyDictionary<string, JobHistory> Jobs => _jobs;

    public static JobsJournal OfPostgres(string connectionString) => new(() => new NpgsqlConnection(connectionString));

    /// <summary>The runs that a job accepted, in order.</summary>
    public IReadOnlyList<AcceptedRun> Accepted(string job) => _jobs[job].Accepted;

    /// <summary>Reads what was written since the last time.</summary>
    public async Task ReadAsync()
    {
        await using var connection = _open();
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT ordering, persistence_id, sequence_number, manifest, message FROM journal WHERE ordering > @last ORDER BY ordering";
        var last = command.CreateParameter();
        (last.ParameterName, last.Value) = ("last", _last);
        command.Parameters.Add(last);
        await using var rows = await command.ExecuteReaderAsync();
        while (await rows.ReadAsync())
        {
            _last = rows.GetInt64(0);
            Take(rows.GetString(1), rows.GetInt64(2), rows.GetString(3), await rows.GetFieldValueAsync<byte[]>(4));
        }
    }

    private void Take(string id, long sequence, string manifest, byte[] message)
    {
        if (id.StartsWith("job-", StringComparison.Ordinal))
            Of(_jobs, id[4..]).Take(sequence, manifest, JsonDocument.Parse(message).RootElement);
        else if (id.StartsWith("run-", StringComparison.Ordinal))
            Of(_runs, id[4..]).Take(sequence, manifest, JsonDocument.Parse(message).RootElement);
    }

    private static T Of<T>(Dictionary<string, T> all, string id)
        where T : new()
    {
        if (!all.TryGetValue(id, out var one))
            all.Add(id, one = new T());
        return one;
    }
}

/// <summary>A job's events.</summary>
internal sealed class JobHistory
{
    private readonly List<AcceptedRun> _accepted = [];
    private readonly Dictionary<int, List<DateTimeOffset>> _ticks = [];
    private readonly HashSet<string> _settled = [];
    private long _sequence;

    public IReadOnlyList<AcceptedRun> Accepted => _accepted;

    /// <summary>Scheduled times that were taken, by initiator, in the order of the journal.</summary>
    public IReadOnlyDictionary<int, List<DateTimeOffset>> Ticks => _ticks;

    public void Take(long sequence, string manifest, JsonElement body)
    {
        Assert.True(sequence == _sequence + 1, $"event {sequence} of a job follows {_sequence}: deleted before it was read");
        _sequence = sequence;
        switch (manifest)
        {
            case "run-accepted":
                var tick = body.TryGetProperty("Tick", out var at) ? at.GetDateTimeOffset() : (DateTimeOffset?)null;
                var accepted = new AcceptedRun(body.GetProperty("Run").GetString()!, body.GetProperty("Initiator").GetInt32(), body.GetProperty("At").GetDateTimeOffset(), tick);
                Assert.DoesNotContain(accepted.Run, _settled);
                _accepted.Add(accepted);
                if (tick is { } time)
                    Taken(accepted.Initiator).Add(time);
                break;
            case "tick-dropped":
                Taken(body.GetProperty("Initiator").GetInt32()).Add(body.GetProperty("Tick").GetDateTimeOffset());
                break;
            case "runs-settled":
                foreach (var run in body.GetProperty("Runs").EnumerateArray())
                    Assert.True(_settled.Add(run.GetString()!), $"run {run} is settled twice");
                break;
            case "job-created" or "job-archived":
                break;
            default:
                Assert.Fail($"a job's journal holds a {manifest}");
                break;
        }
    }

    private List<DateTimeOffset> Taken(int initiator)
    {
        if (!_ticks.TryGetValue(initiator, out var ticks))
            _ticks.Add(initiator, ticks = []);
        return ticks;
    }
}

/// <summary>A task's completion, error or wait, as the journal has it.</summary>
internal sealed record EndedTask(int Task, string Status, DateTimeOffset At);

/// <summary>
/// A run's events, and the rules that they keep whatever the run does: one task after the other, a bridge's answer only to who waits, nothing
/// after the end. A model of its own, which shares no code with the node.
/// </summary>
internal sealed class RunHistory
{
    private readonly List<EndedTask> _ended = [];
    private long _sequence;
    private bool _waits;

    /// <summary>Tasks that ended or became pending, in order.</summary>
    public IReadOnlyList<EndedTask> Ended => _ended;

    /// <summary>Tasks that are completed.</summary>
    public int Completed { get; private set; }

    /// <summary>How often a task was tried in vain.</summary>
    public int Tries { get; private set; }

    /// <summary>Whether it failed for good.</summary>
    public bool Errored { get; private set; }

    /// <summary>The time of the last event.</summary>
    public DateTimeOffset LastAt { get; private set; }

    public void Take(long sequence, string manifest, JsonElement body)
    {
        Assert.True(sequence == _sequence + 1, $"event {sequence} of a run follows {_sequence}");
        Assert.False(Errored, $"{manifest} follows the end of a run");
        _sequence = sequence;
        LastAt = body.GetProperty("At").GetDateTimeOffset();
        switch (manifest)
        {
            case "task-ended":
                var task = body.GetProperty("Task").GetInt32();
                Assert.Equal(Completed, task);
                Assert.False(_waits, "a task ends that waits for its bridge");
                Became(body.GetProperty("Status").GetString()!);
                break;
            case "bridge-answered":
                Assert.True(_waits, "a bridge has answered that was not waited for");
                Became(body.GetProperty("Status").GetString()!);
                break;
            case "task-tried":
                Assert.Equal(Completed, body.GetProperty("Task").GetInt32());
                Tries++;
                break;
            default:
                Assert.Fail($"a run's journal holds a {manifest}");
                break;
        }
    }

    private void Became(string status)
    {
        _ended.Add(new EndedTask(Completed, status, LastAt));
        _waits = status == "pending_bridge";
        Errored = status == "errored";
        if (status == "completed")
            Completed++;
    }
}
