using System.Collections.Immutable;
using Npgsql;

namespace ActorNode.Storage.PostgreSql;

/// <summary>Connections to the node's database, its schema, and who may write to it.</summary>
internal sealed class PostgresDatabase
{
    /// <summary>The advisory lock of the node that may write ("ActrNode"). Advisory locks belong to one database.</summary>
    private const long OwnerLock = 0x416374724E6F6465;

    /// <summary>
    /// How long to wait for the lock: a server takes a moment to notice that the connection of a node that was killed is gone.
    /// </summary>
    private static readonly TimeSpan LockWait = TimeSpan.FromSeconds(2);

    /// <summary>
    /// The tables grow from empty to large under plans that the server keeps, and it learns of that only after a while: a plan that reads
    /// a whole table is never right here. Nor is compiling one.
    /// </summary>
    private const string PlannerOptions = "-c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c jit=off";

    /// <summary>A node that vanished without closing its connections (power, network) keeps the lock for half a minute, not for hours.</summary>
    private const string KeepAliveOptions = "-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=4";

    /// <summary>A page of a list is read in less time than its statement is planned in; so that is done once a connection.</summary>
    private const string ReaderOptions = "-c plan_cache_mode=force_generic_plan";

    private static readonly ImmutableArray<string> Scripts = SchemaScripts.Of("postgresql");

    private readonly string _writerConnection;

    /// <exception cref="StoreOpenException">The connection string is not one.</exception>
    public PostgresDatabase(StorageSettings settings)
    {
        var builder = Parse(settings.ConnectionString);
        builder.CommandTimeout = Math.Max(1, (int)Math.Ceiling(settings.CommandTimeout.TotalSeconds));
        builder.Timeout = Math.Min(builder.Timeout, builder.CommandTimeout);
        builder.Options = $"{builder.Options} {PlannerOptions} {KeepAliveOptions}".Trim();
        builder.MaxAutoPrepare = 32;
        builder.AutoPrepareMinUsages = 2;
        builder.NoResetOnClose = true;
        builder.Enlist = false;
        Location = LocationOf(builder);

        var writerOptions = builder.Options;
        builder.Options = $"{writerOptions} {ReaderOptions}";
        builder.Pooling = true;
        builder.MinPoolSize = 0;
        builder.MaxPoolSize = settings.Readers;
        builder.ApplicationName = "actornode reader";
        Readers = NpgsqlDataSource.Create(builder);

        builder.Options = writerOptions;
        builder.Pooling = false;
        builder.ApplicationName = "actornode writer";
        _writerConnection = builder.ConnectionString;
    }

    /// <summary>Host and database.</summary>
    public string Location { get; }

    /// <summary>The host and database of a connection string.</summary>
    /// <exception cref="StoreOpenException">The connection string is not one.</exception>
    public static string LocationOf(string connectionString) => LocationOf(Parse(connectionString));

    private static string LocationOf(NpgsqlConnectionStringBuilder builder) => $"postgresql://{builder.Host}:{builder.Port}/{builder.Database}";

    /// <summary>Connections for reads; as many as the settings say.</summary>
    public NpgsqlDataSource Readers { get; }

    /// <summary>Opens the connection that writes and makes this node the owner.</summary>
    /// <returns>The connection and the epoch of the ownership.</returns>
    /// <exception cref="StoreOpenException">Another node is the owner, or the schema is newer, or the settings do not work.</exception>
    /// <exception cref="StoreUnavailableException">The server does not answer now.</exception>
    public async Task<(NpgsqlConnection Connection, long Epoch)> TakeAsync(CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnection(_writerConnection);
        try
        {
            await ConnectAsync(connection, cancellationToken).ConfigureAwait(false);
            if (!await TryLockAsync(connection, cancellationToken).ConfigureAwait(false))
                throw new StoreOpenException($"{Location} is in use by another node.");
            await RefuseOtherEncodingsAsync(connection, cancellationToken).ConfigureAwait(false);
            await MigrateAsync(connection, cancellationToken).ConfigureAwait(false);
            var epoch = await ScalarAsync(connection, "UPDATE actornode.owner SET epoch = epoch + 1 RETURNING epoch", cancellationToken).ConfigureAwait(false);
            return (connection, epoch);
        }
        catch (Exception failure) when (PostgresFailure.IsUnavailable(failure))
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            if (PostgresFailure.IsPermanent(failure))
                throw new StoreOpenException($"{Location} cannot be opened: {PostgresFailure.Describe(failure).TrimEnd('.')}.", failure);
            throw PostgresFailure.Unavailable(Location, failure);
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Opens the connection that writes again after it was lost, provided that no other node was the owner in between.</summary>
    /// <exception cref="StoreUnavailableException">The server does not answer, or another node has taken over.</exception>
    public async Task<NpgsqlConnection> RetakeAsync(long epoch)
    {
        var connection = new NpgsqlConnection(_writerConnection);
        try
        {
            await ConnectAsync(connection, default).ConfigureAwait(false);
            if (!await TryLockAsync(connection, default).ConfigureAwait(false))
                throw new StoreUnavailableException($"{Location} is locked, by another node or by this node's lost connection, which the server has not noticed yet.");
            if (await ScalarAsync(connection, "SELECT epoch FROM actornode.owner", default).ConfigureAwait(false) != epoch)
                throw Fenced();
            return connection;
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>The answer of a node that is the owner no more. It stays so: what it knows of the data may be out of date.</summary>
    public StoreUnavailableException Fenced() =>
        new($"{Location} was taken over by another node while this one had no connection. This node writes no more; stop one of the two and restart.");

    private static NpgsqlConnectionStringBuilder Parse(string connectionString)
    {
        try
        {
            var builder = new NpgsqlConnectionStringBuilder(connectionString);
            return builder.Host is { Length: > 0 }
                ? builder
                : throw new StoreOpenException("The PostgreSQL connection string names no host.");
        }
        catch (Exception failure) when (failure is ArgumentException or FormatException)
        {
            // Neither the string nor the inner message is shown: a part of the password may be in either.
            throw new StoreOpenException("The PostgreSQL connection string is malformed; expected key=value pairs as in Host=...;Database=...;Username=...");
        }
    }

    private static async Task ConnectAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
        // A role or database may have it off, and then a commit does not wait for the disk. Stronger values stay.
        await ExecuteAsync(connection, "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'", cancellationToken).ConfigureAwait(false);
    }

    private static async Task<bool> TryLockAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            await ExecuteAsync(connection, $"SET lock_timeout = {(int)LockWait.TotalMilliseconds}", cancellationToken).ConfigureAwait(false);
            await ExecuteAsync(connection, $"SELECT pg_advisory_lock({OwnerLock})", cancellationToken).ConfigureAwait(false);
            await ExecuteAsync(connection, "RESET lock_timeout", cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (PostgresException failure) when (failure.SqlState == PostgresErrorCodes.LockNotAvailable)
        {
            return false;
        }
    }

    /// <summary>An id may hold any character; in another encoding some could never be stored. SQL_ASCII takes bytes as they come.</summary>
    private async Task RefuseOtherEncodingsAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var command = new NpgsqlCommand("SHOW server_encoding", connection);
        await using (command.ConfigureAwait(false))
        {
            if (await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is string encoding and not ("UTF8" or "SQL_ASCII"))
                throw new StoreOpenException($"{Location} has encoding {encoding}; create the database with ENCODING 'UTF8'.");
        }
    }

    /// <summary>Applies the scripts that the database lacks, all or none. The owner lock keeps others out.</summary>
    private async Task MigrateAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var isNew = await ScalarAsync(connection, "SELECT (to_regclass('actornode.schema_version') IS NULL)::int", cancellationToken).ConfigureAwait(false) == 1;
        var version = isNew ? 0 : await ScalarAsync(connection, "SELECT version FROM actornode.schema_version", cancellationToken).ConfigureAwait(false);
        SchemaScripts.RefuseNewer(Location, version, Scripts.Length);
        if (version == Scripts.Length)
            return;
        var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        await using (transaction.ConfigureAwait(false))
        {
            for (var i = (int)version; i < Scripts.Length; i++)
                await ExecuteAsync(connection, Scripts[i], cancellationToken).ConfigureAwait(false);
            await ExecuteAsync(connection, $"UPDATE actornode.schema_version SET version = {Scripts.Length}", cancellationToken).ConfigureAwait(false);
            await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        var command = new NpgsqlCommand(sql, connection);
        await using (command.ConfigureAwait(false))
            await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    private static async Task<long> ScalarAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        var command = new NpgsqlCommand(sql, connection);
        await using (command.ConfigureAwait(false))
            return Convert.ToInt64(await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false), System.Globalization.CultureInfo.InvariantCulture);
    }
}
