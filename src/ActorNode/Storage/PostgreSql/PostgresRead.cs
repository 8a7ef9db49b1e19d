using Npgsql;

namespace ActorNode.Storage.PostgreSql;

/// <summary>One read on a pooled connection.</summary>
internal static class PostgresRead
{
    /// <summary>
    /// A connection that lay idle while the server was stopped fails at its next use, when the server may be there again: all idle ones are thrown
    /// away then, and the read is tried once more.
    /// </summary>
    /// <exception cref="StoreUnavailableException">The server cannot be reached, or does not work now.</exception>
    public static async ValueTask<T> RunAsync<T>(
        PostgresDatabase database, string sql, object[] values, Func<NpgsqlDataReader, CancellationToken, Task<T>> read, CancellationToken cancellationToken)
    {
        for (var first = true; ; first = false)
        {
            try
            {
                var command = database.Readers.CreateCommand(sql);
                await using (command.ConfigureAwait(false))
                {
                    foreach (var value in values)
                        command.Parameters.Add(new NpgsqlParameter { Value = value });
                    var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
                    await using (reader.ConfigureAwait(false))
                        return await read(reader, cancellationToken).ConfigureAwait(false);
                }
            }
            catch (Exception failure) when (first && PostgresFailure.IsUnavailable(failure))
            {
                database.Readers.Clear();
            }
            catch (Exception failure) when (PostgresFailure.IsUnavailable(failure))
            {
                throw PostgresFailure.Unavailable(database.Location, failure);
            }
        }
    }
}
