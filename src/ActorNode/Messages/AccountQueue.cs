using System.Collections.Immutable;
using ActorNode.Storage;
using Akka.Actor;

namespace ActorNode.Messages;

/// <summary>A command that waits for its commit. <paramref name="Removed"/>: what earlier chunks of a removal removed.</summary>
internal readonly record struct PendingCommand(CommitCommand Command, IActorRef Sender, long RequestId, long AcceptedAt, long Bytes, long Removed = 0)
{
    public int Messages => Command is CommitCommand.Append append ? append.Messages.Length : 0;
}

/// <summary>
/// What one account accepted and has not answered, in order of arrival, within the settings' bounds; and what is known of its head from
/// commits that failed. Part of the account's actor, used on its turns only.
/// </summary>
internal sealed class AccountQueue(MessagesSettings settings, PendingBudget budget)
{
    private readonly Queue<PendingCommand> _pending = [];
    private long _bytes;

    /// <summary>So many at the head may be stored although no commit of them succeeded: a connection broke in one.</summary>
    private int _uncertain;

    /// <summary>So many at the head go one by one, to find the one at fault for their commit's failure.</summary>
    private int _suspects;

    public int Count => _pending.Count;

    public int Messages { get; private set; }

    /// <summary>Takes room for a write, in the account and in the node; false when either is full.</summary>
    public bool TryTakeRoom(int messages, long bytes) =>
        Messages + messages <= settings.MaxPendingMessages
        && _bytes + bytes <= settings.MaxAccountPendingBytes
        && budget.TryTake(bytes);

    /// <summary>Room for a command that holds no messages.</summary>
    public bool HasRoom => _pending.Count < settings.MaxPendingMessages;

    public void Enqueue(PendingCommand pending)
    {
        _pending.Enqueue(pending);
        Messages += pending.Messages;
        _bytes += pending.Bytes;
        MessagesMetrics.Pending(pending.Messages, pending.Bytes);
    }

    /// <summary>
    /// The head leaves, and what it held is given back before its sender is answered: who sends again at once finds room.
    /// <paramref name="uncertain"/>: it may be stored.
    /// </summary>
    public PendingCommand Dequeue(out bool uncertain)
    {
        var pending = _pending.Dequeue();
        uncertain = _uncertain > 0;
        _uncertain = Math.Max(0, _uncertain - 1);
        _suspects = Math.Max(0, _suspects - 1);
        Messages -= pending.Messages;
        _bytes -= pending.Bytes;
        budget.Release(pending.Bytes);
        MessagesMetrics.Pending(-pending.Messages, -pending.Bytes);
        return pending;
    }

    /// <summary>The commands of the next commit, in order, within the limits of one; at least one while there is any.</summary>
    public ImmutableArray<CommitCommand> Head()
    {
        var rows = 0;
        var bytes = 0L;
        var commands = ImmutableArray.CreateBuilder<CommitCommand>();
        foreach (var pending in _pending)
        {
            rows += pending.Command.Rows;
            bytes += pending.Bytes;
            if (commands.Count > 0 && (_suspects > 0 || rows > settings.MaxCommitMessages || bytes > settings.Commit.MaxBytes))
                break;
            commands.Add(pending.Command);
        }

        return commands.DrainToImmutable();
    }

    /// <summary>So many at the head may be stored: the connection broke in their commit.</summary>
    public void MarkUncertain(int count) => _uncertain = Math.Max(_uncertain, count);

    /// <summary>One of so many at the head is at fault for their commit's failure: they go one by one.</summary>
    public void MarkSuspects(int count) => _suspects = count;
}
