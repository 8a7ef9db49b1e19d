using ActorNode.Tezos.Hashes;
using ActorNode.Tezos.Keys;

namespace ActorNode.Tezos.Chain;

/// <summary>An operation as it is injected: branch and contents as they were signed (without watermark), and the signature.</summary>
public sealed record SignedOperation(ReadOnlyMemory<byte> Unsigned, Signature Signature)
{
    private const byte BlsPrefixMark = 0xff;
    private const byte BlsPrefixTag = 0x03;
    private const int BlsPrefixLength = 32;

    /// <summary>The operation's name. Like all hashes of the chain it covers the signature.</summary>
    public OperationHash Hash() => new(Blake2b.Hash256(Encode()));

    /// <summary>
    /// The bytes to inject. The longer signature of BLS is cut in two: the first half stands as one more content, so that nodes that know
    /// 64 bytes only find them at the end.
    /// </summary>
    public byte[] Encode() => Signature.Type == KeyType.Bls12381
        ? [.. Unsigned.Span, BlsPrefixMark, BlsPrefixTag, .. Signature.Bytes[..BlsPrefixLength], .. Signature.Bytes[BlsPrefixLength..]]
        : [.. Unsigned.Span, .. Signature.Bytes];
}
