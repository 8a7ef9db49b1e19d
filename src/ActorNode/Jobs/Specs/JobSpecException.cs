using System.Collections.Immutable;

namespace ActorNode.Jobs.Specs;

/// <summary>A text is no job spec. Each problem names the field and the rule; nothing of the spec is kept.</summary>
public sealed class JobSpecException : Exception
{
    /// <param name="problems">One or more.</param>
    public JobSpecException(params ImmutableArray<string> problems)
        : base(string.Join(",", problems)) => Problems = problems;

    /// <summary>What is wrong.</summary>
    public ImmutableArray<string> Problems { get; }
}
