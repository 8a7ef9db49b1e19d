using ActorNode.Protocol.Messages;
using ActorNode.Storage;
using ActorNode.Storage.PostgreSql;
using ActorNode.Tests.Support;
using Npgsql;
using Xunit;

namespace ActorNode.Tests.Storage.PostgreSql;

/// <summary>What is special about the PostgreSQL store: ownership, outages and bad settings.</summary>
public sealed class PostgresNodeStoreSpec
{
    private static readonly AccountId Alice = new("alice");

    [PostgresFact(DisplayName = "A database that is open is refused, and free after it was closed")]
    public async Task Refuses_second_open()
    {
        var settings = await NewDatabaseAsync();
        await using (await PostgresNodeStore.OpenAsync(settings, default))
        {
            var refused = await Assert.ThrowsAsync<StoreOpenException>(() => PostgresNodeStore.OpenAsync(settings, default));
            Assert.Contains("in use by another node", refused.Message, StringComparison.Ordinal);
        }

        await using (await PostgresNodeStore.OpenAsync(settings, default))
        {
        }
    }

    [PostgresFact(DisplayName = "A schema newer than known is refused, both versions named")]
    public async Task Refuses_newer_schema()
    {
        var settings = await NewDatabaseAsync();
        await using (await PostgresNodeStore.OpenAsync(settings, default))
        {
        }

        await ExecuteAsync(settings, "UPDATE actornode.schema_version SET version = 99");
        var refused = await Assert.ThrowsAsync<StoreOpenException>(() => PostgresNodeStore.OpenAsync(settings, default));
        Assert.Contains("version 99", refused.Message, StringComparison.Ordinal);
        Assert.Contains($"up to {SchemaScripts.Of("postgresql").Length}", refused.Message, StringComparison.Ordinal);
    }

    [PostgresFact(DisplayName = "A database whose encoding cannot hold every id is refused, the encoding named")]
    public async Task Refuses_other_encodings()
    {
        var server = await PostgresServer.SharedAsync();
        var settings = Settings(await server.CreateDatabaseAsync("ENCODING 'LATIN1' TEMPLATE template0"));
        var refused = await Assert.ThrowsAsync<StoreOpenException>(() => PostgresNodeStore.OpenAsync(settings, default));
        Assert.Contains("has encoding LATIN1", refused.Message, StringComparison.Ordinal);
    }

    [PostgresFact(DisplayName = "A store whose connection was cut is unavailable once and works at the next commit")]
    public async Task Recovers_from_lost_connection()
    {
        var settings = await NewDatabaseAsync();
        await using var store = await PostgresNodeStore.OpenAsync(settings, default);
        await AppendAsync(store, "a");
        await CutAsync(settings, "actornode writer");
        var lost = await Assert.ThrowsAsync<StoreUnavailableException>(async () => await AppendAsync(store, "b"));
        Assert.Contains(store.Location, lost.Message, StringComparison.Ordinal);
        Assert.False(lost.OutcomeUnknown);
        Assert.Equal(new CommitResult.Appended(1, 2, 1, 1, 2), await AppendAsync(store, "a", "b"));
    }

    [PostgresFact(DisplayName = "A connection that breaks in the commit leaves the outcome unknown, and the commands can be repeated")]
    public async Task Outcome_of_a_broken_commit_is_unknown()
    {
        var settings = await NewDatabaseAsync();
        await using var store = await PostgresNodeStore.OpenAsync(settings, default);
        // Deferred to the commit: the server's process for this connection ends in it.
        await ExecuteAsync(settings, """
            CREATE FUNCTION end_me() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$;
            CREATE CONSTRAINT TRIGGER end_me AFTER INSERT ON actornode.message DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION end_me();
            """);
        var lost = await Assert.ThrowsAsync<StoreUnavailableException>(async () => await AppendAsync(store, "a"));
        Assert.True(lost.OutcomeUnknown);

        await ExecuteAsync(settings, "DROP TRIGGER end_me ON actornode.message");
        Assert.Equal(1, (await AppendAsync(store, "a")).Last);
    }

    [PostgresFact(DisplayName = "A node that lost connection and lock to another node is fenced, also after the other one is gone")]
    public async Task Fences_the_former_owner()
    {
        var settings = await NewDatabaseAsync();
        await using var former = await PostgresNodeStore.OpenAsync(settings, default);
        await AppendAsync(former, "a");
        await CutAsync(settings, "actornode writer");
        await using (var owner = await PostgresNodeStore.OpenAsync(settings, default))
        {
            await AppendAsync(owner, "b");
            await Assert.ThrowsAsync<StoreUnavailableException>(async () => await AppendAsync(former, "c"));
            await Assert.ThrowsAsync<StoreUnavailableException>(async () => await AppendAsync(former, "c"));
            await AppendAsync(owner, "d");
        }

        var fenced = await Assert.ThrowsAsync<StoreUnavailableException>(async () => await AppendAsync(former, "c"));
        Assert.Contains("taken over by another node", fenced.Message, StringComparison.Ordinal);
        Assert.Equal(["a", "b", "d"], (await former.Messages.PageAsync(Alice, 0, 10, default)).Messages.Select(message => message.Id.Value));
    }

    [PostgresFact(DisplayName = "The epoch alone fences a writer whose connection still stands")]
    public async Task Fences_by_epoch()
    {
        var settings = await NewDatabaseAsync();
        await using var store = await PostgresNodeStore.OpenAsync(settings, default);
        await AppendAsync(store, "a");
        await ExecuteAsync(settings, "UPDATE actornode.owner SET epoch = epoch + 1");
        var fenced = await Assert.ThrowsAsync<StoreUnavailableException>(async () => await AppendAsync(store, "b"));
        Assert.Contains("taken over by another node", fenced.Message, StringComparison.Ordinal);
        Assert.Equal(new MessageRange(1, 1), await store.Messages.RangeAsync(Alice, default));
    }

    [PostgresFact(DisplayName = "A server that stops makes the store unavailable, and it works again by itself when the server does")]
    public async Task Recovers_from_a_stopped_server()
    {
        await using var server = await PostgresServer.StartNewAsync();
        var settings = Settings(await server.CreateDatabaseAsync());
        await using var store = await PostgresNodeStore.OpenAsync(settings, default);
        await AppendAsync(store, "a");
        Assert.NotNull(await store.Messages.FindAsync(Alice, new MessageId("a"), default));

        await server.StopAsync();
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await AppendAsync(store, "b"));
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await AppendAsync(store, "b"));
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.Messages.RangeAsync(Alice, default));
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await PostgresNodeStore.OpenAsync(settings, default));

        await server.StartAsync();
        Assert.Equal(new CommitResult.Appended(1, 2, 1, 1, 2), await AppendAsync(store, "a", "b"));
        Assert.Equal(2, (await store.Messages.PageAsync(Alice, 0, 10, default)).Messages.Length);
    }

    [PostgresFact(DisplayName = "A server that stops under load loses no acknowledged message and doubles none")]
    public async Task Loses_nothing_when_stopped_under_load()
    {
        await using var server = await PostgresServer.StartNewAsync();
        await using var store = await PostgresNodeStore.OpenAsync(Settings(await server.CreateDatabaseAsync()), default);
        var acknowledged = 0;
        var written = new TaskCompletionSource();
        var writer = Task.Run(async () =>
        {
            var failures = 0;
            for (var i = 0; i < 2000; i++)
            {
                // A commit of unknown outcome is repeated, as the commit actor does.
                while (true)
                {
                    try
                    {
                        var result = await AppendAsync(store, $"m{i}");
                        Assert.Equal(i + 1, result.Last);
                        break;
                    }
                    catch (StoreUnavailableException)
                    {
                        failures++;
                        await Task.Yield();
                    }
                }

                if (Interlocked.Increment(ref acknowledged) == 200)
                    written.SetResult();
            }

            return failures;
        });
        await written.Task;
        await server.StopAsync();
        await server.StartAsync();
        Assert.InRange(await writer.WaitAsync(TimeSpan.FromMinutes(1)), 1, int.MaxValue);
        var (range, _) = await store.Messages.PageAsync(Alice, 0, 1, default);
        Assert.Equal(new MessageRange(1, 2000), range);
        var all = await store.Messages.PageAsync(Alice, 0, 2000, default);
        Assert.Equal(Enumerable.Range(0, 2000).Select(i => $"m{i}"), all.Messages.Select(message => message.Id.Value));
    }

    [PostgresFact(DisplayName = "A message missing within the range is an error that names account and sequence")]
    public async Task Names_missing_message()
    {
        var settings = await NewDatabaseAsync();
        await using var store = await PostgresNodeStore.OpenAsync(settings, default);
        await AppendAsync(store, "a", "b", "c", "d");
        await ExecuteAsync(settings, "DELETE FROM actornode.message WHERE id IN ('c', 'd')");
        var missing = await Assert.ThrowsAsync<MissingMessageException>(async () => await store.Messages.PageAsync(Alice, 1, 10, default));
        Assert.Equal((Alice, 3), (missing.Account, missing.Sequence));
        await Assert.ThrowsAsync<MissingMessageException>(async () => await store.CommitAsync([new CommitCommand.Remove(Alice, 4, null, 10)], default));
        Assert.Equal(2, (await store.Messages.PageAsync(Alice, 0, 2, default)).Messages.Length);
    }

    [PostgresFact(DisplayName = "An id that the database cannot hold is the fault of its command; the next one works")]
    public async Task Data_error_is_the_commands_fault()
    {
        await using var store = await PostgresNodeStore.OpenAsync(await NewDatabaseAsync(), default);
        await Assert.ThrowsAsync<PostgresException>(async () => await AppendAsync(store, "zero\0"));
        Assert.Equal(1, (await AppendAsync(store, "a")).Last);
    }

    [Theory(DisplayName = "A malformed connection string is refused and not shown")]
    [InlineData("this is no connection string; Password=secret")]
    [InlineData("Host=127.0.0.1;Port=secret")]
    [InlineData("Host=127.0.0.1;Nonsense=secret")]
    [InlineData("Database=x;Password=secret")]
    public async Task Refuses_malformed_connection_string(string connectionString)
    {
        var refused = await Assert.ThrowsAsync<StoreOpenException>(() => PostgresNodeStore.OpenAsync(Settings(connectionString), default));
        Assert.DoesNotContain("secret", refused.ToString(), StringComparison.Ordinal);
    }

    [Theory(DisplayName = "A server that does not answer is unavailable, not refused for good, and named without the password")]
    [InlineData("Host=127.0.0.1;Port=1;Username=node;Password=secret;Database=x", "127.0.0.1:1/x")]
    [InlineData("Host=nowhere.invalid;Username=node;Password=secret;Database=x", "nowhere.invalid")]
    public async Task Server_does_not_answer(string connectionString, string name)
    {
        var unavailable = await Assert.ThrowsAsync<StoreUnavailableException>(() => PostgresNodeStore.OpenAsync(Settings(connectionString), default));
        Assert.Contains(name, unavailable.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", unavailable.ToString(), StringComparison.Ordinal);
    }

    [PostgresFact(DisplayName = "A database that does not exist is refused for good")]
    public async Task Refuses_missing_database()
    {
        var settings = await NewDatabaseAsync();
        var other = new NpgsqlConnectionStringBuilder(settings.ConnectionString) { Database = "nowhere" };
        var refused = await Assert.ThrowsAsync<StoreOpenException>(() => PostgresNodeStore.OpenAsync(settings with { ConnectionString = other.ToString() }, default));
        Assert.Contains("nowhere", refused.Message, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "No settings show the password")]
    public void Hides_the_password()
    {
        var settings = Settings("Host=127.0.0.1;Username=node;Password=secret");
        Assert.DoesNotContain("secret", settings.ToString(), StringComparison.Ordinal);
    }

    private static StorageSettings Settings(string connectionString) => new()
    {
        Provider = StorageProvider.PostgreSql,
        ConnectionString = connectionString,
    };

    private static async Task<StorageSettings> NewDatabaseAsync() => Settings(await (await PostgresServer.SharedAsync()).CreateDatabaseAsync());

    private static async Task ExecuteAsync(StorageSettings settings, string sql) =>
        await (await PostgresServer.SharedAsync()).ExecuteAsync(new NpgsqlConnectionStringBuilder(settings.ConnectionString).Database!, sql);

    private static Task CutAsync(StorageSettings settings, string application) =>
        ExecuteAsync(settings, $"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database() AND application_name = '{application}'");

    private static async Task<CommitResult.Appended> AppendAsync(PostgresNodeStore store, params string[] ids) =>
        Assert.IsType<CommitResult.Appended>(Assert.Single(await store.CommitAsync(
            [new CommitCommand.Append(Alice, [.. ids.Select(id => new Message(new MessageId(id), new byte[10]))], DateTimeOffset.UnixEpoch)], default)));
}
