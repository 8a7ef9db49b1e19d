using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using ActorNode.Ethereum.Keys;
using ActorNode.Ethereum.Words;
using Xunit;

namespace ActorNode.Ethereum.Tests.Keys;

public sealed class Secp256k1KeySpec
{
    [Theory(DisplayName = "A key's account is the end of the hash of its public key")]
    [InlineData("ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80", "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266")]
    [InlineData("4646464646464646464646464646464646464646464646464646464646464646", "0x9d8A62f656a8d1615C1294fd71e9CFb3E4855A4F")]
    public void Accounts(string secret, string address)
    {
        var key = new Secp256k1Key(Convert.FromHexString(secret));
        Assert.Equal(address, key.Address.ToString());
        Assert.DoesNotContain(secret, $"{key}", StringComparison.OrdinalIgnoreCase);
    }

    [Fact(DisplayName = "A signature is that of the example of EIP-155, byte for byte")]
    public void Signs()
    {
        var key = new Secp256k1Key(Convert.FromHexString("4646464646464646464646464646464646464646464646464646464646464646"));
        var signature = key.Sign(Convert.FromHexString("daf5a779ae972f972197303d7b574746c7ef83eadac0f2791ad23db92e4c8e53"));
        Assert.Equal(
            ("18515461264373351373200002665853028612451056578545711640558177340181847433846",
             "46948507304638947509940763649030358759909902576025900602547168820602576006531",
             0),
            (EvmWord.ReadUnsigned(signature.AsSpan(0, 32)).ToString(CultureInfo.InvariantCulture),
             EvmWord.ReadUnsigned(signature.AsSpan(32, 32)).ToString(CultureInfo.InvariantCulture),
             signature[64]));
    }

    [Fact(DisplayName = "The signer is recovered from every signature, whose S is low and whose last byte is 0 or 1; another digest has another signer")]
    public void Recovers()
    {
        var half = BigInteger.Parse("57896044618658097711785492504343953926418782139537452191302581570759080747168", CultureInfo.InvariantCulture);
        var ids = new HashSet<byte>();
        var key = new Secp256k1Key(Convert.FromHexString("ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80"));
        for (var i = 0; i < 50; i++)
        {
            var digest = SHA256.HashData([(byte)i]);
            var signature = key.Sign(digest);
            ids.Add(signature[64]);
            Assert.Equal(signature, key.Sign(digest));
            Assert.True(EvmWord.ReadUnsigned(signature.AsSpan(32, 32)) <= half);
            Assert.Equal(key.Address, Secp256k1Key.Recover(digest, signature));
            digest[0] ^= 1;
            Assert.NotEqual(key.Address, Secp256k1Key.Recover(digest, signature));
        }

        Assert.Equal(new HashSet<byte> { 0, 1 }, ids);
    }

    [Fact(DisplayName = "What is no secret and what is no signature is refused")]
    public void Refuses()
    {
        Assert.Throws<ArgumentException>(() => new Secp256k1Key(new byte[32]));
        Assert.Throws<ArgumentException>(() => new Secp256k1Key(new byte[31]));
        Assert.Throws<ArgumentException>(() => new Secp256k1Key(Convert.FromHexString("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141")));
        Assert.Null(Secp256k1Key.Recover(new byte[32], new byte[65]));
        Assert.Null(Secp256k1Key.Recover(new byte[32], new byte[64]));
        var signature = new Secp256k1Key(SHA256.HashData([1])).Sign(new byte[32]);
        signature[64] = 2;
        Assert.Null(Secp256k1Key.Recover(new byte[32], signature));
    }
}
