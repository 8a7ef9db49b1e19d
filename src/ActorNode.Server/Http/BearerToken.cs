using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Primitives;

namespace ActorNode.Server.Http;

/// <summary>
/// The token that opens the API. Keeps its hash only, and compares hashes in constant time, so that neither a dump of the memory nor the
/// time of an answer tells the token.
/// </summary>
public sealed class BearerToken
{
    private const int MinLength = 16;
    private const int MaxFile = 4096;
    private readonly byte[] _hash;

    private BearerToken(string token) => _hash = SHA256.HashData(Encoding.UTF8.GetBytes(token));

    /// <summary>Reads the token from a file: one line of printable ASCII without spaces, at least 16 characters.</summary>
    /// <exception cref="InvalidDataException">The file cannot be read or holds no such token. The message is for operators; it never shows the content.</exception>
    public static BearerToken FromFile(string path)
    {
        string text;
        try
        {
            if (new FileInfo(path).Length > MaxFile)
                throw new InvalidDataException($"actornode.http.token-file: '{path}' is longer than {MaxFile} bytes; it must hold one token");
            text = File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"actornode.http.token-file: '{path}' cannot be read: {e.Message}", e);
        }

        return From(text.TrimEnd('\r', '\n'))
            ?? throw new InvalidDataException(
                $"actornode.http.token-file: '{path}' must hold one line of at least {MinLength} printable ASCII characters without spaces");
    }

    /// <summary>The token, or null when the text is none.</summary>
    internal static BearerToken? From(string token) =>
        token.Length >= MinLength && token.All(c => c is > ' ' and <= '~') ? new BearerToken(token) : null;

    /// <summary>True when the request's one <c>Authorization</c> header carries the token.</summary>
    public bool Opens(StringValues authorization)
    {
        const string Scheme = "Bearer ";
        if (authorization.Count != 1 || authorization[0] is not { } header || !header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
            return false;
        var presented = SHA256.HashData(Encoding.UTF8.GetBytes(header[Scheme.Length..].Trim(' ')));
        return CryptographicOperations.FixedTimeEquals(presented, _hash);
    }
}

/// <summary>Marks an endpoint that needs no token.</summary>
internal sealed class NeedsNoToken
{
    public static readonly NeedsNoToken Instance = new();

    private NeedsNoToken()
    {
    }
}
