using ActorNode.Tezos.Keys;
using ActorNode.Tezos.Tests.Support;
using Xunit;

namespace ActorNode.Tezos.Tests.Keys;

public sealed class KeyEncodingSpec
{
    public static TheoryData<Network, KeyType> NetworksAndTypes => new()
    {
        { Network.Mavryk, KeyType.Ed25519 }, { Network.Mavryk, KeyType.Secp256k1 }, { Network.Mavryk, KeyType.P256 }, { Network.Mavryk, KeyType.Bls12381 },
        { Network.Tezos, KeyType.Ed25519 }, { Network.Tezos, KeyType.Secp256k1 }, { Network.Tezos, KeyType.P256 }, { Network.Tezos, KeyType.Bls12381 },
    };

    [Theory(DisplayName = "A published hash has its published address, and the address reads back to the hash")]
    [MemberData(nameof(NetworksAndTypes))]
    public void Addresses(Network network, KeyType type)
    {
        foreach (var (hash, address) in Rows(network, type, "pkhs").Select(row => (Convert.FromHexString(row[0]), row[1])))
        {
            var parsed = PublicKeyHash.Parse(address);
            Assert.Equal((network, type), (parsed.Network, parsed.Type));
            Assert.Equal(hash, parsed.Hash.ToArray());
            Assert.Equal(address, PublicKeyHash.FromHash(network, type, hash).ToString());
            Assert.Equal(address, parsed.ToString());
            Assert.Equal(parsed, PublicKeyHash.FromBinary(network, parsed.ToBinary()));
            Assert.Equal((byte)type, parsed.ToBinary()[0]);
        }
    }

    [Theory(DisplayName = "A published seed gives its published address, public key and secret key")]
    [MemberData(nameof(NetworksAndTypes))]
    public void Keys(Network network, KeyType type)
    {
        foreach (var row in Rows(network, type, "key_encodings"))
        {
            using var secret = SecretKey.Parse(row[3]);
            Assert.Equal(row[3], secret.RevealBase58());
            var publicKey = PublicKey.Parse(row[2]);
            Assert.Equal(row[2], publicKey.ToString());
            Assert.Equal(row[1], publicKey.Hash(network).ToString());
            Assert.Equal(type, publicKey.Type);
            if (type == KeyType.Bls12381)
            {
                Assert.Contains("BLS", Assert.Throws<UnsupportedKeyTypeException>(secret.GetPublicKey).Message, StringComparison.Ordinal);
                Assert.Throws<UnsupportedKeyTypeException>(() => secret.Sign([3, 1]));
            }
            else
            {
                // A BLS seed is not yet the key, so only these.
                using var ofSeed = SecretKey.FromBytes(type, Convert.FromHexString(row[0]));
                Assert.Equal(row[3], ofSeed.RevealBase58());
                Assert.Equal(publicKey, secret.GetPublicKey());
            }
        }
    }

    [Fact(DisplayName = "The sandbox keys of the network's own tests read as published")]
    public void Sandbox_keys()
    {
        foreach (var key in Vectors.Group("sandbox_keys_mavryk").EnumerateArray())
        {
            using var secret = SecretKey.Parse(key.Text("sk"));
            Assert.Equal(key.Text("sk"), secret.RevealBase58());
            Assert.Equal(key.Text("pkh"), PublicKey.Parse(key.Text("pk")).Hash(Network.Mavryk).ToString());
            if (secret.Type == KeyType.Bls12381)
                Assert.Throws<UnsupportedKeyTypeException>(secret.GetPublicKey);
            else
                Assert.Equal(key.Text("pk"), secret.GetPublicKey().ToString());
        }
    }

    private static IEnumerable<string[]> Rows(Network network, KeyType type, string table)
    {
        var curve = type switch { KeyType.Bls12381 => "bls12_381", _ => type.ToString().ToLowerInvariant() };
        var rows = Vectors.Rows(network == Network.Mavryk ? "key_encodings_mavryk" : "key_encodings_tezos", $"{curve}_{table}").ToList();
        Assert.NotEmpty(rows);
        return rows;
    }
}
