namespace ActorNode.Services.Health;

/// <summary>
/// The health of one target: as many opposite results in a row as the threshold says flip it, one result of the same kind starts the count
/// anew. Pure.
/// </summary>
internal readonly record struct TargetHealth(bool Healthy, int Opposite)
{
    /// <summary>After one more check. Compare <see cref="Healthy"/> to see whether it flipped.</summary>
    public TargetHealth After(bool good, HealthSettings settings)
    {
        if (good == Healthy)
            return this with { Opposite = 0 };
        var threshold = good ? settings.HealthyThreshold : settings.UnhealthyThreshold;
        return Opposite + 1 >= threshold ? new TargetHealth(good, 0) : this with { Opposite = Opposite + 1 };
    }
}
