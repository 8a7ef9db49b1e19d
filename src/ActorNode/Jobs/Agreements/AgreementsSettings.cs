using ActorNode.Configuration;

namespace ActorNode.Jobs.Agreements;

/// <summary>What the node agrees to: the section <c>actornode.jobs.agreements</c>.</summary>
public sealed record AgreementsSettings : ISettingsRules
{
    /// <summary>The least time for an answer, in seconds.</summary>
    [InRange("0", "2147483647")]
    public int MinimumRequestExpiration { get; init; } = 300;

    /// <summary>Agreements end so long after now at most.</summary>
    [InRange("0", "36500 d")]
    public TimeSpan MaximumServiceDuration { get; init; } = TimeSpan.FromHours(8760);

    /// <summary>Agreements end so long after now at least.</summary>
    [InRange("0", "36500 d")]
    public TimeSpan MinimumServiceDuration { get; init; } = TimeSpan.Zero;

    /// <summary>The most agreements of the node. More are refused.</summary>
    [InRange("0", "1000000")]
    public int MaxAgreements { get; init; } = 10_000;

    /// <inheritdoc/>
    public IEnumerable<(string Key, string Rule)> Problems()
    {
        if (MinimumServiceDuration > MaximumServiceDuration)
            yield return ("minimum-service-duration", "is longer than maximum-service-duration");
    }
}
