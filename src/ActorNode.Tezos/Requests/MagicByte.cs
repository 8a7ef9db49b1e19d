namespace ActorNode.Tezos.Requests;

/// <summary>The first byte of what a signer is given: it keeps signatures of one kind from standing for another.</summary>
public static class MagicByte
{
    public const byte EmmyBlock = 0x01;
    public const byte EmmyEndorsement = 0x02;
    public const byte Operation = 0x03;
    public const byte Authentication = 0x04;
    public const byte Block = 0x11;
    public const byte Preattestation = 0x12;
    public const byte Attestation = 0x13;
    public const byte DalAttestation = 0x14;
}
