using System.Security.Cryptography;
using System.Text;

namespace ActorNode.Server.Http.Jobs;

/// <summary>
/// The node's own key, by which it knows the cookies that it gave away: 32 bytes in a file that its user alone can read. Made where it is
/// missing; without the old one every session has to log in again.
/// </summary>
internal sealed class CookieSecret
{
    /// <summary>In the data folder.</summary>
    public const string FileName = "secret";

    private const int Length = 32;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly byte[] _key;

    private CookieSecret(byte[] key) => _key = key;

    /// <summary>One that ends with the process.</summary>
    public static CookieSecret InMemory() => new(RandomNumberGenerator.GetBytes(Length));

    /// <summary>That of a data folder.</summary>
    /// <exception cref="InvalidDataException">The file cannot be used. The message is for operators and never shows the content.</exception>
    public static CookieSecret Open(string folder)
    {
        var path = Path.Combine(folder, FileName);
        try
        {
            return new CookieSecret(File.Exists(path) ? Read(path) : Create(path));
        }
        catch (Exception unusable) when (unusable is IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"the key of the session cookies '{path}' cannot be used: {unusable.Message}", unusable);
        }
    }

    /// <summary>What stands beside a value that the node gave away.</summary>
    public string Sign(string value) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes($"{SessionCookie.Name}|{value}")));

    /// <summary>Whether the node signed it, in constant time.</summary>
    public bool Signed(string value, string signature) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(Sign(value)), Encoding.UTF8.GetBytes(signature));

    private static byte[] Read(string path)
    {
        if (new FileInfo(path).Length != Length)
            throw new InvalidDataException($"the key of the session cookies '{path}' is not {Length} bytes long; remove it, and every session has to log in again");
        // Older than this rule, or copied from elsewhere.
        if (!OperatingSystem.IsWindows() && File.GetUnixFileMode(path) != OwnerOnly)
            File.SetUnixFileMode(path, OwnerOnly);
        return File.ReadAllBytes(path);
    }

    private static byte[] Create(string path)
    {
        var key = RandomNumberGenerator.GetBytes(Length);
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, Options = FileOptions.WriteThrough };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnerOnly;
        // Under its name only when it is whole, and never in place of one that is there by then.
        var partial = $"{path}.{Guid.NewGuid():N}";
        using (var file = new FileStream(partial, options))
        {
            file.Write(key);
            file.Flush(flushToDisk: true);
        }

        try
        {
            File.Move(partial, path);
            return key;
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(partial);
            return Read(path);
        }
    }
}
