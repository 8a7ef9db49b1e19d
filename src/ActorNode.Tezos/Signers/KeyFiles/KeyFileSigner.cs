using System.Collections.Immutable;
using System.Security.Cryptography;
using ActorNode.Forging;
using ActorNode.Protocol.Forging;
using ActorNode.Tezos.Keys;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace ActorNode.Tezos.Signers.KeyFiles;

/// <summary>
/// Signs with the keys of a folder, in the calling thread. Keys that are added to or removed from the folder come and go while it runs:
/// every listing looks at all files, a signature at its key's file alone, and one of an unknown key looks for new files. Only new and
/// changed files are decrypted, and no signature of an open key waits for that. A file that cannot be opened is logged, shown in
/// <see cref="Problems"/>, and harms no other key.
/// </summary>
public sealed class KeyFileSigner : ISigner, IDisposable
{
    private readonly KeyFolder _folder;
    private readonly byte[] _passphrase;
    private readonly ILogger _log;

    // Held while the folder is read. What was read is replaced as a whole, so signatures need no lock.
    private readonly SemaphoreSlim _reading = new(1);
    private volatile OpenFolder _open = OpenFolder.Empty;
    private bool _disposed;

    /// <summary>Copies the passphrase; the caller clears its own. Files are opened at the first call.</summary>
    public KeyFileSigner(KeyFolder folder, ReadOnlySpan<byte> passphrase, ILogger<KeyFileSigner>? log = null)
    {
        _folder = folder;
        _passphrase = GC.AllocateUninitializedArray<byte>(passphrase.Length, pinned: true);
        passphrase.CopyTo(_passphrase);
        _log = log ?? NullLogger<KeyFileSigner>.Instance;
    }

    /// <summary>The files that give no key, as of the last look at the folder.</summary>
    public ImmutableArray<KeyFileProblem> Problems => _open.Problems;

    /// <inheritdoc/>
    public async ValueTask<ImmutableArray<SignerKey>> GetKeysAsync(CancellationToken cancellationToken)
    {
        var open = await ReadAsync(cancellationToken).ConfigureAwait(false);
        return [.. open.Keys.Values.Select(file => file.Key!.ToSignerKey()).OrderBy(key => key.Id.Value, StringComparer.Ordinal)];
    }

    /// <inheritdoc/>
    public ValueTask<string> SignAsync(ConsensusKeyId key, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled<string>(cancellationToken);
        return _open.Keys.TryGetValue(key, out var file) && File.Exists(file.Path)
            ? new(Sign(file, payload))
            : ReadAndSignAsync(key, payload, cancellationToken);
    }

    /// <summary>Clears the keys and the passphrase.</summary>
    public void Dispose()
    {
        _reading.Wait();
        try
        {
            _disposed = true;
            foreach (var file in _open.Files.Values)
                file.Key?.Dispose();
            CryptographicOperations.ZeroMemory(_passphrase);
        }
        finally
        {
            _reading.Release();
        }
    }

    private static string Sign(OpenFile file, ReadOnlyMemory<byte> payload)
    {
        try
        {
            return file.Key!.Sign(payload.Span).ToString();
        }
        catch (ObjectDisposedException)
        {
            // The file went away since it was looked up.
            throw SignerErrors.UnknownKey(file.Key!.Id);
        }
    }

    private async ValueTask<string> ReadAndSignAsync(ConsensusKeyId key, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        var open = await ReadAsync(cancellationToken).ConfigureAwait(false);
        return open.Keys.TryGetValue(key, out var file) ? Sign(file, payload) : throw SignerErrors.UnknownKey(key);
    }

    private async Task<OpenFolder> ReadAsync(CancellationToken cancellationToken)
    {
        await _reading.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            // Decryption takes its time by design.
            return await Task.Run(Read, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new SignerUnavailableException($"the folder of keys cannot be read: {failure.Message}", failure);
        }
        finally
        {
            _reading.Release();
        }
    }

    private OpenFolder Read()
    {
        var before = _open;
        var files = _folder.Files().AsParallel().AsOrdered()
            .Select(file => before.Files.TryGetValue(file.Name, out var open) && open.IsOf(file) ? open : Open(file))
            .ToList();
        var after = OpenFolder.Of(files);
        foreach (var problem in after.Problems.Except(before.Problems))
            _log.LogWarning("Key file {File} gives no key: {Problem}", problem.File, problem.Problem);
        _open = after;
        foreach (var closed in before.Files.Values.Except(after.Files.Values))
            closed.Key?.Dispose();
        return after;
    }

    private OpenFile Open(FileInfo file)
    {
        SecretKey? secret = null;
        try
        {
            var content = KeyFolder.Read(file.FullName);
            secret = content.Unlock(_passphrase);
            return new(file, new SigningKey(secret, content.Hash.Network, content.Alias), problem: null);
        }
        catch (KeyFileException unusable)
        {
            secret?.Dispose();
            return new(file, key: null, unusable.Message);
        }
    }

    /// <summary>A file as it was when it was opened.</summary>
    private sealed class OpenFile(FileInfo file, SigningKey? key, string? problem)
    {
        private readonly (long Length, DateTime Written) _stamp = (file.Length, file.LastWriteTimeUtc);

        public string Path { get; } = file.FullName;

        public string Name { get; } = file.Name;

        public SigningKey? Key { get; } = key;

        public string? Problem { get; } = problem;

        public bool IsOf(FileInfo now) => _stamp == (now.Length, now.LastWriteTimeUtc);
    }

    /// <summary>What one reading of the folder found.</summary>
    private sealed record OpenFolder(
        ImmutableDictionary<string, OpenFile> Files, ImmutableDictionary<ConsensusKeyId, OpenFile> Keys, ImmutableArray<KeyFileProblem> Problems)
    {
        public static readonly OpenFolder Empty = Of([]);

        public static OpenFolder Of(IReadOnlyList<OpenFile> files)
        {
            var keys = ImmutableDictionary.CreateBuilder<ConsensusKeyId, OpenFile>();
            var problems = ImmutableArray.CreateBuilder<KeyFileProblem>();
            foreach (var file in files)
            {
                if (file.Key is not { } key)
                    problems.Add(new(file.Name, file.Problem!));
                else if (!keys.TryAdd(key.Id, file))
                    problems.Add(new(file.Name, $"the key {key.Id} is in {keys[key.Id].Name} already"));
            }

            return new(files.ToImmutableDictionary(file => file.Name), keys.ToImmutable(), problems.ToImmutable());
        }
    }
}
