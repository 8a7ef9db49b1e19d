using System.Collections.Immutable;
using ActorNode.Protocol.Jobs;

namespace ActorNode.Jobs.Agreements;

/// <summary>What agreements need of the rest of the node. Thread-safe and without waiting.</summary>
/// <param name="Chain">Hashes and signs.</param>
/// <param name="JobProblems">The rules that a job breaks.</param>
public sealed record AgreementPorts(IAgreementChain Chain, Func<JobSpec, ImmutableArray<string>> JobProblems);
