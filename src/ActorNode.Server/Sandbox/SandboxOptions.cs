namespace ActorNode.Server.Sandbox;

/// <summary>What the sandbox was asked to do.</summary>
internal sealed record SandboxOptions
{
    /// <summary>How long it runs. Null: until it is told to stop.</summary>
    public TimeSpan? Time { get; init; }

    /// <summary>Whether parts are broken on purpose.</summary>
    public bool Faults { get; init; }

    /// <summary>What everything random follows from.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Messages a second.</summary>
    public int Rate { get; init; } = 50;
}

/// <summary>How a sandbox is at one moment.</summary>
internal sealed record SandboxStatus(
    TimeSpan Elapsed,
    IReadOnlyCollection<string> Urls,
    IReadOnlyList<(string Part, PartStatus Status)> Parts,
    IReadOnlyList<FaultStatus> Faults);

/// <summary>How it ended. Without reasons it is fine.</summary>
internal sealed record SandboxSummary(SandboxStatus Last, SandboxOptions Options, IReadOnlyList<string> Reasons)
{
    public int ExitCode => Reasons.Count == 0 ? Commands.ExitCode.Ok : Commands.ExitCode.Failed;
}
