using ActorNode.Tezos.Codec;

namespace ActorNode.Tezos.Chain;

/// <summary>Names of votes in JSON, with those of the protocols that called them endorsements.</summary>
public static class VoteKinds
{
    /// <exception cref="TezosFormatException">The name is none of a vote.</exception>
    public static VoteKind Parse(string name) => name switch
    {
        "preattestation" or "preendorsement" => VoteKind.Preattestation,
        "attestation" or "attestation_with_dal" or "endorsement" or "endorsement_with_dal" => VoteKind.Attestation,
        _ => throw new TezosFormatException("kind: must be preattestation, attestation, attestation_with_dal, or their names as endorsements"),
    };
}
