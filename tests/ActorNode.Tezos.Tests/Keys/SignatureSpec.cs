using System.Text.Json;
using ActorNode.Tezos.Codec;
using ActorNode.Tezos.Hashes;
using ActorNode.Tezos.Keys;
using ActorNode.Tezos.Keys.Schemes;
using ActorNode.Tezos.Tests.Support;
using Xunit;

namespace ActorNode.Tezos.Tests.Keys;

public sealed class SignatureSpec
{
    private static readonly KeyType[] Types = [KeyType.Ed25519, KeyType.Secp256k1, KeyType.P256];

    public static TheoryData<KeyType> SigningTypes => [.. Types];

    [Fact(DisplayName = "Known keys sign as another implementation published it")]
    public void Known_keys()
    {
        foreach (var vector in Vectors.Group("sign_known_keys_taquito").EnumerateArray())
        {
            using var secret = SecretKey.Parse(vector.Text("secret_key"));
            byte[] payload = [.. vector.Hex("watermark_hex"), .. vector.Hex("message_hex")];
            var signature = secret.Sign(payload);
            Assert.Equal(vector.Text("signature"), signature.ToGeneric().ToString());
            Assert.Equal(vector.Text("public_key"), secret.GetPublicKey().ToString());
            Assert.Equal(vector.Text("pkh"), secret.GetPublicKey().Hash(Network.Tezos).ToString());
            Assert.True(secret.GetPublicKey().Verify(payload, Signature.Parse(vector.Text("signature"))));
        }
    }

    [Fact(DisplayName = "Edge cases of ed25519 get the verdict that the chain demands")]
    public void Ed25519_edge_cases()
    {
        var cases = Vectors.Group("ed25519_speccheck").EnumerateArray().ToList();
        Assert.Equal(12, cases.Count);
        foreach (var vector in cases)
        {
            var key = PublicKey.FromBytes(KeyType.Ed25519, vector.Hex("pub_key"));
            var verdict = key.VerifyDigest(new Hash32(vector.Hex("message")), Signature.FromBytes(KeyType.Ed25519, vector.Hex("signature")));
            Assert.True(vector.GetProperty("expected").GetBoolean() == verdict, vector.Text("comment"));
        }
    }

    [Fact(DisplayName = "Published P-256 signatures verify, whichever S they have, and only for their message")]
    public void P256_raw()
    {
        var data = Vectors.Group("p256_raw");
        var messages = data.GetProperty("msgs").EnumerateArray().Select(m => new Hash32(Convert.FromHexString(m.GetString()!))).ToList();
        var keys = data.GetProperty("keys").EnumerateArray().Select(Pair).ToList();
        var signatures = data.GetProperty("sigs").EnumerateArray().Select(Pair).ToList();
        Assert.NotEmpty(signatures);
        for (var i = 0; i < signatures.Count; i++)
        {
            // The source signs ten messages with each of ten keys; what is kept here is the first of them.
            var key = PublicKey.FromBytes(KeyType.P256, keys[i / 10].Second);
            var signature = Signature.FromBytes(KeyType.P256, [.. signatures[i].First, .. signatures[i].Second]);
            Assert.True(key.VerifyDigest(messages[i % 10], signature));
            Assert.False(key.VerifyDigest(messages[(i + 1) % messages.Count], signature));
        }

        foreach (var (secret, publicKey) in keys)
        {
            using var key = SecretKey.FromBytes(KeyType.P256, secret);
            Assert.Equal(publicKey, key.GetPublicKey().Bytes.ToArray());
            foreach (var message in messages)
                Assert.True(key.GetPublicKey().VerifyDigest(message, key.SignDigest(message)));
        }
    }

    // Deterministic signatures over SHA-256 of "sample" and "test": RFC 6979, A.2.5, with S made low as the chain wants it.
    [Theory(DisplayName = "P-256 nonces are those of RFC 6979")]
    [InlineData(
        "sample",
        "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716",
        "F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8")]
    [InlineData(
        "test",
        "F1ABB023518351CD71D881567B1EA663ED3EFCF6C5132B354F28D3B0B7D38367",
        "019F4113742A2B14BD25926B49C649155F267E60D3814B4C0CC84250E46F0083")]
    public void Rfc_6979(string message, string r, string s)
    {
        using var key = SecretKey.FromBytes(KeyType.P256, Convert.FromHexString("C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721"));
        var digest = new Hash32(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(message)));
        var order = Number("FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551");
        var published = Number(s);
        var low = published > order / 2 ? order - published : published;
        var signature = key.SignDigest(digest).Bytes.ToArray();
        Assert.Equal(r, Convert.ToHexString(signature[..32]));
        Assert.Equal(low, Number(Convert.ToHexString(signature[32..])));
    }

    [Theory(DisplayName = "A signature is deterministic, verifies, reads back, and fails for another payload, key or scheme")]
    [MemberData(nameof(SigningTypes))]
    public void Round_trip(KeyType type)
    {
        using var key = SecretKey.Generate(type);
        using var other = SecretKey.Generate(type);
        var random = new Random(7);
        for (var i = 0; i < 20; i++)
        {
            var payload = new byte[random.Next(1, 200)];
            random.NextBytes(payload);
            var signature = key.Sign(payload);
            Assert.Equal(signature, key.Sign(payload));
            Assert.Equal(signature, Signature.Parse(signature.ToString()));
            Assert.Equal(type, signature.Type);
            Assert.True(key.GetPublicKey().Verify(payload, signature));
            Assert.True(key.GetPublicKey().Verify(payload, signature.ToGeneric()));
            Assert.False(other.GetPublicKey().Verify(payload, signature));
            payload[^1] ^= 1;
            Assert.False(key.GetPublicKey().Verify(payload, signature));
            foreach (var wrong in Types.Where(each => each != type))
                Assert.False(key.GetPublicKey().Verify(payload, Signature.FromBytes(wrong, signature.Bytes)));
        }
    }

    [Fact(DisplayName = "secp256k1 takes low S only, P-256 both, and both sign with low S")]
    public void Low_s()
    {
        foreach (var (type, order) in new[]
        {
            (KeyType.Secp256k1, Number("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141")),
            (KeyType.P256, Number("FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551")),
        })
        {
            using var key = SecretKey.Generate(type);
            for (byte i = 0; i < 20; i++)
            {
                var signature = key.Sign([3, i]);
                var s = Number(Convert.ToHexString(signature.Bytes[32..]));
                Assert.True(s <= order / 2);
                var high = Signature.FromBytes(type, [.. signature.Bytes[..32], .. Convert.FromHexString((order - s).ToString("x65", null)[^64..])]);
                Assert.Equal(type == KeyType.P256, key.GetPublicKey().Verify([3, i], high));
            }
        }
    }

    [Fact(DisplayName = "Where the platform lacks a curve, verification without it gives the same verdicts")]
    public void Managed_verification()
    {
        foreach (var type in new[] { KeyType.Secp256k1, KeyType.P256 })
        {
            using var key = SecretKey.Generate(type);
            var scheme = (EcdsaScheme)KeyScheme.Of(type);
            var publicKey = key.GetPublicKey().Bytes.ToArray();
            for (byte i = 0; i < 20; i++)
            {
                var digest = Some.Hash(i).ToArray();
                var signature = key.SignDigest(Some.Hash(i)).Bytes.ToArray();
                var changed = signature.ToArray();
                changed[i] ^= 1;
                foreach (var verifier in new[] { scheme.Verifier(publicKey), scheme.ManagedVerifier(publicKey) })
                {
                    Assert.True(verifier.Verify(digest, signature));
                    Assert.False(verifier.Verify(digest, changed));
                    Assert.False(verifier.Verify(Some.Hash(99).ToArray(), signature));
                    Assert.False(verifier.Verify(digest, new byte[64]));
                }
            }
        }
    }

    [Fact(DisplayName = "BLS keys, addresses and signatures are read and shown, and every use of them is refused by name")]
    public void Bls()
    {
        foreach (var vector in Vectors.Group("bls_known_keys_taquito").EnumerateArray())
        {
            using var secret = SecretKey.Parse(vector.Text("secret_key"));
            var publicKey = PublicKey.Parse(vector.Text("public_key"));
            var signature = Signature.Parse(vector.Text("proof_of_possession"));
            Assert.Equal(vector.Text("secret_key"), secret.RevealBase58());
            Assert.Equal(vector.Text("public_key"), publicKey.ToString());
            Assert.Equal(vector.Text("pkh"), publicKey.Hash(Network.Tezos).ToString());
            Assert.Equal(vector.Text("proof_of_possession"), signature.ToString());
            Assert.Equal(KeyType.Bls12381, signature.Type);
            foreach (var use in new Action[]
            {
                () => secret.Sign([1, 2, 3, 4]), () => secret.GetPublicKey(), () => publicKey.Verify([1, 2, 3, 4], signature), () => SecretKey.Generate(KeyType.Bls12381),
            })
                Assert.Contains("BLS12-381 keys (tz4, mv4, BLpk, BLsk) cannot be used to", Assert.Throws<UnsupportedKeyTypeException>(use).Message, StringComparison.Ordinal);
        }
    }

    [Fact(DisplayName = "A secret shows in no text and no error, and is gone after disposal")]
    public void Secrets_stay_secret()
    {
        const string Text = "edsk3gUfUPyBSfrS9CCgmCiQsTCHGkviBDusMxDJstFtojtc1zcpsh";
        using var key = SecretKey.Parse(Text);
        Assert.DoesNotContain("edsk3", $"{key}", StringComparison.Ordinal);
        foreach (var wrong in new[] { Text[..^1] + "1", Text[..^3], Text + "x", Text + "l", Text.Replace('3', '0') })
            Assert.DoesNotContain(wrong[4..12], Assert.Throws<TezosFormatException>(() => SecretKey.Parse(wrong)).ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("gUfU", Assert.Throws<TezosFormatException>(() => PublicKeyHash.Parse(Text)).ToString(), StringComparison.Ordinal);
        key.Dispose();
        Assert.Throws<ObjectDisposedException>(() => key.Sign([3]));
        Assert.Throws<ObjectDisposedException>(key.RevealBase58);
    }

    [Fact(DisplayName = "Numbers that are no secret key, points off the curve and mismatched halves are refused")]
    public void Bad_keys()
    {
        foreach (var type in new[] { KeyType.Secp256k1, KeyType.P256 })
        {
            Assert.Throws<TezosFormatException>(() => SecretKey.FromBytes(type, new byte[32]));
            Assert.Throws<TezosFormatException>(() => SecretKey.FromBytes(type, Enumerable.Repeat((byte)255, 32).ToArray()));
            Assert.Throws<TezosFormatException>(() => PublicKey.FromBytes(type, new byte[33]));
            Assert.Throws<TezosFormatException>(() => PublicKey.FromBytes(type, [2, .. Enumerable.Repeat((byte)255, 32)]));
            Assert.Throws<TezosFormatException>(() => PublicKey.FromBytes(type, new byte[32]));
        }

        var full = Base58Check.Decode(Base58Prefix.Ed25519SecretKey, Vectors.Group("sign_known_keys_taquito")[0].Text("secret_key"));
        full[40] ^= 1;
        Assert.Contains("public half", Assert.Throws<TezosFormatException>(() => SecretKey.Parse(Base58Check.Encode(Base58Prefix.Ed25519SecretKey, full))).Message, StringComparison.Ordinal);
        Assert.Contains("encrypted", Assert.Throws<TezosFormatException>(() => SecretKey.Parse(Base58Check.Encode(Base58Prefix.Ed25519EncryptedKey, new byte[56]))).Message, StringComparison.Ordinal);
    }

    private static System.Numerics.BigInteger Number(string hex) => System.Numerics.BigInteger.Parse("0" + hex, System.Globalization.NumberStyles.HexNumber, null);

    private static (byte[] First, byte[] Second) Pair(JsonElement pair) => (Convert.FromHexString(pair[0].GetString()!), Convert.FromHexString(pair[1].GetString()!));
}
