using ActorNode.Protocol.Jobs;

namespace ActorNode.Storage;

/// <summary>What every store checks before it carries a command out. A command that breaks a rule fails its transaction.</summary>
internal static class CommandRules
{
    public static void Check(CommitCommand.Append append)
    {
        if (append.Messages.IsDefaultOrEmpty)
            throw new ArgumentException($"An append to account {append.AccountId} has no messages.", nameof(append));
    }

    public static void Check(CommitCommand.Remove remove)
    {
        if (remove.Limit < 1)
            throw new ArgumentException($"A removal from account {remove.AccountId} has limit {remove.Limit}; it must be at least 1.", nameof(remove));
    }

    public static void Check(CommitCommand.StagePart part)
    {
        if (part.Value < 1 || part.Number is < 0 or >= CommitCommand.StagePart.MaxParts)
            throw new ArgumentException($"There is no part {part.Number} of a value {part.Value}: values count from 1, parts from 0 to {CommitCommand.StagePart.MaxParts - 1}.", nameof(part));
    }

    public static void Check(CommitCommand.PutJob put)
    {
        CheckJob(put.Row.Id, nameof(put));
        CheckSequence(put.Row.Sequence, nameof(put));
    }

    public static void Check(CommitCommand.PutRun put)
    {
        if (!put.Row.Id.IsValid)
            throw new ArgumentException($"'{put.Row.Id}' is no id of a run.", nameof(put));
        CheckJob(put.Row.JobId, nameof(put));
        if (!Enum.IsDefined(put.Row.Status))
            throw new ArgumentException($"Run {put.Row.Id} has status {(int)put.Row.Status}, which there is not.", nameof(put));
        CheckSequence(put.Row.Sequence, nameof(put));
    }

    public static void Check(CommitCommand.DeleteRun delete)
    {
        if (!delete.Id.IsValid)
            throw new ArgumentException($"'{delete.Id}' is no id of a run.", nameof(delete));
    }

    /// <summary>Zeros stand for all jobs.</summary>
    private static void CheckJob(JobId id, string parameter)
    {
        if (!id.IsValid || HexIds.Number(id.Value) == UInt128.Zero)
            throw new ArgumentException($"'{id}' is no id of a job.", parameter);
    }

    private static void CheckSequence(long sequence, string parameter)
    {
        if (sequence < 1)
            throw new ArgumentException($"A row has sequence {sequence}; journals count from 1.", parameter);
    }
}
