namespace ActorNode.Tezos.Keys;

/// <summary>The key is well-formed and of a type that this node cannot compute with.</summary>
public sealed class UnsupportedKeyTypeException : NotSupportedException
{
    private UnsupportedKeyTypeException(string message)
        : base(message)
    {
    }

    internal static UnsupportedKeyTypeException Bls(string deed) =>
        new($"BLS12-381 keys (tz4, mv4, BLpk, BLsk) cannot be used to {deed}: this node has no BLS; use an ed25519, secp256k1 or P-256 consensus key");
}
