using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace ActorNode.Keyed;

/// <summary>Counts of one region's children. Thread-safe, shared by all nodes of a process.</summary>
internal readonly struct KeyedMetrics(string region)
{
    private static readonly Meter Meter = new("ActorNode.Keyed");
    private static readonly UpDownCounter<long> Active = Meter.CreateUpDownCounter<long>("actornode.keyed.active", description: "Keys whose actor is in memory.");
    private static readonly Counter<long> Starts = Meter.CreateCounter<long>("actornode.keyed.starts", description: "Actors started for a key.");
    private static readonly Counter<long> Passivations = Meter.CreateCounter<long>("actornode.keyed.passivations", description: "Idle actors stopped to save memory.");

    private readonly TagList _tags = new() { { "region", region } };

    public void Started()
    {
        Active.Add(1, _tags);
        Starts.Add(1, _tags);
    }

    public void Passivated() => Passivations.Add(1, _tags);

    public void Ended() => Active.Add(-1, _tags);
}
