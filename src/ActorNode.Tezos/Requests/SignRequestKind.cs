namespace ActorNode.Tezos.Requests;

/// <summary>What is to be signed. The first three have a watermark each.</summary>
public enum SignRequestKind
{
    Block,
    Preattestation,
    Attestation,
    Operation,
}
