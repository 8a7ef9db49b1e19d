using Akka.Persistence.Sql.Config;
using Akka.Persistence.Sql.Journal;
using Npgsql;

namespace Akka.Persistence.Sql.PostgreSql;

/// <summary>A journal in a PostgreSQL database: one connection that writes, some that read.</summary>
internal sealed class PostgresJournalStore : IJournalStore
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LastPause = TimeSpan.FromSeconds(2);

    private readonly JournalSettings _settings;
    private readonly JournalSerializer _serializer;
    private readonly string _writerUuid;
    private readonly PostgresDatabase _database;
    private readonly string _highest;
    private readonly string _page;
    private PostgresJournalWriter? _writer;
    private Exception? _lastFailure;
    private TimeSpan _pause;
    private DateTime _notBefore;
    private volatile bool _isOpen;

    public PostgresJournalStore(JournalSettings settings, JournalSerializer serializer, string writerUuid)
    {
        (_settings, _serializer, _writerUuid) = (settings, serializer, writerUuid);
        _database = new PostgresDatabase(settings.Sql);
        var journal = settings.Journal;
        var (table, id, number) = (_database.Table(journal.Name), Quote(journal.PersistenceId), Quote(journal.SequenceNumber));
        var highest = $"SELECT max({number}) FROM {table} WHERE {id} = $1";
        _highest = settings.Metadata is { } metadata
            ? $"SELECT greatest(({highest}), (SELECT max({Quote(metadata.SequenceNumber)}) FROM {_database.Table(metadata.Name)} WHERE {Quote(metadata.PersistenceId)} = $1))"
            : highest;
        _page = $"SELECT {number}, {Quote(journal.Created)}, {Quote(journal.Message)}, {Quote(journal.Identifier)}, {Quote(journal.Manifest)}, "
            + $"{(journal.WriterUuid is { } writer ? Quote(writer) : "NULL::text")} FROM {table} "
            + $"WHERE {id} = $1 AND {number} >= $2 AND {number} <= $3 AND NOT {Quote(journal.Deleted)} ORDER BY {number} LIMIT $4";
    }

    public bool IsOpen => _isOpen;

    public async ValueTask OpenAsync()
    {
        if (_writer is not null)
            return;
        if (_lastFailure is not null && DateTime.UtcNow < _notBefore)
            throw PostgresFailure.Unavailable(_database.Location, _lastFailure);
        try
        {
            var connection = await _database.OpenWriterAsync(PostgresSchema.Journal(_database, _settings)).ConfigureAwait(false);
            _writer = await PostgresJournalWriter.CreateAsync(_database, connection, _settings, _writerUuid).ConfigureAwait(false);
            _lastFailure = null;
            _pause = TimeSpan.Zero;
            _isOpen = true;
        }
        catch (Exception failure) when (failure is NpgsqlException || PostgresFailure.IsUnavailable(failure))
        {
            // Meanwhile writes fail at once.
            _lastFailure = failure;
            _pause = _pause == TimeSpan.Zero ? FirstPause : _pause * 2 < LastPause ? _pause * 2 : LastPause;
            _notBefore = DateTime.UtcNow + _pause;
            throw PostgresFailure.Unavailable(_database.Location, failure);
        }
    }

    public async ValueTask WriteAsync(ReadOnlyMemory<WriteCommand> commands)
    {
        await OpenAsync().ConfigureAwait(false);
        await RunAsync((writer: _writer!, commands), static async of =>
        {
            await of.writer.WriteAsync(of.commands).ConfigureAwait(false);
            return true;
        }).ConfigureAwait(false);
    }

    public async ValueTask<bool> IsStoredAsync(JournalRow row)
    {
        await OpenAsync().ConfigureAwait(false);
        return await RunAsync((writer: _writer!, row), static of => of.writer.IsStoredAsync(of.row)).ConfigureAwait(false);
    }

    public async ValueTask DeleteAsync(string persistenceId, long toSequenceNr)
    {
        await OpenAsync().ConfigureAwait(false);
        await RunAsync((writer: _writer!, persistenceId, toSequenceNr), static async of =>
        {
            await of.writer.DeleteAsync(of.persistenceId, of.toSequenceNr).ConfigureAwait(false);
            return true;
        }).ConfigureAwait(false);
    }

    public Task<long> ReadHighestAsync(string persistenceId) =>
        _database.RunAsync((self: this, persistenceId), static async (connection, of) =>
        {
            var command = new NpgsqlCommand(of.self._highest, connection);
            await using (command.ConfigureAwait(false))
            {
                command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = of.persistenceId });
                return await command.ExecuteScalarAsync().ConfigureAwait(false) as long? ?? 0;
            }
        });

    /// <summary>Page by page: no read holds a connection, or an old state of the table, for long.</summary>
    public async Task ReplayAsync(string persistenceId, long from, long to, long max, Action<IPersistentRepresentation> next)
    {
        var place = new Place(persistenceId, to, next) { From = from, Left = max };
        while (place.Left > 0 && place.From <= to)
        {
            if (!await _database.RunAsync((self: this, place), static (connection, of) => of.self.ReadPageAsync(connection, of.place)).ConfigureAwait(false))
                return;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_writer is not null)
            await _writer.DisposeAsync().ConfigureAwait(false);
        _writer = null;
        await _database.DisposeAsync().ConfigureAwait(false);
    }

    private static string Quote(string name) => PostgresDatabase.Quote(name);

    /// <returns>Whether there may be more.</returns>
    private async Task<bool> ReadPageAsync(NpgsqlConnection connection, Place place)
    {
        var limit = Math.Min(place.Left, _settings.ReplayPage);
        var read = 0L;
        var command = new NpgsqlCommand(_page, connection);
        await using (command.ConfigureAwait(false))
        {
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = place.PersistenceId });
            command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = place.From });
            command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = place.To });
            command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = limit });
            var reader = await command.ExecuteReaderAsync().ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                while (await reader.ReadAsync().ConfigureAwait(false))
                {
                    var number = reader.GetInt64(0);
                    place.Next(_serializer.FromRow(place.PersistenceId, number, reader.GetInt64(1), reader.GetFieldValue<byte[]>(2), reader.IsDBNull(3) ? null : reader.GetInt32(3),
                        reader.IsDBNull(4) ? "" : reader.GetString(4), reader.IsDBNull(5) ? null : reader.GetString(5)));
                    place.From = number + 1;
                    place.Left--;
                    read++;
                }
            }
        }

        return read == limit;
    }

    /// <summary>Works on the writer's connection. After a failure of the server or the network it is closed.</summary>
    private async Task<TResult> RunAsync<TState, TResult>(TState state, Func<TState, Task<TResult>> work)
    {
        try
        {
            return await work(state).ConfigureAwait(false);
        }
        catch (Exception failure) when (PostgresFailure.IsUnavailable(failure))
        {
            var broken = _writer;
            _writer = null;
            if (broken is not null)
                await broken.DisposeAsync().ConfigureAwait(false);
            throw PostgresFailure.Unavailable(_database.Location, failure, PostgresFailure.LeavesOutcomeOpen(failure));
        }
    }

    /// <summary>How far a replay has come: a page that is read again goes on after what was handed over.</summary>
    private sealed class Place(string persistenceId, long to, Action<IPersistentRepresentation> next)
    {
        public string PersistenceId => persistenceId;

        public long From { get; set; }

        public long To => to;

        public long Left { get; set; }

        public void Next(IPersistentRepresentation stored) => next(stored);
    }
}
