using Akka.Persistence.Sql.Config;
using Akka.Persistence.Sql.Journal;
using Npgsql;
using NpgsqlTypes;

namespace Akka.Persistence.Sql.PostgreSql;

/// <summary>The connection that writes, with its prepared statements: a batch is one round trip, however many rows. Not thread-safe.</summary>
internal sealed class PostgresJournalWriter : IAsyncDisposable
{
    private readonly NpgsqlConnection _connection;
    private readonly JournalSettings _settings;
    private readonly string _writer;
    private readonly string _table;
    private readonly string _tagTable;
    private readonly string _metadataTable;
    private readonly List<long> _created = [];
    private readonly List<string> _ids = [];
    private readonly List<long> _numbers = [];
    private readonly List<byte[]> _messages = [];
    private readonly List<string> _manifests = [];
    private readonly List<int> _serializers = [];
    private readonly List<string> _tagTexts = [];
    private readonly List<string> _tagIds = [];
    private readonly List<long> _tagNumbers = [];
    private readonly List<string> _tags = [];
    private readonly NpgsqlCommand _insert;
    private readonly NpgsqlCommand? _insertTagged;

    private PostgresJournalWriter(PostgresDatabase database, NpgsqlConnection connection, JournalSettings settings, string writer)
    {
        (_connection, _settings, _writer) = (connection, settings, writer);
        _table = database.Table(settings.Journal.Name);
        _tagTable = database.Table(settings.Tags.Name);
        _metadataTable = settings.Metadata is { } metadata ? database.Table(metadata.Name) : "";
        _insert = Insert(withTags: false);
        if (settings.HasTagTable)
            _insertTagged = Insert(withTags: true);
    }

    /// <summary>Takes the connection over, once it has prepared its statements.</summary>
    public static async Task<PostgresJournalWriter> CreateAsync(PostgresDatabase database, NpgsqlConnection connection, JournalSettings settings, string writer)
    {
        try
        {
            var created = new PostgresJournalWriter(database, connection, settings, writer);
            await created._insert.PrepareAsync().ConfigureAwait(false);
            if (created._insertTagged is { } tagged)
                await tagged.PrepareAsync().ConfigureAwait(false);
            return created;
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>One statement, which commits by itself: tags find their rows in it by persistence id and number.</summary>
    public async Task WriteAsync(ReadOnlyMemory<WriteCommand> commands)
    {
        foreach (var command in commands.Span)
        {
            foreach (ref readonly var row in command.Rows)
                Add(row);
        }

        try
        {
            await (_tags.Count > 0 ? _insertTagged! : _insert).ExecuteNonQueryAsync().ConfigureAwait(false);
        }
        catch (PostgresException failure) when (!PostgresFailure.IsUnavailable(failure) && commands.Length == 1 && !commands.Span[0].Rows.IsEmpty)
        {
            throw RefusedRow.Exception(commands.Span[0].Rows[0], failure, failure.SqlState == PostgresErrorCodes.UniqueViolation);
        }
        finally
        {
            Clear();
        }
    }

    public async Task<bool> IsStoredAsync(JournalRow row)
    {
        var journal = _settings.Journal;
        var command = Command(
            $"SELECT 1 FROM {_table} WHERE {Quote(journal.PersistenceId)} = $1 AND {Quote(journal.SequenceNumber)} = $2 AND {Quote(journal.Created)} = $3 AND {Quote(journal.Message)} = $4"
            + (journal.WriterUuid is { } uuid ? $" AND {Quote(uuid)} = $5" : ""),
            row.PersistenceId, row.SequenceNr, row.Created, row.Message);
        if (journal.WriterUuid is not null)
            command.Parameters.Add(new NpgsqlParameter { Value = _writer });
        await using (command.ConfigureAwait(false))
            return await command.ExecuteScalarAsync().ConfigureAwait(false) is not null;
    }

    public async Task DeleteAsync(string persistenceId, long toSequenceNr)
    {
        var (id, number, deleted) = (Quote(_settings.Journal.PersistenceId), Quote(_settings.Journal.SequenceNumber), Quote(_settings.Journal.Deleted));
        var transaction = await _connection.BeginTransactionAsync().ConfigureAwait(false);
        await using (transaction.ConfigureAwait(false))
        {
            await ExecuteAsync($"UPDATE {_table} SET {deleted} = true WHERE {id} = $1 AND {number} <= $2 AND NOT {deleted}", persistenceId, toSequenceNr).ConfigureAwait(false);
            var highest = await ExecuteAsync($"SELECT max({number}) FROM {_table} WHERE {id} = $1 AND {deleted}", persistenceId).ConfigureAwait(false);
            if (highest is not long last)
                return;
            if (_settings.Metadata is { } metadata)
            {
                var (of, kept) = (Quote(metadata.PersistenceId), Quote(metadata.SequenceNumber));
                await ExecuteAsync($"INSERT INTO {_metadataTable} ({of}, {kept}) VALUES ($1, $2) ON CONFLICT DO NOTHING", persistenceId, last).ConfigureAwait(false);
                await ExecuteAsync($"DELETE FROM {_metadataTable} WHERE {of} = $1 AND {kept} < $2", persistenceId, last).ConfigureAwait(false);
            }

            await ExecuteAsync($"DELETE FROM {_table} WHERE {id} = $1 AND {number} <= $2 AND {number} < $3", persistenceId, toSequenceNr, last).ConfigureAwait(false);
            if (_settings.HasTagTable)
            {
                await ExecuteAsync($"DELETE FROM {_tagTable} WHERE {Quote(_settings.Tags.PersistenceId)} = $1 AND {Quote(_settings.Tags.SequenceNumber)} <= $2",
                    persistenceId, toSequenceNr).ConfigureAwait(false);
            }

            await transaction.CommitAsync().ConfigureAwait(false);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _insert.DisposeAsync().ConfigureAwait(false);
        if (_insertTagged is not null)
            await _insertTagged.DisposeAsync().ConfigureAwait(false);
        await _connection.DisposeAsync().ConfigureAwait(false);
    }

    private static string Quote(string name) => PostgresDatabase.Quote(name);

    private NpgsqlCommand Insert(bool withTags)
    {
        var journal = _settings.Journal;
        var (uuid, texts) = (journal.WriterUuid is not null, _settings.HasTagColumn);
        var insert = $"INSERT INTO {_table} ({Quote(journal.Created)}, {Quote(journal.Deleted)}, {Quote(journal.PersistenceId)}, {Quote(journal.SequenceNumber)}, "
            + $"{Quote(journal.Message)}, {Quote(journal.Manifest)}, {Quote(journal.Identifier)}{(uuid ? $", {Quote(journal.WriterUuid!)}" : "")}{(texts ? $", {Quote(journal.Tags)}" : "")}) "
            + $"SELECT r.created, false, r.id, r.number, r.message, r.manifest, r.serializer{(uuid ? ", $7" : "")}{(texts ? ", r.tags" : "")} "
            + $"FROM unnest($1, $2, $3, $4, $5, $6{(texts ? ", $8" : "")}) WITH ORDINALITY AS r (created, id, number, message, manifest, serializer{(texts ? ", tags" : "")}, place) ORDER BY r.place";
        var tags = _settings.Tags;
        var command = new NpgsqlCommand(
            withTags
                ? $"WITH stored AS ({insert} RETURNING {Quote(journal.Ordering)} AS ordering, {Quote(journal.PersistenceId)} AS id, {Quote(journal.SequenceNumber)} AS number) "
                    + $"INSERT INTO {_tagTable} ({Quote(tags.OrderingId)}, {Quote(tags.Tag)}, {Quote(tags.SequenceNumber)}, {Quote(tags.PersistenceId)}) "
                    + "SELECT s.ordering, t.tag, s.number, s.id FROM unnest($9, $10, $11) AS t (id, number, tag) JOIN stored s ON s.id = t.id AND s.number = t.number"
                : insert,
            _connection);
        Add(_created, NpgsqlDbType.Bigint);
        Add(_ids, NpgsqlDbType.Text);
        Add(_numbers, NpgsqlDbType.Bigint);
        Add(_messages, NpgsqlDbType.Bytea);
        Add(_manifests, NpgsqlDbType.Text);
        Add(_serializers, NpgsqlDbType.Integer);
        // The server wants to know the type of each parameter, used or not.
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = _writer, NpgsqlDbType = NpgsqlDbType.Text });
        Add(_tagTexts, NpgsqlDbType.Text);
        if (withTags)
        {
            Add(_tagIds, NpgsqlDbType.Text);
            Add(_tagNumbers, NpgsqlDbType.Bigint);
            Add(_tags, NpgsqlDbType.Text);
        }

        return command;

        void Add<T>(List<T> values, NpgsqlDbType type) =>
            command.Parameters.Add(new NpgsqlParameter<List<T>> { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | type });
    }

    private void Add(in JournalRow row)
    {
        _created.Add(row.Created);
        _ids.Add(row.PersistenceId);
        _numbers.Add(row.SequenceNr);
        _messages.Add(row.Message);
        _manifests.Add(row.Manifest);
        _serializers.Add(row.SerializerId);
        if (_settings.HasTagColumn)
            _tagTexts.Add(_settings.TagText(row.Tags));
        if (!_settings.HasTagTable)
            return;
        foreach (var tag in row.Tags)
        {
            _tagIds.Add(row.PersistenceId);
            _tagNumbers.Add(row.SequenceNr);
            _tags.Add(tag);
        }
    }

    private void Clear()
    {
        _created.Clear();
        _ids.Clear();
        _numbers.Clear();
        _messages.Clear();
        _manifests.Clear();
        _serializers.Clear();
        _tagTexts.Clear();
        _tagIds.Clear();
        _tagNumbers.Clear();
        _tags.Clear();
    }

    private async Task<object?> ExecuteAsync(string sql, params object[] values)
    {
        var command = Command(sql, values);
        await using (command.ConfigureAwait(false))
            return await command.ExecuteScalarAsync().ConfigureAwait(false);
    }

    private NpgsqlCommand Command(string sql, params ReadOnlySpan<object> values)
    {
        var command = new NpgsqlCommand(sql, _connection);
        foreach (var value in values)
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        return command;
    }
}
