using System.Collections.Immutable;
using ActorNode.Storage.Sqlite;
using ActorNode.Tezos.Keys;

namespace ActorNode.Tezos.Signers.KeyFiles;

/// <summary>
/// The folder of key files, one file a key, named by its address. Reading needs no lock: files appear whole or not at all. Edits of
/// several processes follow each other by a lock file, and have reached the disk when they return.
/// </summary>
public sealed class KeyFolder(string path, ScryptCost? cost = null)
{
    private const string Extension = ".json";
    private const string LockName = ".lock";
    private const string TemporaryExtension = ".tmp";
    private static readonly TimeSpan LockRetry = TimeSpan.FromMilliseconds(50);

    /// <summary>Full path of the folder. It need not exist: an absent folder has no keys.</summary>
    public string Path { get; } = System.IO.Path.GetFullPath(path);

    /// <summary>How long an edit waits for another process's.</summary>
    public TimeSpan LockTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The keys without their secrets, by address. Files that cannot be read are told apart and harm no others.</summary>
    public KeyListing List()
    {
        var keys = ImmutableArray.CreateBuilder<KeyFile>();
        var problems = ImmutableArray.CreateBuilder<KeyFileProblem>();
        foreach (var file in Files())
        {
            try
            {
                keys.Add(Read(file.FullName));
            }
            catch (KeyFileException unreadable)
            {
                problems.Add(new(file.Name, unreadable.Message));
            }
        }

        return new(keys.ToImmutable(), problems.ToImmutable());
    }

    /// <summary>The key with an address or alias; null when there is none.</summary>
    public KeyFile? Find(string addressOrAlias) => List().Keys.FirstOrDefault(key => key.Hash.ToString() == addressOrAlias || key.Alias == addressOrAlias);

    /// <summary>A new random key.</summary>
    /// <inheritdoc cref="ImportAsync"/>
    public async Task<KeyFile> GenerateAsync(KeyType type, Network network, string? alias, ReadOnlyMemory<byte> passphrase, CancellationToken cancellationToken = default)
    {
        using var secret = SecretKey.Generate(type);
        return await ImportAsync(secret, network, alias, passphrase, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Adds a key, durably. The passphrase must open the keys that are there already, since a node has one for all. The caller keeps, and
    /// clears, key and passphrase.
    /// </summary>
    /// <exception cref="KeyFileException">
    /// The key or its alias is there, the passphrase is another, or the folder is locked or cannot be written.
    /// </exception>
    /// <exception cref="UnsupportedKeyTypeException">The key is a BLS key.</exception>
    public async Task<KeyFile> ImportAsync(SecretKey secret, Network network, string? alias, ReadOnlyMemory<byte> passphrase, CancellationToken cancellationToken = default)
    {
        var added = KeyFile.Seal(secret, network, alias, passphrase.Span, cost);
        try
        {
            CreateFolder();
            using (await LockAsync(cancellationToken).ConfigureAwait(false))
            {
                var listing = List();
                if (listing.Keys.Any(key => key.Hash.Equals(added.Hash)))
                    throw new KeyFileException($"{added.Hash}: the folder has this key already");
                if (alias is not null && listing.Keys.Any(key => key.Alias == alias))
                    throw new KeyFileException($"alias: another key of the folder is called '{alias}'");
                if (!listing.Keys.IsEmpty)
                    MustOpen(listing.Keys[0], passphrase.Span);
                Write(added);
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new KeyFileException($"{Path}: {failure.Message}", failure);
        }

        return added;
    }

    /// <summary>The key files that are there, by name.</summary>
    internal IEnumerable<FileInfo> Files()
    {
        var folder = new DirectoryInfo(Path);
        return folder.Exists
            ? folder.EnumerateFiles("*" + Extension).Where(file => !file.Name.StartsWith('.')).OrderBy(file => file.Name, StringComparer.Ordinal)
            : [];
    }

    /// <exception cref="KeyFileException">The file cannot be read or is no key file.</exception>
    internal static KeyFile Read(string file)
    {
        try
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
            if (stream.Length > KeyFile.MaxLength)
                throw new KeyFileException($"{stream.Length} bytes, must be {KeyFile.MaxLength} at most");
            var json = new byte[stream.Length];
            stream.ReadExactly(json);
            return KeyFile.Parse(json);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new KeyFileException(failure.Message, failure);
        }
    }

    private static void MustOpen(KeyFile other, ReadOnlySpan<byte> passphrase)
    {
        try
        {
            other.Unlock(passphrase).Dispose();
        }
        catch (KeyFileException wrong)
        {
            throw new KeyFileException($"passphrase: does not open {other.Hash}, and the keys of a folder share one", wrong);
        }
    }

    private void CreateFolder()
    {
        if (Directory.Exists(Path))
            return;
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(Path);
        else
            Directory.CreateDirectory(Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private async Task<FileStream> LockAsync(CancellationToken cancellationToken)
    {
        var deadline = Environment.TickCount64 + (long)LockTimeout.TotalMilliseconds;
        while (true)
        {
            try
            {
                return new(System.IO.Path.Combine(Path, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (Environment.TickCount64 < deadline)
            {
                await Task.Delay(LockRetry, cancellationToken).ConfigureAwait(false);
            }
            catch (IOException busy)
            {
                throw new KeyFileException($"{Path}: another process has been editing the keys for {LockTimeout.TotalSeconds:0.#} s", busy);
            }
        }
    }

    private void Write(KeyFile key)
    {
        // Under the lock: what is left of an edit that was killed belongs to nobody.
        foreach (var left in Directory.EnumerateFiles(Path, ".*" + TemporaryExtension))
            File.Delete(left);
        var temporary = System.IO.Path.Combine(Path, $".{key.Hash}{TemporaryExtension}");
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var stream = new FileStream(temporary, options))
        {
            stream.Write(key.ToJson());
            stream.Flush(flushToDisk: true);
        }

        File.Move(temporary, System.IO.Path.Combine(Path, key.Hash + Extension), overwrite: false);
        DurableFolder.Flush(Path);
    }
}
