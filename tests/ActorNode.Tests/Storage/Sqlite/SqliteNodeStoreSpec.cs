using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Text;
using ActorNode.Protocol.Messages;
using ActorNode.Storage;
using ActorNode.Storage.Sqlite;
using ActorNode.Tests.Support;
using Microsoft.Data.Sqlite;
using Xunit;

namespace ActorNode.Tests.Storage.Sqlite;

/// <summary>What is special about the SQLite store: its file, its lock, its failures and its buffer of ids.</summary>
public sealed class SqliteNodeStoreSpec : IDisposable
{
    private static readonly AccountId Alice = new("alice");

    private readonly TemporaryFolder _folder = new();

    private string File => Path.Combine(_folder.Path, "node.db");

    private StorageSettings Settings => new() { DataFolder = _folder.Path };

    public void Dispose() => _folder.Dispose();

    [Fact(DisplayName = "The data folder is created, with its parents")]
    public async Task Creates_the_folder()
    {
        var folder = Path.Combine(_folder.Path, "deep", "down");
        await using var store = await SqliteNodeStore.OpenAsync(Settings with { DataFolder = folder }, default);
        Assert.Equal(Path.Combine(folder, "node.db"), store.Location);
        Assert.True(System.IO.File.Exists(store.Location));
    }

    [Fact(DisplayName = "A data folder that cannot be created is refused by its name")]
    public async Task Refuses_a_folder_that_is_a_file()
    {
        var file = Path.Combine(_folder.Path, "file");
        await System.IO.File.WriteAllTextAsync(file, "");
        var refused = await Assert.ThrowsAsync<StoreOpenException>(() => SqliteNodeStore.OpenAsync(Settings with { DataFolder = file }, default));
        Assert.Contains(file, refused.Message, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "The file is in WAL mode and its settings are those asked for")]
    public async Task Applies_settings()
    {
        await using (await SqliteNodeStore.OpenAsync(Settings with { PageBytes = 8192 }, default))
        {
        }

        Assert.Equal(8192L, Scalar("PRAGMA page_size"));
        Assert.Equal("wal", Scalar("PRAGMA journal_mode"));
    }

    [Fact(DisplayName = "A file of a newer schema is refused, both versions named, and not changed")]
    public async Task Refuses_newer_schema()
    {
        await WriteAsync("a");
        Execute("PRAGMA user_version = 99");
        var refused = await Assert.ThrowsAsync<StoreOpenException>(() => SqliteNodeStore.OpenAsync(Settings, default));
        Assert.Contains("version 99", refused.Message, StringComparison.Ordinal);
        Assert.Contains($"up to {SchemaScripts.Of("sqlite").Length}", refused.Message, StringComparison.Ordinal);
        Assert.Equal(99L, Scalar("PRAGMA user_version"));
    }

    [Fact(DisplayName = "Another program's database is refused and not changed")]
    public async Task Refuses_foreign_database()
    {
        Execute("CREATE TABLE account (theirs TEXT)");
        var before = await System.IO.File.ReadAllBytesAsync(File);
        var refused = await Assert.ThrowsAsync<StoreOpenException>(() => SqliteNodeStore.OpenAsync(Settings, default));
        Assert.Contains("another program", refused.Message, StringComparison.Ordinal);
        Assert.Equal(before, await System.IO.File.ReadAllBytesAsync(File));
    }

    [Fact(DisplayName = "A file that is no database is refused and not changed")]
    public async Task Refuses_other_files()
    {
        var text = Encoding.UTF8.GetBytes(string.Join('\n', Enumerable.Repeat("This is not a database.", 1000)));
        await System.IO.File.WriteAllBytesAsync(File, text);
        var refused = await Assert.ThrowsAsync<StoreOpenException>(() => SqliteNodeStore.OpenAsync(Settings, default));
        Assert.Contains("not a SQLite database", refused.Message, StringComparison.Ordinal);
        Assert.Equal(text, await System.IO.File.ReadAllBytesAsync(File));
    }

    [Fact(DisplayName = "A database that is open is refused at once, and free after it was closed")]
    public async Task Refuses_second_open()
    {
        await using (await SqliteNodeStore.OpenAsync(Settings, default))
        {
            var refused = await Assert.ThrowsAsync<StoreOpenException>(() => SqliteNodeStore.OpenAsync(Settings, default));
            Assert.Contains("in use by another node", refused.Message, StringComparison.Ordinal);
        }

        await using (await SqliteNodeStore.OpenAsync(Settings, default))
        {
        }
    }

    [LinuxFact(DisplayName = "A lock of another process is refused, and gone when that process was killed")]
    public async Task Refuses_another_process()
    {
        // flock takes the lock that a node takes, says so, and holds it until it is killed.
        var start = new ProcessStartInfo("flock") { RedirectStandardOutput = true };
        foreach (var argument in new[] { "--no-fork", "--exclusive", $"{File}.lock", "/bin/sh", "-c", "echo locked; exec sleep 600" })
            start.ArgumentList.Add(argument);
        using (var other = Process.Start(start)!)
        {
            Assert.Equal("locked", await other.StandardOutput.ReadLineAsync());
            await Assert.ThrowsAsync<StoreOpenException>(() => SqliteNodeStore.OpenAsync(Settings, default));
            other.Kill();
            await other.WaitForExitAsync();
        }

        await using (await SqliteNodeStore.OpenAsync(Settings, default))
        {
        }
    }

    [Fact(DisplayName = "A full database refuses writes and probes, answers reads, and works again when there is room")]
    public async Task Recovers_from_full()
    {
        await using var store = await SqliteNodeStore.OpenAsync(Settings, default);
        await AppendAsync(store, "a");
        store.MaxPages = 20;
        var full = await Assert.ThrowsAsync<StoreUnavailableException>(async () =>
        {
            for (var i = 0; i < 100; i++)
                await AppendAsync(store, $"fill-{i}", bodyBytes: 4000);
        });
        Assert.Contains("full", full.Message, StringComparison.Ordinal);
        Assert.Contains(File, full.Message, StringComparison.Ordinal);
        var written = (await store.Messages.RangeAsync(Alice, default))!.Value.Last;
        Assert.InRange(written, 2, 50);
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.CommitAsync([new CommitCommand.Probe()], default));
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await AppendAsync(store, "more", bodyBytes: 8000));

        store.MaxPages = 0;
        Assert.Equal(new CommitResult.Probed(), Assert.Single(await store.CommitAsync([new CommitCommand.Probe()], default)));
        Assert.Equal(written + 1, (await AppendAsync(store, "more", bodyBytes: 8000)).Last);
        Assert.Equal(1, (await AppendAsync(store, "a")).Duplicates);
    }

    [Fact(DisplayName = "A limit of pages in the settings holds from the start")]
    public async Task Limits_pages_from_the_start()
    {
        await using var store = await SqliteNodeStore.OpenAsync(Settings with { MaxPages = 12 }, default);
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await AppendAsync(store, "big", bodyBytes: 100_000));
        store.MaxPages = 0;
        Assert.Equal(1, (await AppendAsync(store, "big", bodyBytes: 100_000)).Written);
    }

    [Fact(DisplayName = "Another program's write lock makes the store unavailable for as long as it is held")]
    public async Task Recovers_from_busy()
    {
        await using var store = await SqliteNodeStore.OpenAsync(Settings with { CommandTimeout = TimeSpan.FromMilliseconds(50) }, default);
        await AppendAsync(store, "a");
        using (var other = Open())
        using (var transaction = other.BeginTransaction(deferred: false))
        {
            var busy = await Assert.ThrowsAsync<StoreUnavailableException>(async () => await AppendAsync(store, "b"));
            Assert.Contains("another program holds a lock", busy.Message, StringComparison.Ordinal);
            Assert.Single((await store.Messages.PageAsync(Alice, 0, 10, default)).Messages);
            transaction.Rollback();
        }

        Assert.Equal(2, (await AppendAsync(store, "b")).Last);
    }

    [UnsupportedOSPlatform("windows")]
    [OrdinaryUserFact(DisplayName = "A file made unwritable makes the store unavailable until it is writable again")]
    public async Task Recovers_from_unwritable()
    {
        await using var store = await SqliteNodeStore.OpenAsync(Settings, default);
        await AppendAsync(store, "a");
        // An open file stays writable; a failure (here: a full database) makes the store open it anew.
        store.MaxPages = 1;
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await AppendAsync(store, "b", bodyBytes: 100_000));
        store.MaxPages = 0;
        System.IO.File.SetUnixFileMode(File, UnixFileMode.UserRead);
        var unwritable = await Assert.ThrowsAsync<StoreUnavailableException>(async () => await AppendAsync(store, "b"));
        Assert.Contains("not writable", unwritable.Message, StringComparison.Ordinal);
        Assert.Single((await store.Messages.PageAsync(Alice, 0, 10, default)).Messages);
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await AppendAsync(store, "b"));
        Assert.Single((await store.Messages.PageAsync(Alice, 0, 10, default)).Messages);
        System.IO.File.SetUnixFileMode(File, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Assert.Equal(2, (await AppendAsync(store, "b")).Last);
    }

    [Fact(DisplayName = "A store whose file was taken away after a failure does not start over with an empty one")]
    public async Task Never_starts_over()
    {
        var store = await SqliteNodeStore.OpenAsync(Settings, default);
        await using (store)
        {
            await AppendAsync(store, "a");
            store.MaxPages = 1;
            await Assert.ThrowsAsync<StoreUnavailableException>(async () => await AppendAsync(store, "b", bodyBytes: 100_000));
            store.MaxPages = 0;
            var away = Path.Combine(_folder.Path, "away");
            Directory.CreateDirectory(away);
            foreach (var file in Directory.GetFiles(_folder.Path, "node.db*"))
                System.IO.File.Move(file, Path.Combine(away, Path.GetFileName(file)));
            await Assert.ThrowsAsync<StoreUnavailableException>(async () => await AppendAsync(store, "b"));
            Assert.False(System.IO.File.Exists(File));
            foreach (var file in Directory.GetFiles(away))
                System.IO.File.Move(file, Path.Combine(_folder.Path, Path.GetFileName(file)));
            Assert.Equal(2, (await AppendAsync(store, "b")).Last);
        }
    }

    [Fact(DisplayName = "A message missing within the range is an error that names account and sequence")]
    public async Task Names_missing_message()
    {
        await WriteAsync("a", "b", "c", "d");
        Execute("DELETE FROM message WHERE id = 'c'");
        await using var store = await SqliteNodeStore.OpenAsync(Settings, default);
        var missing = await Assert.ThrowsAsync<MissingMessageException>(async () => await store.Messages.PageAsync(Alice, 1, 10, default));
        Assert.Equal((Alice, 3), (missing.Account, missing.Sequence));
        Assert.Contains("alice", missing.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<MissingMessageException>(async () => await store.Messages.PageAsync(Alice, 2, 1, default));
        await Assert.ThrowsAsync<MissingMessageException>(async () => await store.CommitAsync([new CommitCommand.Remove(Alice, 4, null, 10)], default));
        Assert.Equal(2, (await store.Messages.PageAsync(Alice, 0, 2, default)).Messages.Length);
    }

    [Fact(DisplayName = "Ids with the same hash are told apart")]
    public async Task Survives_hash_collisions()
    {
        await WriteAsync("a", "b");
        // Another message's id gets b's place in the index: what a collision would look like.
        Execute("DELETE FROM id_log");
        Execute($"INSERT INTO id_index VALUES ({Hash("x")}, {MessageKey.Of(1, 1)}), ({Hash("x")}, {MessageKey.Of(1, 2)}), ({Hash("b")}, {MessageKey.Of(1, 1)}), ({Hash("b")}, {MessageKey.Of(1, 2)})");
        await using var store = await SqliteNodeStore.OpenAsync(Settings, default);
        Assert.Null(await store.Messages.FindAsync(Alice, new MessageId("x"), default));
        Assert.Equal(2, (await store.Messages.FindAsync(Alice, new MessageId("b"), default))!.Sequence);
        Assert.Equal(new CommitResult.Appended(2, 2, 0, 1, 2), await AppendAsync(store, "b"));
        Assert.Equal(new CommitResult.Appended(3, 3, 1, 0, 3), await AppendAsync(store, "x"));
    }

    [Fact(DisplayName = "Ids that moved from the buffer to the index, wait in it, or were removed are known or forgotten alike, also after a restart")]
    public async Task Moves_ids_to_the_index()
    {
        const int transactions = 300;
        const int each = 40;
        var settings = Settings with { BufferedIds = 1000 };
        await using (var store = await SqliteNodeStore.OpenAsync(settings, default))
        {
            for (var i = 0; i < transactions; i++)
            {
                var ids = Enumerable.Range(i * each, each).Select(n => $"m{n}").ToArray();
                Assert.Equal(each, (await AppendAsync(store, ids)).Written);
                if (i % 10 == 9)
                    await store.CommitAsync([new CommitCommand.Remove(Alice, long.MaxValue, null, 100)], default);
            }

            await CheckAsync(store);
        }

        // Every entry is in one place only, and the log does not grow without end.
        Assert.InRange((long)Scalar("SELECT count(*) FROM id_index"), (transactions * each) - 3000 - 1100, (transactions * each) - 3000);
        Assert.InRange((long)Scalar("SELECT count(*) FROM id_log"), 1, 120);
        await using (var store = await SqliteNodeStore.OpenAsync(settings, default))
            await CheckAsync(store);

        static async Task CheckAsync(SqliteNodeStore store)
        {
            const int removed = 3000;
            var range = await store.Messages.RangeAsync(Alice, default);
            Assert.Equal(new MessageRange(removed + 1, transactions * each), range);
            for (var n = 0; n < transactions * each; n += 7)
                Assert.Equal(n < removed ? null : n + 1, (await store.Messages.FindAsync(Alice, new MessageId($"m{n}"), default))?.Sequence);
            var again = Enumerable.Range(removed, 2000).Select(n => $"m{n}").ToArray();
            Assert.Equal(new CommitResult.Appended(removed + 1, removed + 2000, 0, 2000, transactions * each), await AppendAsync(store, again));
        }
    }

    private static long Hash(string id) => MessageIdHash.Of(1, Encoding.UTF8.GetBytes(id));

    private static Task<CommitResult.Appended> AppendAsync(SqliteNodeStore store, string id, int bodyBytes) =>
        AppendAsync(store, [new Message(new MessageId(id), new byte[bodyBytes])]);

    private static Task<CommitResult.Appended> AppendAsync(SqliteNodeStore store, params string[] ids) =>
        AppendAsync(store, [.. ids.Select(id => new Message(new MessageId(id), new byte[10]))]);

    private static async Task<CommitResult.Appended> AppendAsync(SqliteNodeStore store, Message[] messages) =>
        Assert.IsType<CommitResult.Appended>(Assert.Single(await store.CommitAsync([new CommitCommand.Append(Alice, [.. messages], DateTimeOffset.UnixEpoch)], default)));

    private async Task WriteAsync(params string[] ids)
    {
        await using var store = await SqliteNodeStore.OpenAsync(Settings, default);
        await AppendAsync(store, ids);
    }

    private SqliteConnection Open()
    {
        var connection = new SqliteConnection($"Data Source={File};Pooling=False");
        connection.Open();
        return connection;
    }

    private void Execute(string sql)
    {
        using var connection = Open();
        SqliteFile.Execute(connection, sql);
    }

    private object Scalar(string sql)
    {
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar()!;
    }

    private sealed class LinuxFactAttribute : FactAttribute
    {
        public LinuxFactAttribute() => Skip = RuntimeInformation.IsOSPlatform(OSPlatform.Linux) ? null : "Needs the flock command of Linux.";
    }

    private sealed class OrdinaryUserFactAttribute : FactAttribute
    {
        public OrdinaryUserFactAttribute() => Skip = OperatingSystem.IsWindows() || Environment.IsPrivilegedProcess
            ? "File modes do not bind root, or there are none: run the tests as an ordinary user." : null;
    }
}
