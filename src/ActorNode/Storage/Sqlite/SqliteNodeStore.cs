using System.Collections.Immutable;
using ActorNode.Jobs.Listing;
using Microsoft.Data.Sqlite;

namespace ActorNode.Storage.Sqlite;

/// <summary>
/// The node's data in a SQLite file with a write-ahead log. An exclusive lock on a file beside it keeps other nodes out. After a failure
/// of the file the next commit opens it anew, so the store works again by itself once the cause has gone.
/// </summary>
public sealed class SqliteNodeStore : INodeStore
{
    private readonly StorageSettings _settings;
    private readonly SqliteFile _file;
    private readonly FileStream _ownership;
    private readonly SqliteReaders _readers;

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly StoreThreads _thread = new("actornode sqlite writer", count: 1);

    // Used by whoever has the turn.
    private SqliteWriter? _writer;
    private long _limitedPages;

    // Written by the commit that opens the file, read by readers.
    private volatile IdBuffer _bufferedIds;
    private volatile bool _disposed;

    private SqliteNodeStore(StorageSettings settings, SqliteFile file, FileStream ownership, SqliteWriter writer)
    {
        _settings = settings;
        _file = file;
        _ownership = ownership;
        _writer = writer;
        _bufferedIds = writer.BufferedIds;
        _readers = new SqliteReaders(file, settings.Readers);
        Messages = new SqliteMessageReader(_readers, settings.MaxPageBytes, () => _bufferedIds);
        Upkeep = new SqliteUpkeepReader(_readers);
        Jobs = new SqliteJobsReader(_readers);
        MaxPages = settings.MaxPages;
    }

    /// <inheritdoc/>
    public string Location => _file.Path;

    /// <inheritdoc/>
    public IMessageReader Messages { get; }

    /// <inheritdoc/>
    public IUpkeepReader Upkeep { get; }

    /// <inheritdoc/>
    public IJobsReader Jobs { get; }

    /// <summary>Pages that the database may have; 0: no limit. May be changed at any time; counts from the next commit on.</summary>
    public long MaxPages { get; set => Volatile.Write(ref field, value); }

    /// <summary>Opens the file, creating it and its folder where they are not there.</summary>
    /// <exception cref="StoreOpenException">The file is in use, of a newer schema, of another program, or cannot be used.</exception>
    public static Task<SqliteNodeStore> OpenAsync(StorageSettings settings, CancellationToken cancellationToken) =>
        Task.Run(() => Open(settings), cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<ImmutableArray<CommitResult>> CommitAsync(IReadOnlyList<CommitCommand> commands, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return await _thread.RunAsync(() => Commit(commands)).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _turn.WaitAsync().ConfigureAwait(false);
        try
        {
            if (_disposed)
                return;
            _disposed = true;
            await _readers.DisposeAsync().ConfigureAwait(false);
            // The last connection to close copies the log to the database file, which may take a while.
            await _thread.RunAsync(() =>
            {
                DropWriter();
                return true;
            }).ConfigureAwait(false);
            _thread.Dispose();
            await _ownership.DisposeAsync().ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    private static SqliteNodeStore Open(StorageSettings settings)
    {
        var file = new SqliteFile(settings);
        var folder = Path.GetDirectoryName(file.Path)!;
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new StoreOpenException($"The data folder {folder} cannot be created: {failure.Message}", failure);
        }

        var ownership = FileOwnership.Take(file.Path);
        SqliteConnection? connection = null;
        try
        {
            connection = file.Create();
            return new SqliteNodeStore(settings, file, ownership, new SqliteWriter(connection, settings));
        }
        catch
        {
            connection?.Dispose();
            ownership.Dispose();
            throw;
        }
    }

    private ImmutableArray<CommitResult> Commit(IReadOnlyList<CommitCommand> commands)
    {
        try
        {
            var writer = _writer ?? Reopen();
            var pages = MaxPages;
            if (pages != _limitedPages)
                writer.LimitPages(pages);
            _limitedPages = pages;
            return writer.Commit(commands);
        }
        catch (SqliteException failure) when (SqliteFailure.IsUnavailable(failure))
        {
            var outcomeUnknown = _writer is { Committing: true };
            DropWriter();
            throw SqliteFailure.Unavailable(Location, failure, outcomeUnknown);
        }
        catch (StoreUnavailableException)
        {
            DropWriter();
            throw;
        }
        catch when (_writer is { IsBroken: true })
        {
            DropWriter();
            throw;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            DropWriter();
            throw new StoreUnavailableException($"{Location}: {failure.Message}", failure);
        }
    }

    private SqliteWriter Reopen()
    {
        // Connections of one process share what they know of the file (that it is read-only, for one), so all are opened anew.
        _readers.Renew();
        var connection = _file.Reopen();
        try
        {
            _writer = new SqliteWriter(connection, _settings);
        }
        catch
        {
            connection.Dispose();
            throw;
        }

        _limitedPages = 0;
        _bufferedIds = _writer.BufferedIds;
        return _writer;
    }

    private void DropWriter()
    {
        _writer?.Dispose();
        _writer = null;
    }
}
