using ActorNode.Forging;
using ActorNode.Protocol.Forging;

namespace ActorNode.Tezos.Signers;

/// <summary>Errors that several signers give, in the same words.</summary>
internal static class SignerErrors
{
    public static SignerRefusedException UnknownKey(ConsensusKeyId key) => new($"no signer has the key {key}");
}
