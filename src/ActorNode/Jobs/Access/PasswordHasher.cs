using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Org.BouncyCastle.Crypto.Generators;

namespace ActorNode.Jobs.Access;

/// <summary>
/// Hashes passwords with scrypt, which costs time and memory: <c>scrypt$LOG2N$R$P$SALT$HASH</c>. Takes a tenth of a second and 32 MiB with the
/// default cost, so never on an actor's turn. A hash names its own cost, so changing the setting leaves old ones valid. Thread-safe.
/// </summary>
/// <param name="cost">The binary logarithm of scrypt's N.</param>
internal sealed class PasswordHasher(int cost)
{
    private const string Scheme = "scrypt";
    private const int R = 8;
    private const int P = 1;
    private const int SaltLength = 16;
    private const int HashLength = 32;
    private const int MaxCost = 20;

    /// <summary>Hashes a password with a new salt.</summary>
    public string Hash(string password)
    {
        var salt = RandomNumberGenerator.GetBytes(SaltLength);
        var hash = Derive(password, salt, cost, R, P, HashLength);
        return string.Create(CultureInfo.InvariantCulture, $"{Scheme}${cost}${R}${P}${Convert.ToBase64String(salt)}${Convert.ToBase64String(hash)}");
    }

    /// <summary>Whether a password is the one that was hashed.</summary>
    /// <exception cref="FormatException">The hash is none that this version makes or knows.</exception>
    public static bool Verify(string password, string stored)
    {
        if (stored.Split('$') is not [Scheme, var cost, var r, var p, var salt, var hash]
            || !TryNumber(cost, MaxCost, out var log2N) || !TryNumber(r, 64, out var blocks) || !TryNumber(p, 64, out var lanes))
        {
            throw new FormatException("the stored password hash is of no known kind");
        }

        var expected = Convert.FromBase64String(hash);
        return CryptographicOperations.FixedTimeEquals(Derive(password, Convert.FromBase64String(salt), log2N, blocks, lanes, expected.Length), expected);
    }

    private static byte[] Derive(string password, byte[] salt, int cost, int r, int p, int length)
    {
        var bytes = Encoding.UTF8.GetBytes(password);
        try
        {
            return SCrypt.Generate(bytes, salt, 1 << cost, r, p, length);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    private static bool TryNumber(string text, int max, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number >= 1 && number <= max;
}
