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
}
