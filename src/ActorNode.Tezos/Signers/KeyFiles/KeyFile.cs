using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ActorNode.Tezos.Codec;
using ActorNode.Tezos.Keys;
using Org.BouncyCastle.Crypto.Generators;

namespace ActorNode.Tezos.Signers.KeyFiles;

/// <summary>
/// One key in a file: the public part in clear, the secret under a passphrase. The public part is authenticated with the secret, so that
/// a file whose address or parameters were changed does not open.
/// </summary>
public sealed class KeyFile
{
    /// <summary>Bytes of a file, at most.</summary>
    public const int MaxLength = 16 * 1024;

    /// <summary>Characters of an alias, at most.</summary>
    public const int MaxAliasLength = 64;

    private const int Version = 1;
    private const string Kdf = "scrypt";
    private const string Cipher = "aes-256-gcm";
    private const int CipherKeyLength = 32;
    private const int SaltLength = 32;

    private readonly KeyFileContent _content;

    private KeyFile(KeyFileContent content, PublicKeyHash hash, PublicKey publicKey) => (_content, Hash, PublicKey) = (content, hash, publicKey);

    public PublicKeyHash Hash { get; }

    public PublicKey PublicKey { get; }

    public string? Alias => _content.Alias;

    /// <summary>Encrypts a key. The caller keeps, and clears, the key and the passphrase.</summary>
    /// <exception cref="UnsupportedKeyTypeException">The key is a BLS key.</exception>
    /// <exception cref="KeyFileException">The passphrase is empty or the alias not allowed.</exception>
    public static KeyFile Seal(SecretKey secret, Network network, string? alias, ReadOnlySpan<byte> passphrase, ScryptCost? cost = null)
    {
        ArgumentNullException.ThrowIfNull(secret);
        if (secret.Type == KeyType.Bls12381)
            throw UnsupportedKeyTypeException.Bls("import keys");
        if (passphrase.IsEmpty)
            throw new KeyFileException("passphrase: must not be empty");
        if (ProblemOfAlias(alias) is { } badAlias)
            throw new KeyFileException(badAlias);
        cost ??= ScryptCost.Default;
        if (cost.Problem() is { } problem)
            throw new KeyFileException(problem);
        var publicKey = secret.GetPublicKey();
        var hash = publicKey.Hash(network);
        var content = new KeyFileContent(
            Version,
            hash.ToString(),
            publicKey.ToString(),
            alias,
            new(
                Kdf, cost.N, cost.R, cost.P, RandomNumberGenerator.GetBytes(SaltLength),
                Cipher, RandomNumberGenerator.GetBytes(AesGcm.NonceByteSizes.MaxSize), new byte[AesGcm.TagByteSizes.MaxSize], new byte[SecretKey.Length]));
        Span<byte> clear = stackalloc byte[SecretKey.Length];
        secret.CopyTo(clear);
        try
        {
            using var cipher = CipherOf(content.Secret, passphrase);
            cipher.Encrypt(content.Secret.Nonce, clear, content.Secret.Data, content.Secret.Tag, Authenticated(content));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(clear);
        }

        return new(content, hash, publicKey);
    }

    /// <summary>Reads a file without opening it.</summary>
    /// <exception cref="KeyFileException">The text is no key file.</exception>
    public static KeyFile Parse(ReadOnlySpan<byte> json)
    {
        if (json.Length > MaxLength)
            throw new KeyFileException($"{json.Length} bytes, must be {MaxLength} at most");
        try
        {
            var content = JsonSerializer.Deserialize(json, KeyFileJson.Default.KeyFileContent) ?? throw new KeyFileException("is null");
            if (content.Version != Version)
                throw new KeyFileException($"version: {content.Version}, this node reads {Version}");
            if (content.Secret is not { Kdf: Kdf, Cipher: Cipher })
                throw new KeyFileException($"secret: must be encrypted with {Kdf} and {Cipher}");
            if (new ScryptCost(content.Secret.N, content.Secret.R, content.Secret.P).Problem() is { } cost)
                throw new KeyFileException(cost);
            if (content.Secret.Nonce.Length != AesGcm.NonceByteSizes.MaxSize || content.Secret.Tag.Length != AesGcm.TagByteSizes.MaxSize || content.Secret.Data.Length != SecretKey.Length)
                throw new KeyFileException("secret: nonce, tag or data have the wrong length");
            if (ProblemOfAlias(content.Alias) is { } alias)
                throw new KeyFileException(alias);
            var hash = PublicKeyHash.Parse(content.PublicKeyHash);
            var publicKey = PublicKey.Parse(content.PublicKey);
            if (!publicKey.Hash(hash.Network).Equals(hash))
                throw new KeyFileException("publicKeyHash: is not the hash of publicKey");
            return new(content, hash, publicKey);
        }
        catch (JsonException malformed)
        {
            throw new KeyFileException($"is no key file: {malformed.Message}", malformed);
        }
        catch (TezosFormatException malformed)
        {
            throw new KeyFileException(malformed.Message, malformed);
        }
    }

    public byte[] ToJson() => [.. JsonSerializer.SerializeToUtf8Bytes(_content, KeyFileJson.Default.KeyFileContent), (byte)'\n'];

    /// <summary>Decrypts the key, which takes the time and memory of its scrypt cost. The caller disposes it.</summary>
    /// <exception cref="KeyFileException">The passphrase is wrong or the file was changed; nobody can tell which.</exception>
    public SecretKey Unlock(ReadOnlySpan<byte> passphrase)
    {
        Span<byte> clear = stackalloc byte[SecretKey.Length];
        try
        {
            using var cipher = CipherOf(_content.Secret, passphrase);
            cipher.Decrypt(_content.Secret.Nonce, _content.Secret.Data, _content.Secret.Tag, clear, Authenticated(_content));
            var secret = SecretKey.FromBytes(PublicKey.Type, clear);
            if (secret.GetPublicKey().Equals(PublicKey))
                return secret;
            secret.Dispose();
            throw new KeyFileException($"{Hash}: the secret key does not belong to the public key");
        }
        catch (AuthenticationTagMismatchException wrong)
        {
            throw new KeyFileException($"{Hash}: wrong passphrase, or the file was changed", wrong);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(clear);
        }
    }

    /// <summary>The address.</summary>
    public override string ToString() => Hash.ToString();

    private static string? ProblemOfAlias(string? alias) =>
        alias is null ? null
        : alias.Length is 0 or > MaxAliasLength ? $"alias: {alias.Length} characters, must be 1 to {MaxAliasLength}"
        : alias.Any(char.IsControl) ? "alias: has a control character"
        : null;

    private static AesGcm CipherOf(SealedSecret secret, ReadOnlySpan<byte> passphrase)
    {
        var copy = GC.AllocateUninitializedArray<byte>(passphrase.Length, pinned: true);
        passphrase.CopyTo(copy);
        byte[]? key = null;
        try
        {
            key = SCrypt.Generate(copy, secret.Salt, secret.N, secret.R, secret.P, CipherKeyLength);
            return new(key, AesGcm.TagByteSizes.MaxSize);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(copy);
            CryptographicOperations.ZeroMemory(key);
        }
    }

    /// <summary>Everything in clear, each field with its length, so that no two files have the same bytes.</summary>
    private static byte[] Authenticated(KeyFileContent content)
    {
        var text = new StringBuilder("actornode key file");
        foreach (var field in new[]
        {
            $"{content.Version}", content.PublicKeyHash, content.PublicKey, content.Alias is null ? "" : $"alias {content.Alias}",
            content.Secret.Kdf, $"{content.Secret.N} {content.Secret.R} {content.Secret.P}", Convert.ToHexString(content.Secret.Salt), content.Secret.Cipher,
        })
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"\n{field.Length}:{field}");
        return Encoding.UTF8.GetBytes(text.ToString());
    }
}
