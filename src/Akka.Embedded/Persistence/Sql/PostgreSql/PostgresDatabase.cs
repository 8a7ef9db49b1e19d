using Akka.Configuration;
using Akka.Persistence.Sql.Config;
using Npgsql;

namespace Akka.Persistence.Sql.PostgreSql;

/// <summary>Connections to one database. Safe from any thread.</summary>
internal sealed class PostgresDatabase : IAsyncDisposable
{
    /// <summary>Held while tables are created ("AkkaPSql"): two nodes that start together must not.</summary>
    private const long SchemaLock = 0x416B6B615053716C;

    /// <summary>
    /// Tables grow from empty to large under plans that the server keeps, and it learns of that only after a while: a plan that reads a
    /// whole table is never right here. Nor is compiling one.
    /// </summary>
    private const string PlannerOptions = "-c enable_seqscan=off -c jit=off";

    private readonly SqlSettings _settings;
    private readonly NpgsqlDataSource _pool;
    private readonly SemaphoreSlim _free;
    private readonly string _writerConnection;

    /// <exception cref="ConfigurationException">The connection string is not one.</exception>
    public PostgresDatabase(SqlSettings settings)
    {
        _settings = settings;
        var builder = Parse(settings);
        builder.CommandTimeout = Math.Max(1, (int)Math.Ceiling(settings.CallTimeout.TotalSeconds));
        builder.Timeout = Math.Min(builder.Timeout, builder.CommandTimeout);
        builder.Options = $"{PlannerOptions} {builder.Options}".Trim();
        builder.NoResetOnClose = true;
        builder.Enlist = false;
        Location = $"postgresql://{builder.Host}:{builder.Port}/{builder.Database}";

        builder.Pooling = true;
        builder.MinPoolSize = 0;
        builder.MaxPoolSize = settings.Readers;
        builder.MaxAutoPrepare = 16;
        builder.AutoPrepareMinUsages = 2;
        var pool = new NpgsqlDataSourceBuilder(builder.ConnectionString);
        pool.UsePhysicalConnectionInitializer(
            static _ => throw new NotSupportedException("Connections are opened asynchronously"), PrepareSessionAsync);
        _pool = pool.Build();
        // The pool's own queue gives up after a while.
        _free = new SemaphoreSlim(settings.Readers);

        builder.Pooling = false;
        builder.MaxAutoPrepare = 0;
        _writerConnection = builder.ConnectionString;
    }

    /// <summary>Host and database.</summary>
    public string Location { get; }

    /// <summary>A name as SQL text.</summary>
    public static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    /// <summary>A table's name as SQL text.</summary>
    public string Table(string name) => _settings.Schema is { } schema ? $"{Quote(schema)}.{Quote(name)}" : Quote(name);

    /// <summary>Opens a connection of its own, and creates the tables unless that is switched off.</summary>
    public async Task<NpgsqlConnection> OpenWriterAsync(IEnumerable<string> tables)
    {
        var connection = new NpgsqlConnection(_writerConnection);
        try
        {
            await connection.OpenAsync().ConfigureAwait(false);
            await PrepareSessionAsync(connection).ConfigureAwait(false);
            if (_settings.AutoInitialize)
                await CreateAsync(connection, tables).ConfigureAwait(false);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>
    /// Works on a connection of the pool, when one is free. One that lay idle may be broken without anybody knowing: then the work is done
    /// once more, on a new one. So it must be such that it may be repeated.
    /// </summary>
    /// <exception cref="StoreUnavailableException">The server does not work, or cannot be reached.</exception>
    public async Task<TResult> RunAsync<TState, TResult>(TState state, Func<NpgsqlConnection, TState, Task<TResult>> work)
    {
        await _free.WaitAsync().ConfigureAwait(false);
        try
        {
            try
            {
                return await OnceAsync(state, work).ConfigureAwait(false);
            }
            catch (Exception failure) when (PostgresFailure.IsUnavailable(failure) && PostgresFailure.LeavesOutcomeOpen(failure))
            {
                return await OnceAsync(state, work).ConfigureAwait(false);
            }
        }
        catch (Exception failure) when (PostgresFailure.IsUnavailable(failure))
        {
            throw PostgresFailure.Unavailable(Location, failure);
        }
        finally
        {
            _free.Release();
        }
    }

    public ValueTask DisposeAsync() => _pool.DisposeAsync();

    private async Task<TResult> OnceAsync<TState, TResult>(TState state, Func<NpgsqlConnection, TState, Task<TResult>> work)
    {
        var connection = await _pool.OpenConnectionAsync().ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            try
            {
                return await work(connection, state).ConfigureAwait(false);
            }
            catch (Exception failure) when (PostgresFailure.IsUnavailable(failure) && PostgresFailure.LeavesOutcomeOpen(failure))
            {
                // Those that lie idle beside it are broken, too.
                NpgsqlConnection.ClearPool(connection);
                throw;
            }
        }
    }

    /// <summary>A role or database may have it off, and then a commit does not wait for the disk. Stronger values stay.</summary>
    private static async Task PrepareSessionAsync(NpgsqlConnection connection)
    {
        var command = new NpgsqlCommand("SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'", connection);
        await using (command.ConfigureAwait(false))
            await command.ExecuteNonQueryAsync().ConfigureAwait(false);
    }

    private static async Task CreateAsync(NpgsqlConnection connection, IEnumerable<string> tables)
    {
        var transaction = await connection.BeginTransactionAsync().ConfigureAwait(false);
        await using (transaction.ConfigureAwait(false))
        {
            foreach (var sql in tables.Prepend($"SELECT pg_advisory_xact_lock({SchemaLock})"))
            {
                var command = new NpgsqlCommand(sql, connection, transaction);
                await using (command.ConfigureAwait(false))
                    await command.ExecuteNonQueryAsync().ConfigureAwait(false);
            }

            await transaction.CommitAsync().ConfigureAwait(false);
        }
    }

    private static NpgsqlConnectionStringBuilder Parse(SqlSettings settings)
    {
        try
        {
            return new NpgsqlConnectionStringBuilder(settings.ConnectionString) is { Host.Length: > 0 } builder
                ? builder
                : throw new ConfigurationException($"{settings.Section}.connection-string names no host");
        }
        catch (Exception failure) when (failure is ArgumentException or FormatException)
        {
            // Neither the string nor the inner message is shown: a part of the password may be in either.
            throw new ConfigurationException($"{settings.Section}.connection-string is malformed: expected key=value pairs as in Host=...;Database=...;Username=...");
        }
    }
}
