using System.Collections.Immutable;

namespace ActorNode.Tezos.Codec;

/// <summary>The bytes before the data that make base58check text begin with letters that tell what it is, and the length of that data.</summary>
public sealed class Base58Prefix
{
    public static readonly Base58Prefix BlockHash = new("block hash", "B", 32, 1, 52);
    public static readonly Base58Prefix OperationHash = new("operation hash", "o", 32, 5, 116);
    public static readonly Base58Prefix ProtocolHash = new("protocol hash", "P", 32, 2, 170);
    public static readonly Base58Prefix ContextHash = new("context hash", "Co", 32, 79, 199);
    public static readonly Base58Prefix OperationsHash = new("operations hash", "LLo", 32, 29, 159, 109);
    public static readonly Base58Prefix PayloadHash = new("payload hash", "vh", 32, 1, 106, 242);
    public static readonly Base58Prefix NonceHash = new("nonce hash", "nce", 32, 69, 220, 169);
    public static readonly Base58Prefix ChainId = new("chain id", "Net", 4, 87, 82, 0);

    public static readonly Base58Prefix Mavryk1 = new("Mavryk ed25519 address", "mv1", 20, 5, 186, 196);
    public static readonly Base58Prefix Mavryk2 = new("Mavryk secp256k1 address", "mv2", 20, 5, 186, 199);
    public static readonly Base58Prefix Mavryk3 = new("Mavryk P-256 address", "mv3", 20, 5, 186, 201);
    public static readonly Base58Prefix Mavryk4 = new("Mavryk BLS address", "mv4", 20, 5, 186, 204);
    public static readonly Base58Prefix Tezos1 = new("Tezos ed25519 address", "tz1", 20, 6, 161, 159);
    public static readonly Base58Prefix Tezos2 = new("Tezos secp256k1 address", "tz2", 20, 6, 161, 161);
    public static readonly Base58Prefix Tezos3 = new("Tezos P-256 address", "tz3", 20, 6, 161, 164);
    public static readonly Base58Prefix Tezos4 = new("Tezos BLS address", "tz4", 20, 6, 161, 166);

    public static readonly Base58Prefix Ed25519PublicKey = new("ed25519 public key", "edpk", 32, 13, 15, 37, 217);
    public static readonly Base58Prefix Secp256k1PublicKey = new("secp256k1 public key", "sppk", 33, 3, 254, 226, 86);
    public static readonly Base58Prefix P256PublicKey = new("P-256 public key", "p2pk", 33, 3, 178, 139, 127);
    public static readonly Base58Prefix BlsPublicKey = new("BLS public key", "BLpk", 48, 6, 149, 135, 204);

    public static readonly Base58Prefix Ed25519Seed = new("ed25519 secret key", "edsk", 32, 13, 15, 58, 7);
    public static readonly Base58Prefix Ed25519SecretKey = new("ed25519 secret key with its public key", "edsk", 64, 43, 246, 78, 7);
    public static readonly Base58Prefix Secp256k1SecretKey = new("secp256k1 secret key", "spsk", 32, 17, 162, 224, 201);
    public static readonly Base58Prefix P256SecretKey = new("P-256 secret key", "p2sk", 32, 16, 81, 238, 189);
    public static readonly Base58Prefix BlsSecretKey = new("BLS secret key", "BLsk", 32, 3, 150, 192, 40);

    // Known only to be refused by name: passwords of these are for the client that made them.
    public static readonly Base58Prefix Ed25519EncryptedKey = new("encrypted ed25519 secret key", "edesk", 56, 7, 90, 60, 179, 41);
    public static readonly Base58Prefix Secp256k1EncryptedKey = new("encrypted secp256k1 secret key", "spesk", 56, 9, 237, 241, 174, 150);
    public static readonly Base58Prefix P256EncryptedKey = new("encrypted P-256 secret key", "p2esk", 56, 9, 48, 57, 115, 171);

    public static readonly Base58Prefix Signature = new("signature", "sig", 64, 4, 130, 43);
    public static readonly Base58Prefix Ed25519Signature = new("ed25519 signature", "edsig", 64, 9, 245, 205, 134, 18);
    public static readonly Base58Prefix Secp256k1Signature = new("secp256k1 signature", "spsig1", 64, 13, 115, 101, 19, 63);
    public static readonly Base58Prefix P256Signature = new("P-256 signature", "p2sig", 64, 54, 240, 44, 52);
    public static readonly Base58Prefix BlsSignature = new("BLS signature", "BLsig", 96, 40, 171, 64, 207);

    /// <summary>Every prefix. No two of them fit the same text.</summary>
    public static readonly ImmutableArray<Base58Prefix> All =
    [
        BlockHash, OperationHash, ProtocolHash, ContextHash, OperationsHash, PayloadHash, NonceHash, ChainId,
        Mavryk1, Mavryk2, Mavryk3, Mavryk4, Tezos1, Tezos2, Tezos3, Tezos4,
        Ed25519PublicKey, Secp256k1PublicKey, P256PublicKey, BlsPublicKey,
        Ed25519Seed, Ed25519SecretKey, Secp256k1SecretKey, P256SecretKey, BlsSecretKey,
        Ed25519EncryptedKey, Secp256k1EncryptedKey, P256EncryptedKey,
        Signature, Ed25519Signature, Secp256k1Signature, P256Signature, BlsSignature,
    ];

    private readonly byte[] _bytes;

    private Base58Prefix(string name, string text, int dataLength, params byte[] bytes)
    {
        (Name, Text, DataLength, _bytes) = (name, text, dataLength, bytes);
    }

    /// <summary>What the text stands for, for error messages.</summary>
    public string Name { get; }

    /// <summary>The letters that the text begins with.</summary>
    public string Text { get; }

    /// <summary>The bytes of data, without prefix and checksum.</summary>
    public int DataLength { get; }

    /// <summary>The prefix itself.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>Whether bytes without their checksum are this prefix and its data.</summary>
    internal bool Fits(ReadOnlySpan<byte> bytes) => bytes.Length == _bytes.Length + DataLength && bytes.StartsWith(_bytes);

    /// <inheritdoc/>
    public override string ToString() => Text;
}
