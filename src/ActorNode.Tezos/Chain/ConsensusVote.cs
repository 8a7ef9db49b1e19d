using System.Numerics;
using ActorNode.Tezos.Codec;
using ActorNode.Tezos.Hashes;

namespace ActorNode.Tezos.Chain;

/// <summary>
/// A preattestation or attestation before it is signed. <paramref name="DalAttestation"/> is the set of data availability slots that an
/// attestation confirms, a bit for each; null for none said.
/// </summary>
public sealed record ConsensusVote(VoteKind Kind, BlockHash Branch, ushort Slot, int Level, int Round, PayloadHash PayloadHash, BigInteger? DalAttestation = null)
{
    internal const byte PreattestationTag = 0x14;
    internal const byte AttestationTag = 0x15;
    internal const byte AttestationWithDalTag = 0x17;

    private const int LengthWithoutDal = Hash32.Length + 1 + 2 + 4 + 4 + Hash32.Length;

    /// <summary>Branch and contents.</summary>
    /// <exception cref="TezosFormatException">A preattestation has a DAL attestation, or a number is out of range.</exception>
    public byte[] Encode()
    {
        if (Kind == VoteKind.Preattestation && DalAttestation is not null)
            throw new TezosFormatException("dal attestation: a preattestation has none");
        if (Level < 0 || Round < 0)
            throw new TezosFormatException($"vote: level {Level} and round {Round} must be 0 to {int.MaxValue}");
        var dal = DalAttestation is { } slots ? Natural.Encode(slots, "dal attestation") : [];
        var bytes = new byte[LengthWithoutDal + dal.Length];
        var writer = new ByteWriter(bytes);
        writer.Hash(Branch.Value);
        writer.Byte(Kind == VoteKind.Preattestation ? PreattestationTag : DalAttestation is null ? AttestationTag : AttestationWithDalTag);
        writer.UInt16(Slot);
        writer.Int32(Level);
        writer.Int32(Round);
        writer.Hash(PayloadHash.Value);
        writer.Bytes(dal);
        return bytes;
    }

    /// <summary>Reads an unsigned vote.</summary>
    /// <exception cref="TezosFormatException">The bytes are no vote.</exception>
    public static ConsensusVote Decode(ReadOnlySpan<byte> bytes)
    {
        var reader = new ByteReader(bytes);
        var branch = new BlockHash(reader.Hash("branch"));
        var tag = reader.Byte("tag");
        if (tag is not (PreattestationTag or AttestationTag or AttestationWithDalTag))
            throw new TezosFormatException($"tag: 0x{tag:x2} at offset {Hash32.Length} is none of a vote (0x14, 0x15, 0x17)");
        var vote = new ConsensusVote(
            tag == PreattestationTag ? VoteKind.Preattestation : VoteKind.Attestation,
            branch,
            reader.UInt16("slot"),
            reader.Natural32("level"),
            reader.Natural32("round"),
            new(reader.Hash("payload hash")),
            tag == AttestationWithDalTag ? Natural.Read(ref reader, "dal attestation") : null);
        reader.MustEnd("vote");
        return vote;
    }
}
