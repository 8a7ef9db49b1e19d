using System.Collections.Immutable;
using ActorNode.Upkeep;
using Npgsql;

namespace ActorNode.Storage.PostgreSql;

/// <summary>Reads of upkeep's values on pooled connections. Each call is one statement, or one transaction, and so sees one state of the data.</summary>
internal sealed class PostgresUpkeepReader(PostgresDatabase database) : IUpkeepReader
{
    public ValueTask<UpkeepValue?> ReadAsync(UpkeepKey key, long limit, CancellationToken cancellationToken) => GuardAsync(async () =>
    {
        // One statement, read row by row: the length comes with the first part, before room is made for the rest.
        var command = database.Readers.CreateCommand(
            "SELECT v.sequence, v.session, v.base, v.length, p.bytes FROM actornode.upkeep_value v LEFT JOIN actornode.upkeep_part p ON p.value = v.value "
            + "WHERE v.primary_namespace = $1 AND v.secondary_namespace = $2 AND v.name = $3 ORDER BY p.number");
        await using (command.ConfigureAwait(false))
        {
            foreach (var part in new[] { key.PrimaryNamespace, key.SecondaryNamespace, key.Key })
                command.Parameters.Add(new NpgsqlParameter { Value = part });
            var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
                return await ValueAsync(key, limit, reader, cancellationToken).ConfigureAwait(false);
        }
    });

    public ValueTask<UpkeepContents> ContentsAsync(CancellationToken cancellationToken) => GuardAsync(async () =>
    {
        var values = ImmutableDictionary.CreateBuilder<UpkeepKey, UpkeepStamp>();
        var used = new HashSet<long>();
        var parts = new HashSet<long>();
        var (sequence, @base) = (0L, 0L);
        var command = database.Readers.CreateCommand(
            """
            SELECT 0, sequence, base, 0, 0, '', '', '' FROM actornode.upkeep_high
            UNION ALL SELECT 1, sequence, base, session, value, primary_namespace, secondary_namespace, name FROM actornode.upkeep_value
            UNION ALL SELECT DISTINCT 2, 0, 0, 0, value, '', '', '' FROM actornode.upkeep_part
            """);
        await using (command.ConfigureAwait(false))
        {
            var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    switch (reader.GetInt32(0))
                    {
                        case 0:
                            (sequence, @base) = (reader.GetInt64(1), reader.GetInt64(2));
                            break;
                        case 1:
                            used.Add(reader.GetInt64(4));
                            values.Add(
                                new UpkeepKey(reader.GetString(5), reader.GetString(6), reader.GetString(7)),
                                new UpkeepStamp(reader.GetInt64(1), reader.GetInt64(3), reader.GetInt64(2)));
                            break;
                        default:
                            parts.Add(reader.GetInt64(4));
                            break;
                    }
                }
            }
        }

        return new UpkeepContents
        {
            Values = values.ToImmutable(),
            HighSequence = sequence,
            HighBase = @base,
            HighValue = used.Concat(parts).DefaultIfEmpty(0).Max(),
            Orphans = [.. parts.Except(used)],
        };
    });

    private static async Task<UpkeepValue?> ValueAsync(UpkeepKey key, long limit, NpgsqlDataReader reader, CancellationToken cancellationToken)
    {
        if (!await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            return null;
        var stamp = new UpkeepStamp(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2));
        var length = reader.GetInt64(3);
        UpkeepValueTooLargeException.Check(key, length, limit);
        var bytes = GC.AllocateUninitializedArray<byte>((int)length);
        var at = 0;
        do
        {
            if (await reader.IsDBNullAsync(4, cancellationToken).ConfigureAwait(false))
                break;
            var part = reader.GetFieldValue<byte[]>(4);
            if (part.Length > bytes.Length - at)
                throw Damaged(key);
            part.CopyTo(bytes.AsSpan(at));
            at += part.Length;
        }
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false));
        return at == bytes.Length ? new UpkeepValue(stamp, bytes) : throw Damaged(key);
    }

    private static StoreUnavailableException Damaged(UpkeepKey key) =>
        new($"the parts of upkeep's key '{key}' do not make up its value; check the database and restore a backup");

    private async ValueTask<T> GuardAsync<T>(Func<Task<T>> read)
    {
        try
        {
            return await read().ConfigureAwait(false);
        }
        catch (Exception failure) when (PostgresFailure.IsUnavailable(failure))
        {
            throw PostgresFailure.Unavailable(database.Location, failure);
        }
    }
}
