namespace ActorNode.Tezos.Keys;

/// <summary>The signature schemes of the chain. The values are the tags of binary keys and addresses.</summary>
public enum KeyType
{
    /// <summary>edpk, tz1, mv1.</summary>
    Ed25519 = 0,

    /// <summary>sppk, tz2, mv2.</summary>
    Secp256k1 = 1,

    /// <summary>p2pk, tz3, mv3.</summary>
    P256 = 2,

    /// <summary>BLpk, tz4, mv4: read and shown, never signed with or verified.</summary>
    Bls12381 = 3,
}
