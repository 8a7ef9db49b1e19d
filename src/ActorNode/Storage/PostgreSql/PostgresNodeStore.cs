using System.Collections.Immutable;
using ActorNode.Jobs.Listing;
using Npgsql;

namespace ActorNode.Storage.PostgreSql;

/// <summary>
/// The node's data in a PostgreSQL database, in schema <c>actornode</c>. The connection that writes holds an advisory lock, which keeps
/// other nodes out, and every transaction checks that no other node was the owner meanwhile. After a failure the next commit connects
/// anew, so the store works again by itself once the server does. A pooler that hands out a connection per transaction cannot stand in
/// between: the lock belongs to the session.
/// </summary>
public sealed class PostgresNodeStore : INodeStore
{
    private readonly StorageSettings _settings;
    private readonly PostgresDatabase _database;
    private readonly long _epoch;

    private readonly SemaphoreSlim _turn = new(1, 1);

    // Used by whoever has the turn.
    private PostgresWriter? _writer;
    private volatile bool _disposed;

    private PostgresNodeStore(StorageSettings settings, PostgresDatabase database, NpgsqlConnection connection, long epoch)
    {
        _settings = settings;
        _database = database;
        Messages = new PostgresMessageReader(database, settings.MaxPageBytes);
        Upkeep = new PostgresUpkeepReader(database);
        Jobs = new PostgresJobsReader(database);
        _epoch = epoch;
        _writer = new PostgresWriter(database, connection, epoch, settings.CachedAccounts);
    }

    /// <inheritdoc/>
    public string Location => _database.Location;

    /// <inheritdoc/>
    public IMessageReader Messages { get; }

    /// <inheritdoc/>
    public IUpkeepReader Upkeep { get; }

    /// <inheritdoc/>
    public IJobsReader Jobs { get; }

    /// <summary>Connects, brings the schema up to date and makes this node the database's owner.</summary>
    /// <exception cref="StoreOpenException">Another node uses the database, its schema is newer, or the settings do not work.</exception>
    /// <exception cref="StoreUnavailableException">The server does not answer now.</exception>
    public static async Task<PostgresNodeStore> OpenAsync(StorageSettings settings, CancellationToken cancellationToken)
    {
        var database = new PostgresDatabase(settings);
        try
        {
            var (connection, epoch) = await database.TakeAsync(cancellationToken).ConfigureAwait(false);
            return new PostgresNodeStore(settings, database, connection, epoch);
        }
        catch
        {
            await database.Readers.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<ImmutableArray<CommitResult>> CommitAsync(IReadOnlyList<CommitCommand> commands, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return await CommitAsync(commands).ConfigureAwait(false);
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
            await DropWriterAsync().ConfigureAwait(false);
            await _database.Readers.DisposeAsync().ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<ImmutableArray<CommitResult>> CommitAsync(IReadOnlyList<CommitCommand> commands)
    {
        try
        {
            _writer ??= new PostgresWriter(_database, await _database.RetakeAsync(_epoch).ConfigureAwait(false), _epoch, _settings.CachedAccounts);
            return await _writer.CommitAsync(commands).ConfigureAwait(false);
        }
        catch (Exception failure) when (PostgresFailure.IsUnavailable(failure))
        {
            var outcomeUnknown = OutcomeUnknown;
            await DropWriterAsync().ConfigureAwait(false);
            throw PostgresFailure.Unavailable(Location, failure, outcomeUnknown);
        }
        catch (Exception failure) when (failure is not StoreUnavailableException && _writer is { IsConnected: false })
        {
            // The connection went away under a call that tells it in its own way.
            var outcomeUnknown = OutcomeUnknown;
            await DropWriterAsync().ConfigureAwait(false);
            throw new StoreUnavailableException($"{Location}: the connection was lost: {failure.Message.TrimEnd('.')}.", failure) { OutcomeUnknown = outcomeUnknown };
        }
        catch (StoreUnavailableException)
        {
            await DropWriterAsync().ConfigureAwait(false);
            throw;
        }
    }

    private bool OutcomeUnknown => _writer is { Committing: true };

    private async Task DropWriterAsync()
    {
        if (_writer is not { } writer)
            return;
        _writer = null;
        await writer.DisposeAsync().ConfigureAwait(false);
    }
}
