using System.Collections.Immutable;
using ActorNode.Protocol.Jobs;

namespace ActorNode.Jobs.Listing;

/// <summary>What the deletion of finished runs is asked, and answers. All goes to <see cref="RunRetentionActor"/>.</summary>
public static class RunRetention
{
    /// <summary>
    /// Delete the runs of these statuses that were last changed before a time, of archived jobs too. Reply, when it is done:
    /// <see cref="Deleted"/>, <see cref="Refused"/> or <see cref="Failed"/>. Requests are carried out one after the other.
    /// </summary>
    public sealed record Delete(ImmutableArray<RunStatus> Statuses, DateTimeOffset UpdatedBefore);

    /// <summary>All such runs are deleted, except <paramref name="Kept"/> that their jobs did not give up; see the log.</summary>
    public sealed record Deleted(long Count, long Kept);

    /// <summary>Nothing was deleted: the request breaks a rule. The text is the original's.</summary>
    public sealed record Refused(string Detail);

    /// <summary>It ended early, after <paramref name="Count"/> deletions: ask again later.</summary>
    public sealed record Failed(long Count, string Detail);

    /// <summary>How it is at. Reply: <see cref="State"/>.</summary>
    public sealed record StateOf
    {
        /// <summary>The only one.</summary>
        public static readonly StateOf Instance = new();

        private StateOf()
        {
        }
    }

    /// <summary>Since its start: what rounds deleted by age and by count, what requests did, and the error of what was done last, if any.</summary>
    public sealed record State(long ByAge, long ByCount, long ByRequest, bool IsWorking, int Waiting, string? LastError);

    /// <summary>The rule that a request breaks, or null.</summary>
    public static string? ProblemOf(Delete delete)
    {
        foreach (var status in delete.Statuses)
        {
            if (!status.IsFinished())
                return $"cannot delete Runs with status {status.Name()}";
        }

        return null;
    }
}
