using System.Collections.Immutable;
using System.Text;
using ActorNode.Protocol.Messages;
using Npgsql;

namespace ActorNode.Storage.PostgreSql;

/// <summary>Reads on pooled connections. Each call is one statement, and so sees one state of the data.</summary>
internal sealed class PostgresMessageReader(PostgresDatabase database, long maxPageBytes) : IMessageReader
{
    public async ValueTask<MessageRange?> RangeAsync(AccountId account, CancellationToken cancellationToken) =>
        await ReadAsync<MessageRange?>(
            "SELECT first, last FROM actornode.account WHERE name = $1",
            [account.Value],
            static async (reader, token) => await reader.ReadAsync(token).ConfigureAwait(false) ? new MessageRange(reader.GetInt64(0), reader.GetInt64(1)) : null,
            cancellationToken).ConfigureAwait(false);

    public ValueTask<(MessageRange? Range, ImmutableArray<StoredMessage> Messages)> PageAsync(AccountId account, long after, int limit, CancellationToken cancellationToken) =>
        ReadAsync(
            """
            SELECT a.first, a.last, m.sequence, m.received_at, m.id, m.body
            FROM actornode.account a
            LEFT JOIN LATERAL (
                SELECT sequence, received_at, id, body FROM actornode.message
                WHERE account = a.number AND sequence > $2 AND $2 >= a.first - 1
                ORDER BY sequence LIMIT $3) m ON true
            WHERE a.name = $1 ORDER BY m.sequence
            """,
            [account.Value, after, (long)Math.Max(0, limit)],
            async (reader, token) =>
            {
                MessageRange? range = null;
                var messages = ImmutableArray.CreateBuilder<StoredMessage>();
                var bytes = 0L;
                while (bytes < maxPageBytes && await reader.ReadAsync(token).ConfigureAwait(false))
                {
                    range = new MessageRange(reader.GetInt64(0), reader.GetInt64(1));
                    if (reader.IsDBNull(2))
                        break;
                    if (reader.GetInt64(2) != after + 1 + messages.Count)
                        throw new MissingMessageException(account, after + 1 + messages.Count, range.Value);
                    messages.Add(Message(reader, 2));
                    bytes += messages[^1].Body.Length;
                }

                // The range says how many there must be: a message may be missing at its end, too.
                if (range is { } held && limit > 0 && bytes < maxPageBytes && after >= held.First - 1 && after < held.Last && messages.Count != Math.Min(limit, held.Last - after))
                    throw new MissingMessageException(account, after + 1 + messages.Count, held);
                return (range, messages.ToImmutable());
            },
            cancellationToken);

    /// <remarks>Two statements: the hash takes the account's number, which never changes.</remarks>
    public async ValueTask<StoredMessage?> FindAsync(AccountId account, MessageId id, CancellationToken cancellationToken)
    {
        var number = await ReadAsync<long?>(
            "SELECT number FROM actornode.account WHERE name = $1",
            [account.Value],
            static async (reader, token) => await reader.ReadAsync(token).ConfigureAwait(false) ? reader.GetInt64(0) : null,
            cancellationToken).ConfigureAwait(false);
        return number is not { } known ? null : await ReadAsync(
            "SELECT sequence, received_at, id, body FROM actornode.message WHERE id_hash = $1 AND account = $2 AND id = $3",
            [MessageIdHash.Of(known, Encoding.UTF8.GetBytes(id.Value)), known, id.Value],
            static async (reader, token) => await reader.ReadAsync(token).ConfigureAwait(false) ? Message(reader, 0) : null,
            cancellationToken).ConfigureAwait(false);
    }

    public ValueTask<ImmutableArray<MessageReplies.AccountRange>> AccountsAsync(AccountId? after, int limit, CancellationToken cancellationToken) =>
        ReadAsync(
            "SELECT name, first, last FROM actornode.account WHERE name > $1 ORDER BY name LIMIT $2",
            [after?.Value ?? "", (long)limit],
            static async (reader, token) =>
            {
                var accounts = ImmutableArray.CreateBuilder<MessageReplies.AccountRange>();
                while (await reader.ReadAsync(token).ConfigureAwait(false))
                    accounts.Add(new MessageReplies.AccountRange(new AccountId(reader.GetString(0)), new MessageRange(reader.GetInt64(1), reader.GetInt64(2))));
                return accounts.ToImmutable();
            },
            cancellationToken);

    public ValueTask<ImmutableArray<AccountId>> AccountsOlderThanAsync(DateTimeOffset cutoff, int limit, CancellationToken cancellationToken) =>
        ReadAsync(
            "SELECT name FROM actornode.account WHERE oldest_at < $1 ORDER BY oldest_at, name LIMIT $2",
            [Timestamps.ToMicroseconds(cutoff), (long)limit],
            static async (reader, token) =>
            {
                var accounts = ImmutableArray.CreateBuilder<AccountId>();
                while (await reader.ReadAsync(token).ConfigureAwait(false))
                    accounts.Add(new AccountId(reader.GetString(0)));
                return accounts.ToImmutable();
            },
            cancellationToken);

    private static StoredMessage Message(NpgsqlDataReader reader, int column) => new(
        reader.GetInt64(column),
        new MessageId(reader.GetString(column + 2)),
        reader.GetFieldValue<byte[]>(column + 3),
        Timestamps.FromMicroseconds(reader.GetInt64(column + 1)));

    private ValueTask<T> ReadAsync<T>(string sql, object[] values, Func<NpgsqlDataReader, CancellationToken, Task<T>> read, CancellationToken cancellationToken) =>
        PostgresRead.RunAsync(database, sql, values, read, cancellationToken);
}
