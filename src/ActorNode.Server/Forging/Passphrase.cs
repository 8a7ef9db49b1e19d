using System.Security.Cryptography;
using System.Text;

namespace ActorNode.Server.Forging;

/// <summary>
/// The passphrase of the key files: one line of text. Pinned, cleared when it is disposed, and shown by nothing. All errors name where it
/// was looked for and the rule, never the text.
/// </summary>
internal sealed class Passphrase : IDisposable
{
    /// <summary>The environment variable that may hold it, for commands and for the node.</summary>
    public const string Variable = "ACTORNODE_KEYS_PASSPHRASE";

    /// <summary>Bytes of UTF-8, at most.</summary>
    public const int MaxLength = 1024;

    private readonly byte[] _bytes;

    private Passphrase(ReadOnlySpan<byte> bytes)
    {
        _bytes = GC.AllocateUninitializedArray<byte>(bytes.Length, pinned: true);
        bytes.CopyTo(_bytes);
    }

    /// <summary>UTF-8, valid until it is disposed.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes;

    /// <summary>The passphrase in a file; one line ending after it does not count. <paramref name="source"/> is what errors call the file's setting.</summary>
    /// <exception cref="PassphraseException">The file cannot be read or holds no passphrase.</exception>
    public static Passphrase FromFile(string path, string source)
    {
        Span<byte> read = stackalloc byte[MaxLength + 3];
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            var line = read[..file.ReadAtLeast(read, read.Length, throwOnEndOfStream: false)];
            line = line.EndsWith("\r\n"u8) ? line[..^2] : line.EndsWith("\n"u8) ? line[..^1] : line;
            return From(line, $"{source}: '{path}'");
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new PassphraseException($"{source}: '{path}' cannot be read: {unreadable.Message}");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(read);
        }
    }

    /// <exception cref="PassphraseException">The text is no passphrase.</exception>
    public static Passphrase FromText(string text, string source)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        try
        {
            return From(bytes, source);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    /// <summary>Whether both are the same, in a time that does not tell.</summary>
    public bool Matches(Passphrase other) => CryptographicOperations.FixedTimeEquals(_bytes, other._bytes);

    /// <inheritdoc/>
    public void Dispose() => CryptographicOperations.ZeroMemory(_bytes);

    private static Passphrase From(ReadOnlySpan<byte> bytes, string source) =>
        bytes.IsEmpty ? throw new PassphraseException($"{source} must hold a passphrase, and is empty")
        : bytes.Length > MaxLength ? throw new PassphraseException($"{source} must hold a passphrase of at most {MaxLength} bytes")
        : bytes.ContainsAny((byte)'\r', (byte)'\n') ? throw new PassphraseException($"{source} must hold one line, the passphrase")
        : new(bytes);
}

/// <summary>There is no passphrase where one was looked for. The message is for operators.</summary>
internal sealed class PassphraseException(string message) : Exception(message);
