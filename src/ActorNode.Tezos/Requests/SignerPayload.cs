using ActorNode.Tezos.Chain;
using ActorNode.Tezos.Codec;
using ActorNode.Tezos.Hashes;
using ActorNode.Tezos.Keys;

namespace ActorNode.Tezos.Requests;

/// <summary>The bytes that a signer is given: magic byte, chain id where there is one, and the message.</summary>
public static class SignerPayload
{
    public static byte[] Of(ChainId chain, BlockHeader header)
    {
        ArgumentNullException.ThrowIfNull(header);
        return WithChain(MagicByte.Block, chain, header.Encode());
    }

    public static byte[] Of(ChainId chain, ConsensusVote vote)
    {
        ArgumentNullException.ThrowIfNull(vote);
        return WithChain(vote.Kind == VoteKind.Preattestation ? MagicByte.Preattestation : MagicByte.Attestation, chain, vote.Encode());
    }

    /// <summary>An operation of any other kind: branch and contents.</summary>
    public static byte[] OfOperation(ReadOnlySpan<byte> unsigned) => [MagicByte.Operation, .. unsigned];

    /// <summary>What an authorised key signs to prove that a request to a remote signer is its owner's.</summary>
    public static byte[] OfAuthentication(PublicKeyHash key, ReadOnlySpan<byte> payload)
    {
        ArgumentNullException.ThrowIfNull(key);
        return [MagicByte.Authentication, 0x01, .. key.ToBinary(), .. payload];
    }

    private static byte[] WithChain(byte magic, ChainId chain, byte[] message)
    {
        var bytes = new byte[1 + ChainId.Length + message.Length];
        var writer = new ByteWriter(bytes);
        writer.Byte(magic);
        writer.Chain(chain);
        writer.Bytes(message);
        return bytes;
    }
}
