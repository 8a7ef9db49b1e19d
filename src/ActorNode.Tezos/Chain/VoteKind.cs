namespace ActorNode.Tezos.Chain;

/// <summary>Both votes of a Tenderbake round.</summary>
public enum VoteKind
{
    Preattestation,
    Attestation,
}
