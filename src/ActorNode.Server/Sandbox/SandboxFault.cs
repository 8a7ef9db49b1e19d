namespace ActorNode.Server.Sandbox;

/// <summary>How something is broken.</summary>
internal enum FaultKind
{
    /// <summary>An actor or a service dies.</summary>
    Kill,

    /// <summary>Something does not answer.</summary>
    Hang,

    /// <summary>Something fails whenever it is used.</summary>
    Fail,
}

/// <summary>
/// Something that can be broken on purpose. <paramref name="Inject"/> breaks it, whatever it takes to end the damage itself included, and
/// returns the question whether it has healed: its answer is what healed it, null as long as nothing has.
/// </summary>
internal sealed record SandboxFault(FaultKind Kind, string What, Func<Task<Func<Task<string?>>>> Inject);

/// <summary>One fault of a run, and what has become of it.</summary>
internal sealed record FaultStatus(int Number, FaultKind Kind, string What, TimeSpan PlannedAt)
{
    /// <summary>When it was injected, since the start of the traffic.</summary>
    public TimeSpan? InjectedAt { get; init; }

    /// <summary>How long it took to heal.</summary>
    public TimeSpan? HealedAfter { get; init; }

    /// <summary>What healed it.</summary>
    public string? HealedBy { get; init; }

    /// <summary>Why it could not be injected, or counts as not healed.</summary>
    public string? Error { get; init; }
}
