using System.Security.Cryptography;
using ActorNode.Protocol.Forging;
using ActorNode.Protocol.Messages;
using Akka.Cluster.Sharding;

namespace ActorNode.Forging.Delegates;

/// <summary>What all delegates of a node share.</summary>
/// <param name="Random">Spreads retries; thread-safe.</param>
internal sealed record DelegateContext(SigningCalls Calls, IPayloadReader? Reader, ForgingSettings Settings, TimeProvider Clock, Random Random)
{
    /// <summary>The hash of what a task signs, after a check that the bytes are what the task says.</summary>
    /// <exception cref="FormatException">They are not.</exception>
    public string HashOf(ForgeTask task)
    {
        if (Reader is null)
            return Convert.ToHexStringLower(SHA256.HashData(task.Payload.Span));
        var facts = Reader.Read(task.Payload.Span);
        var duty = task.Duty;
        if (facts.Kind != duty.Kind)
            throw new FormatException($"payload is of kind {facts.Kind}, the request says {duty.Kind}");
        if (duty.Kind != ForgeKind.Operation && facts.Chain != duty.Chain)
            throw new FormatException($"payload is of chain {facts.Chain}, the request says {duty.Chain}");
        if (duty.Kind != ForgeKind.Operation && facts.At != duty.At)
            throw new FormatException($"payload is of {facts.At}, the request says {duty.At}");
        return facts.Hash;
    }
}

/// <summary>Routes whatever carries a consensus key to that key's delegate. Pure.</summary>
internal sealed class DelegateExtractor(int maxNumberOfShards) : HashCodeMessageExtractor(maxNumberOfShards)
{
    /// <summary>Must be the same on all nodes of a cluster, for good.</summary>
    public const int DefaultShards = 100;

    /// <inheritdoc/>
    public override string? EntityId(object message) =>
        message is IWithConsensusKey { Key.Value: var key } && TextRule.Problem(key) is null ? key : null;
}
