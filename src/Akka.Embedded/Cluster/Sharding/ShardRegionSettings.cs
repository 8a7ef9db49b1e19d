using Akka.Actor;

namespace Akka.Cluster.Sharding;

/// <summary>What a region of one entity type is made of. A null idle time means that entities are never passivated for idleness.</summary>
internal sealed record ShardRegionSettings(
    string TypeName,
    Func<string, Props> EntityProps,
    IMessageExtractor Extractor,
    object HandOffStopMessage,
    TimeSpan? PassivateIdleAfter,
    TimeSpan QueryTimeout)
{
    /// <summary>Messages that a shard keeps for entities that are just stopping; more are dropped with a warning.</summary>
    public const int BufferLimit = 100_000;

    /// <summary>How long entities may take over the stop message of a hand-off before they are stopped without it.</summary>
    public static readonly TimeSpan HandOffTimeout = TimeSpan.FromSeconds(55);
}
