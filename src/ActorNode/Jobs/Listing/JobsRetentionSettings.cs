using ActorNode.Configuration;

namespace ActorNode.Jobs.Listing;

/// <summary>Settings of the deletion of finished runs: the section <c>actornode.jobs.retention</c>.</summary>
public sealed record JobsRetentionSettings
{
    /// <summary>Finished runs that were last changed longer ago than this are deleted. Null: off.</summary>
    [InRange("1 s", "36500 d")]
    public TimeSpan? MaxAge { get; init; }

    /// <summary>Of all finished runs only so many are kept: the newest ones. Null: off.</summary>
    [InRange("0", "1000000000000")]
    public long? MaxRuns { get; init; }

    /// <summary>Pause between the end of one round of deletion and the start of the next.</summary>
    [InRange("1 s", "365 d")]
    public TimeSpan Interval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Most runs that are being deleted at once.</summary>
    [InRange("1", "10000")]
    public int Batch { get; init; } = 100;

    /// <summary>A batch from which no answer came for so long has failed.</summary>
    [InRange("1 s", "1 h")]
    public TimeSpan AnswerTimeout { get; init; } = TimeSpan.FromSeconds(30);
}
