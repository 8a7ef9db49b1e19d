using System.Security.Cryptography;
using System.Text;
using Org.BouncyCastle.Crypto.Digests;

namespace ActorNode.Jobs.Access;

/// <summary>Makes ids, tokens and secrets of a cryptographic source, and the hashes that are kept instead of them.</summary>
internal static class Credentials
{
    private const string Alphanumerics = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    /// <summary>32 random bytes in hexadecimal.</summary>
    public static string NewSessionId() => RandomNumberGenerator.GetHexString(64, lowercase: true);

    /// <summary>32 hexadecimal digits: a token, an access key, a salt.</summary>
    public static string NewToken() => RandomNumberGenerator.GetHexString(32, lowercase: true);

    /// <summary>64 letters and digits.</summary>
    public static string NewSecret() => RandomNumberGenerator.GetString(Alphanumerics, 64);

    /// <summary>What is kept of a session's id: random itself, it needs no salt.</summary>
    public static string HashOfSession(string id) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id)));

    /// <summary>What is kept of an external initiator's secret.</summary>
    public static string HashOfInitiator(string accessKey, string secret, string salt) => Sha3($"v0-{accessKey}-{secret}-{salt}");

    /// <summary>What is kept of the token by which a bridge proves itself.</summary>
    public static string HashOfBridgeToken(string token, string salt) => Sha3($"{token}-{salt}");

    /// <summary>Whether both are the same, in a time that tells nothing but their length.</summary>
    public static bool AreEqual(string one, string other) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(one), Encoding.UTF8.GetBytes(other));

    /// <summary>The same for texts whose length should not be told either.</summary>
    public static bool AreEqualByHash(string one, string other) => CryptographicOperations.FixedTimeEquals(
        SHA256.HashData(Encoding.UTF8.GetBytes(one)), SHA256.HashData(Encoding.UTF8.GetBytes(other)));

    // Not the platform's: not all of them have it.
    private static string Sha3(string text)
    {
        var digest = new Sha3Digest(256);
        var bytes = Encoding.UTF8.GetBytes(text);
        digest.BlockUpdate(bytes, 0, bytes.Length);
        var hash = new byte[digest.GetDigestSize()];
        digest.DoFinal(hash, 0);
        return Convert.ToHexStringLower(hash);
    }
}
