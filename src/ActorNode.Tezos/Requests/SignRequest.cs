using ActorNode.Tezos.Chain;
using ActorNode.Tezos.Codec;
using ActorNode.Tezos.Hashes;

namespace ActorNode.Tezos.Requests;

/// <summary>
/// What a signer learns from the bytes that it is to sign: enough for watermarks and policy, and no more, so that new protocols rarely
/// need a new signer. What it cannot place it refuses: a payload whose level and round are unknown must not be signed.
/// </summary>
/// <param name="Kind">What it is.</param>
/// <param name="Magic">The first byte.</param>
/// <param name="Digest">BLAKE2b-256 of all the bytes: what is signed, and what tells equal payloads from different ones.</param>
/// <param name="Chain">The chain; null of an operation, which its branch binds to one.</param>
/// <param name="Level">Null of an operation.</param>
/// <param name="Round">Null of an operation; 0 before Tenderbake, which had no rounds.</param>
/// <param name="PayloadHash">The block payload that is baked or voted for; null of an operation and before Tenderbake.</param>
public sealed record SignRequest(SignRequestKind Kind, byte Magic, Hash32 Digest, ChainId? Chain, int? Level, int? Round, PayloadHash? PayloadHash)
{
    private const byte BlsPreattestationTag = 0x28;
    private const byte BlsAttestationTag = 0x29;
    private const byte EmmyEndorsementTag = 0x00;

    /// <summary>Reads a payload by its magic byte and fixed offsets.</summary>
    /// <exception cref="TezosFormatException">The kind is unknown, bytes are missing or too many, or a level or round is out of range.</exception>
    public static SignRequest Decode(ReadOnlySpan<byte> payload)
    {
        var reader = new ByteReader(payload);
        var magic = reader.Byte("magic byte");
        return magic switch
        {
            MagicByte.EmmyBlock => EmmyBlock(payload, ref reader),
            MagicByte.EmmyEndorsement => EmmyEndorsement(payload, ref reader),
            MagicByte.Operation => Operation(payload, ref reader),
            MagicByte.Block => Block(payload, ref reader),
            MagicByte.Preattestation => Vote(payload, ref reader, SignRequestKind.Preattestation),
            MagicByte.Attestation => Vote(payload, ref reader, SignRequestKind.Attestation),
            MagicByte.DalAttestation => throw new TezosFormatException(
                "magic byte: 0x14 at offset 0 is a DAL attestation of protocols gone by; it has no watermark and is not signed"),
            _ => throw new TezosFormatException(
                $"magic byte: 0x{magic:x2} at offset 0 is none that is signed (0x01 and 0x11 block, 0x12 preattestation, 0x02 and 0x13 attestation, 0x03 operation)"),
        };
    }

    private static SignRequest Block(ReadOnlySpan<byte> payload, ref ByteReader reader)
    {
        var chain = ReadChain(ref reader);
        var (level, fitness) = ReadShell(ref reader);
        var payloadHash = new PayloadHash(reader.Hash("payload hash"));
        // The rest is not read, but must be there: a cut header is a client's mistake, and nobody wants its signature.
        reader.Natural32("payload round");
        reader.Bytes(8, "proof of work nonce");
        if (reader.Byte("seed nonce flag") != 0)
            reader.Bytes(Hash32.Length, "seed nonce hash");
        reader.Byte("votes");
        return new(SignRequestKind.Block, MagicByte.Block, Blake2b.Hash256(payload), chain, level, fitness.Round(), payloadHash);
    }

    private static SignRequest EmmyBlock(ReadOnlySpan<byte> payload, ref ByteReader reader)
    {
        var chain = ReadChain(ref reader);
        var (level, _) = ReadShell(ref reader);
        reader.Bytes(2, "priority");
        reader.Bytes(8, "proof of work nonce");
        if (reader.Byte("seed nonce flag") != 0)
            reader.Bytes(Hash32.Length, "seed nonce hash");
        return new(SignRequestKind.Block, MagicByte.EmmyBlock, Blake2b.Hash256(payload), chain, level, Round: 0, PayloadHash: null);
    }

    private static (int Level, Fitness Fitness) ReadShell(ref ByteReader reader)
    {
        var level = reader.Natural32("level");
        reader.Bytes(1 + Hash32.Length + 8 + 1 + Hash32.Length, "proto, predecessor, timestamp, validation pass and operations hash");
        var fitness = Fitness.Decode(reader.Sized("fitness"));
        reader.Bytes(Hash32.Length, "context");
        return (level, fitness);
    }

    private static SignRequest Vote(ReadOnlySpan<byte> payload, ref ByteReader reader, SignRequestKind kind)
    {
        var chain = ReadChain(ref reader);
        reader.Bytes(Hash32.Length, "branch");
        var at = reader.Offset;
        var tag = reader.Byte("tag");
        switch (kind, tag)
        {
            case (SignRequestKind.Preattestation, ConsensusVote.PreattestationTag):
            case (SignRequestKind.Attestation, ConsensusVote.AttestationTag or ConsensusVote.AttestationWithDalTag):
                reader.UInt16("slot");
                break;
            // What BLS keys sign has no slot, so that signatures of many slots can be added up.
            case (SignRequestKind.Preattestation, BlsPreattestationTag):
            case (SignRequestKind.Attestation, BlsAttestationTag):
                break;
            default:
                throw new TezosFormatException(
                    $"tag: 0x{tag:x2} at offset {at} does not belong to magic byte 0x{payload[0]:x2} ({(kind == SignRequestKind.Preattestation ? "preattestation: 0x14, 0x28" : "attestation: 0x15, 0x17, 0x29")})");
        }

        var level = reader.Natural32("level");
        var round = reader.Natural32("round");
        var payloadHash = new PayloadHash(reader.Hash("payload hash"));
        if (tag == ConsensusVote.AttestationWithDalTag)
            Natural.Read(ref reader, "dal attestation");
        reader.MustEnd("vote");
        return new(kind, payload[0], Blake2b.Hash256(payload), chain, level, round, payloadHash);
    }

    private static SignRequest EmmyEndorsement(ReadOnlySpan<byte> payload, ref ByteReader reader)
    {
        var chain = ReadChain(ref reader);
        reader.Bytes(Hash32.Length, "branch");
        var at = reader.Offset;
        if (reader.Byte("tag") is var tag and not EmmyEndorsementTag)
            throw new TezosFormatException($"tag: 0x{tag:x2} at offset {at} does not belong to magic byte 0x02 (endorsement: 0x00)");
        var level = reader.Natural32("level");
        reader.MustEnd("endorsement");
        return new(SignRequestKind.Attestation, MagicByte.EmmyEndorsement, Blake2b.Hash256(payload), chain, level, Round: 0, PayloadHash: null);
    }

    private static SignRequest Operation(ReadOnlySpan<byte> payload, ref ByteReader reader)
    {
        reader.Bytes(Hash32.Length, "branch");
        reader.Byte("contents");
        return new(SignRequestKind.Operation, MagicByte.Operation, Blake2b.Hash256(payload), null, null, null, null);
    }

    private static ChainId ReadChain(ref ByteReader reader) => ChainId.FromBytes(reader.Bytes(ChainId.Length, "chain id"));
}
