using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Akka.Persistence.Journal;

namespace Akka.Persistence.Sql.Journal;

/// <summary>What the one writer of a journal does, in the order of arrival.</summary>
internal abstract class JournalCommand
{
    private TaskCompletionSource? _settled;

    /// <summary>Null: it concerns none.</summary>
    public abstract string? PersistenceId { get; }

    /// <summary>Ends when the command is done, well or not. Not to be called any more once the writer has begun to complete it.</summary>
    public Task Settled => (_settled ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    /// <param name="failure">Null: it is durable.</param>
    public void Complete(Exception? failure)
    {
        if (failure is null)
            Succeed();
        else
            Fail(failure);
        _settled?.SetResult();
    }

    protected abstract void Succeed();

    protected abstract void Fail(Exception cause);
}

/// <summary>Opens the database, so that it can be read.</summary>
internal sealed class OpenCommand : JournalCommand
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Done => _done.Task;

    public override string? PersistenceId => null;

    protected override void Succeed() => _done.SetResult();

    protected override void Fail(Exception cause) => _done.SetException(cause);
}

internal sealed class DeleteCommand(string persistenceId, long toSequenceNr) : JournalCommand
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Done => _done.Task;

    public override string PersistenceId => persistenceId;

    public long ToSequenceNr => toSequenceNr;

    protected override void Succeed() => _done.SetResult();

    protected override void Fail(Exception cause) => _done.SetException(cause);
}

/// <summary>
/// One request to write: atomic writes of one actor, in one transaction. Those whose payload cannot be serialized are refused and left out.
/// </summary>
internal abstract class WriteCommand(IReadOnlyList<AtomicWrite> writes) : JournalCommand
{
    private List<JournalRow> _rows = [];
    private Exception?[]? _refused;

    public override string PersistenceId => writes[0].PersistenceId;

    /// <summary>Empty before <see cref="Serialize"/>, and when all was refused.</summary>
    public ReadOnlySpan<JournalRow> Rows => CollectionsMarshal.AsSpan(_rows);

    /// <summary>Of the payloads.</summary>
    public long Bytes { get; private set; }

    protected IReadOnlyList<Exception?>? Refused => _refused;

    public void Serialize(JournalSerializer serializer)
    {
        var now = DateTime.UtcNow.Ticks;
        _rows = new List<JournalRow>(writes.Count == 1 ? writes[0].Size : writes.Count);
        for (var i = 0; i < writes.Count; i++)
        {
            var before = _rows.Count;
            try
            {
                serializer.AddRows(writes[i], now, _rows);
            }
            catch (Exception e)
            {
                // The store has not been touched: only this atomic write is refused.
                _rows.RemoveRange(before, _rows.Count - before);
                (_refused ??= new Exception?[writes.Count])[i] = e;
            }
        }

        foreach (ref readonly var row in Rows)
            Bytes += row.Message.Length;
    }
}

/// <summary>A request that is answered from the writer's thread, without a task in between.</summary>
internal sealed class RequestedWrite(PendingWrite request) : WriteCommand(request.Writes)
{
    protected override void Succeed() => request.Succeed(Refused);

    protected override void Fail(Exception cause) => request.Fail(cause);
}

internal sealed class AwaitedWrite(IReadOnlyList<AtomicWrite> writes) : WriteCommand(writes)
{
    private readonly TaskCompletionSource<IImmutableList<Exception>?> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<IImmutableList<Exception>?> Done => _done.Task;

    protected override void Succeed() => _done.SetResult(Refused?.ToImmutableList()!);

    protected override void Fail(Exception cause) => _done.SetException(cause);
}
