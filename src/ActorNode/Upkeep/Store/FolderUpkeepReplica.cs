using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using ActorNode.Storage;
using ActorNode.Storage.Sqlite;

namespace ActorNode.Upkeep.Store;

/// <summary>
/// Upkeep's values as files, in the layout of LDK's <c>FilesystemStore</c>: a folder that LDK wrote opens, and LDK opens what is written
/// here. A value is written to a temporary file, flushed, and renamed over the old one, and the folder is flushed: after a crash the old
/// value is there or the new one. One node at a time uses a folder.
/// </summary>
public sealed class FolderUpkeepReplica : IUpkeepReplica
{
    private const int Threads = 2;
    private const int ReadAttempts = 100;

    private readonly FolderLayout _layout;
    private readonly long _maxValueBytes;
    private readonly FileStream _ownership;
    private readonly StoreThreads _threads = new("actornode upkeep folder", Threads);
    private readonly Lock _removals = new();

    /// <summary>The writes that the values come from, as far as is known for sure.</summary>
    private readonly ConcurrentDictionary<UpkeepKey, FolderStamp.Write> _known = [];

    private long _temporaries;
    private UpkeepStamp _removed;

    private FolderUpkeepReplica(FolderLayout layout, long maxValueBytes, FileStream ownership)
    {
        _layout = layout;
        _maxValueBytes = maxValueBytes;
        _ownership = ownership;
    }

    /// <inheritdoc/>
    public string Location => _layout.Root;

    /// <summary>Opens a folder; creates it where its parent exists, so that a disk that is not mounted is not taken for an empty one.</summary>
    /// <exception cref="StoreOpenException">Another node uses it, or it cannot be used.</exception>
    public static Task<FolderUpkeepReplica> OpenAsync(string folder, UpkeepStoreSettings settings, CancellationToken cancellationToken) =>
        Task.Run(() => Open(new FolderLayout(folder), settings.MaxValueBytes), cancellationToken);

    /// <inheritdoc/>
    public Task<UpkeepContents> ContentsAsync(CancellationToken cancellationToken) => RunAsync(() =>
    {
        var values = ImmutableDictionary.CreateBuilder<UpkeepKey, UpkeepStamp>();
        var (sequence, @base) = (_removed.Sequence, _removed.Base);
        foreach (var key in _layout.Keys())
        {
            cancellationToken.ThrowIfCancellationRequested();
            var stamp = WriteOf(key)?.Stamp ?? default;
            values.Add(key, stamp);
            (sequence, @base) = (Math.Max(sequence, stamp.Sequence), Math.Max(@base, stamp.Base));
        }

        return new UpkeepContents { Values = values.ToImmutable(), HighSequence = sequence, HighBase = @base };
    });

    /// <inheritdoc/>
    public Task<UpkeepValue?> ReadAsync(UpkeepKey key, CancellationToken cancellationToken) => RunAsync(() =>
    {
        for (var attempt = 1; ; attempt++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (Bytes(key) is not { } bytes)
                return (UpkeepValue?)null;
            // Beside a writer the stamp may already be the next one's: the hash tells, and the value is read again.
            if (StampFile(key) is not { } stamp)
                return new UpkeepValue(default, bytes);
            if (Match(stamp, bytes.Length, () => SHA256.HashData(bytes)) is { } write)
                return new UpkeepValue(write.Stamp, bytes);
            if (attempt == ReadAttempts)
                return new UpkeepValue(default, bytes);
        }
    });

    /// <inheritdoc/>
    public Task PutAsync(UpkeepKey key, UpkeepValue value) => RunAsync(() =>
    {
        UpkeepValueTooLargeException.Check(key, value.Bytes.Length, _maxValueBytes);
        RefuseLostFolder();
        var next = new FolderStamp.Write(value.Stamp, value.Bytes.Length, Convert.ToHexStringLower(SHA256.HashData(value.Bytes.Span)));
        var before = _known.TryRemove(key, out var known) ? known : WriteOf(key);
        Replace(_layout.StampOf(key), Encoding.UTF8.GetBytes(new FolderStamp(before is null ? [next] : [before, next]).Text()));
        Replace(_layout.ValueOf(key), value.Bytes);
        RefuseLostFolder();
        _known[key] = next;
        return true;
    });

    /// <inheritdoc/>
    public Task RemoveAsync(UpkeepKey key, UpkeepStamp stamp) => RunAsync(() =>
    {
        RefuseLostFolder();
        NoteRemoval(stamp);
        var value = _layout.ValueOf(key);
        _known.TryRemove(key, out _);
        if (File.Exists(value))
        {
            File.Delete(value);
            DurableFolder.FlushOne(Path.GetDirectoryName(value)!);
        }

        File.Delete(_layout.StampOf(key));
        RefuseLostFolder();
        return true;
    });

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _threads.Dispose();
        return _ownership.DisposeAsync();
    }

    private static FolderUpkeepReplica Open(FolderLayout layout, long maxValueBytes)
    {
        FileStream? ownership = null;
        try
        {
            var isNew = !Directory.Exists(layout.Root);
            if (isNew && !Directory.Exists(Path.GetDirectoryName(layout.Root)))
                throw new StoreOpenException($"{layout.Root} cannot be created: its parent folder does not exist.");
            Directory.CreateDirectory(layout.Stamps);
            ownership = FileOwnership.TakeFile(layout.Lock, layout.Root);
            foreach (var leftover in layout.Leftovers().ToList())
                File.Delete(leftover);
            DurableFolder.Flush(layout.Stamps);
            var replica = new FolderUpkeepReplica(layout, maxValueBytes, ownership);
            if (File.Exists(layout.Removed))
                replica._removed = FolderStamp.Parse(layout.Removed, File.ReadAllText(layout.Removed)).Writes[0].Stamp;
            return replica;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or StoreUnavailableException)
        {
            ownership?.Dispose();
            throw new StoreOpenException($"{layout.Root} cannot be used: {failure.Message}", failure);
        }
    }

    /// <summary>
    /// A folder whose disk is gone is not replaced by one on another disk. Asked before a write and after it: the disk may go meanwhile.
    /// </summary>
    private void RefuseLostFolder()
    {
        if (!File.Exists(_layout.Lock))
            throw new StoreUnavailableException($"{Location} is not the folder that was opened at the start; is its disk mounted?") { OutcomeUnknown = true };
    }

    /// <summary>The write that the value of a key comes from; null: no value, or one that was not written by a node.</summary>
    private FolderStamp.Write? WriteOf(UpkeepKey key)
    {
        var value = _layout.ValueOf(key);
        if (StampFile(key) is not { } stamp || !File.Exists(value))
            return null;
        return Match(stamp, new FileInfo(value).Length, () =>
        {
            using var file = File.OpenRead(value);
            return SHA256.HashData(file);
        });
    }

    private FolderStamp? StampFile(UpkeepKey key)
    {
        var file = _layout.StampOf(key);
        try
        {
            return FolderStamp.Parse(file, File.ReadAllText(file));
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    /// <summary>The last of the writes that made these bytes.</summary>
    private static FolderStamp.Write? Match(FolderStamp stamp, long length, Func<byte[]> hash)
    {
        if (stamp.Writes.All(write => write.Length != length))
            return null;
        var actual = Convert.ToHexStringLower(hash());
        return stamp.Writes.LastOrDefault(write => write.Length == length && write.Hash == actual);
    }

    private byte[]? Bytes(UpkeepKey key)
    {
        try
        {
            using var file = new FileStream(_layout.ValueOf(key), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            UpkeepValueTooLargeException.Check(key, file.Length, _maxValueBytes);
            var bytes = GC.AllocateUninitializedArray<byte>((int)file.Length);
            file.ReadExactly(bytes);
            return bytes;
        }
        catch (Exception none) when (none is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private void NoteRemoval(UpkeepStamp stamp)
    {
        lock (_removals)
        {
            var highest = new UpkeepStamp(Math.Max(_removed.Sequence, stamp.Sequence), stamp.Session, Math.Max(_removed.Base, stamp.Base));
            Replace(_layout.Removed, Encoding.UTF8.GetBytes(new FolderStamp([new FolderStamp.Write(highest, 0, "-")]).Text()));
            _removed = highest;
        }
    }

    /// <summary>Replaces a file, whole or not at all, and makes that durable.</summary>
    private void Replace(string file, ReadOnlyMemory<byte> bytes)
    {
        var folder = Path.GetDirectoryName(file)!;
        if (!Directory.Exists(folder))
        {
            RefuseLostFolder();
            Directory.CreateDirectory(folder);
            DurableFolder.Flush(folder);
        }

        var temporary = $"{file}.{Interlocked.Increment(ref _temporaries)}{FolderLayout.Temporary}";
        try
        {
            using (var handle = File.OpenHandle(temporary, FileMode.Create, FileAccess.Write, FileShare.None, FileOptions.None, bytes.Length))
            {
                RandomAccess.Write(handle, bytes.Span, fileOffset: 0);
                RandomAccess.FlushToDisk(handle);
            }

            File.Move(temporary, file, overwrite: true);
        }
        catch
        {
            TryDelete(temporary);
            throw;
        }

        DurableFolder.FlushOne(folder);
    }

    /// <summary>A temporary file that stays is removed at the next opening; the failure before is what the caller hears of.</summary>
    private static void TryDelete(string temporary)
    {
        try
        {
            File.Delete(temporary);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
        }
    }

    private async Task<T> RunAsync<T>(Func<T> work)
    {
        try
        {
            return await _threads.RunAsync(work).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new StoreUnavailableException($"{Location}: {failure.Message}", failure) { OutcomeUnknown = true };
        }
    }
}
