using System.Collections.Immutable;
using ActorNode.Jobs.Adapters;
using ActorNode.Jobs.Runs;
using ActorNode.Protocol.Jobs;
using Akka.Actor;
using Akka.Cluster.Sharding;

namespace ActorNode.Jobs;

/// <summary>What all jobs and runs of a node share.</summary>
/// <param name="Adapters">The kinds of tasks.</param>
/// <param name="Problems">What is wrong with a job, in the original's words; nothing: it may be created.</param>
/// <param name="Commit">Writes the listing.</param>
/// <param name="Chain">Looks logs up on the chain; null: there is no chain.</param>
/// <param name="Random">Spreads retries; thread-safe.</param>
internal sealed record JobsContext(
    AdapterCatalog Adapters,
    Func<JobSpec, ImmutableArray<string>> Problems,
    IActorRef Commit,
    IRunChain? Chain,
    JobsSettings Settings,
    TimeProvider Clock,
    Random Random);

/// <summary>Routes whatever carries a job's id to that job. Pure.</summary>
internal sealed class JobExtractor(int maxNumberOfShards) : HashCodeMessageExtractor(maxNumberOfShards)
{
    /// <summary>Must be the same on all nodes of a cluster, for good.</summary>
    public const int DefaultShards = 100;

    /// <inheritdoc/>
    public override string? EntityId(object message) => message is IWithJobId { JobId: { IsValid: true } job } ? job.Value : null;
}
