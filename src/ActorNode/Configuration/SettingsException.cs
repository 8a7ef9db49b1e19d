using System.Collections.Immutable;

namespace ActorNode.Configuration;

/// <summary>The configuration breaks rules: all of them, one a line, each naming key, place and rule. The message is for operators.</summary>
public sealed class SettingsException(ImmutableArray<string> problems) : Exception(string.Join(Environment.NewLine, problems))
{
    /// <summary>What is wrong, in order of the keys.</summary>
    public ImmutableArray<string> Problems { get; } = problems;
}
