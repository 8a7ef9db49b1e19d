using ActorNode.Tezos.Codec;
using ActorNode.Tezos.Hashes;

namespace ActorNode.Tezos.Chain;

/// <summary>The protocol's part of an unsigned block header. The nonce is the eight bytes of the proof of work, big endian.</summary>
public sealed record BlockProtocolData(
    PayloadHash PayloadHash, int PayloadRound, ulong ProofOfWorkNonce, NonceHash? SeedNonceHash, PerBlockVote LiquidityBakingVote, PerBlockVote AdaptiveIssuanceVote)
{
    private const byte Absent = 0x00;
    private const byte Present = 0xff;

    internal int EncodedLength => Hash32.Length + 4 + 8 + 1 + (SeedNonceHash is null ? 0 : Hash32.Length) + 1;

    public byte[] Encode()
    {
        var bytes = new byte[EncodedLength];
        var writer = new ByteWriter(bytes);
        Write(ref writer);
        return bytes;
    }

    internal static BlockProtocolData Read(ref ByteReader reader)
    {
        var payloadHash = new PayloadHash(reader.Hash("payload hash"));
        var payloadRound = reader.Natural32("payload round");
        var nonce = reader.UInt64("proof of work nonce");
        var at = reader.Offset;
        NonceHash? seed = reader.Byte("seed nonce flag") switch
        {
            Absent => null,
            Present => new(reader.Hash("seed nonce hash")),
            var flag => throw new TezosFormatException($"seed nonce flag: 0x{flag:x2} at offset {at}, must be 0x00 or 0xff"),
        };
        at = reader.Offset;
        var votes = reader.Byte("votes");
        var (liquidity, adaptive) = (votes & 3, (votes >> 2) & 3);
        if (votes > 15 || liquidity == 3 || adaptive == 3)
            throw new TezosFormatException($"votes: 0x{votes:x2} at offset {at}, must be two pairs of bits of 0 to 2");
        return new(payloadHash, payloadRound, nonce, seed, (PerBlockVote)liquidity, (PerBlockVote)adaptive);
    }

    internal void Write(ref ByteWriter writer)
    {
        writer.Hash(PayloadHash.Value);
        writer.Int32(PayloadRound);
        writer.UInt64(ProofOfWorkNonce);
        writer.Byte(SeedNonceHash is null ? Absent : Present);
        if (SeedNonceHash is { } seed)
            writer.Hash(seed.Value);
        writer.Byte((byte)((int)LiquidityBakingVote | ((int)AdaptiveIssuanceVote << 2)));
    }
}
