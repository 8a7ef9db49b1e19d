using Akka.Persistence;
using Akka.Persistence.Sql;
using Akka.Persistence.Sql.Journal;

namespace Akka.Embedded.Tests.Persistence.Sql;

/// <summary>A store in memory whose transactions wait, fail or break as a test says.</summary>
internal sealed class ScriptedStore : IJournalStore
{
    private readonly Lock _gate = new();
    private readonly List<JournalRow> _rows = [];
    private readonly List<int> _transactions = [];

    /// <summary>Called at the begin of each transaction with its number, from 1.</summary>
    public Func<int, Task> Before { get; set; } = _ => Task.CompletedTask;

    /// <summary>Called when the rows of a transaction are stored, with its number.</summary>
    public Action<int> After { get; set; } = _ => { };

    /// <summary>Whether a row is refused.</summary>
    public Func<JournalRow, bool> Refuses { get; set; } = _ => false;

    public bool IsOpen => true;

    public bool IsClosed { get; private set; }

    public IReadOnlyList<JournalRow> Rows
    {
        get
        {
            lock (_gate)
                return [.. _rows];
        }
    }

    /// <summary>Rows of each transaction that was tried.</summary>
    public IReadOnlyList<int> Transactions
    {
        get
        {
            lock (_gate)
                return [.. _transactions];
        }
    }

    public ValueTask OpenAsync() => ValueTask.CompletedTask;

    public async ValueTask WriteAsync(ReadOnlyMemory<WriteCommand> commands)
    {
        var rows = new List<JournalRow>();
        foreach (var command in commands.Span)
            rows.AddRange(command.Rows);
        int number;
        lock (_gate)
        {
            _transactions.Add(rows.Count);
            number = _transactions.Count;
        }

        await Before(number);
        foreach (var row in rows)
        {
            if (Refuses(row) || Rows.Any(stored => stored.PersistenceId == row.PersistenceId && stored.SequenceNr == row.SequenceNr))
                throw new InvalidOperationException($"{row.PersistenceId} {row.SequenceNr} is refused");
        }

        lock (_gate)
            _rows.AddRange(rows);
        After(number);
    }

    public ValueTask<bool> IsStoredAsync(JournalRow row)
    {
        lock (_gate)
            return ValueTask.FromResult(_rows.Any(stored => stored.PersistenceId == row.PersistenceId && stored.SequenceNr == row.SequenceNr && stored.Created == row.Created));
    }

    public ValueTask DeleteAsync(string persistenceId, long toSequenceNr) => ValueTask.CompletedTask;

    public Task<long> ReadHighestAsync(string persistenceId) => Task.FromResult(0L);

    public Task ReplayAsync(string persistenceId, long from, long to, long max, Action<IPersistentRepresentation> next) => Task.CompletedTask;

    public ValueTask DisposeAsync()
    {
        IsClosed = true;
        return ValueTask.CompletedTask;
    }

    public static StoreUnavailableException Broken(bool outcomeUnknown) => new("The connection broke") { OutcomeUnknown = outcomeUnknown };
}
