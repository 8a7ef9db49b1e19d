namespace ActorNode.Protocol.Forging;

/// <summary>
/// The public key hash of a consensus key, in base58. Queues and watermarks belong to it, never to the delegate that the key bakes for.
/// Compared by ordinal value.
/// </summary>
public readonly record struct ConsensusKeyId(string Value)
{
    /// <inheritdoc/>
    public override string ToString() => Value;
}
