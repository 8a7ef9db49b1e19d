using System.Diagnostics;
using System.Globalization;
using System.Text;
using ActorNode.Protocol.Messages;
using ActorNode.Storage;
using ActorNode.Storage.PostgreSql;
using ActorNode.Storage.Sqlite;
using Microsoft.Data.Sqlite;
using Npgsql;
using NpgsqlTypes;

namespace ActorNode.Benchmarks.Storage;

/// <summary>Rates of a run.</summary>
/// <param name="Rows">All rows written.</param>
/// <param name="RowsPerSecond">Over all rows.</param>
/// <param name="LastRowsPerSecond">Over the last half.</param>
/// <param name="CommitP50">A transaction's time, the median of the last half.</param>
/// <param name="CommitP99">A transaction's time, 99 % of the last half are below.</param>
/// <param name="CpuPerRow">Processor time of this process, for the messages' making too; the server's is not in it.</param>
public sealed record InsertRates(long Rows, double RowsPerSecond, double LastRowsPerSecond, TimeSpan CommitP50, TimeSpan CommitP99, TimeSpan CpuPerRow);

/// <summary>
/// The yardstick of the message writer: the statements that the store runs for new messages, in a plain loop with a fixed number of rows
/// a transaction, without commands, results and actors. Messages are made outside the measured time. Beside it, the store itself.
/// </summary>
public static class RawInsert
{
    private const string Usage = "raw-insert [--provider sqlite,postgresql] [--rows 2000000] [--batch 1000,2500,10000] [--accounts 1,256,10000] [--what raw,store]";

    /// <summary>
    /// Writes random new messages in transactions of a fixed size into the empty database of the settings, so many at a time for one
    /// account.
    /// </summary>
    public static async Task<InsertRates> RunAsync(StorageSettings settings, long rows, int batch, int accounts, int together = 1)
    {
        await using IBatchWriter writer = settings.Provider == StorageProvider.Sqlite
            ? new SqliteLoop(settings, accounts)
            : await PostgresLoop.OpenAsync(settings, accounts);
        return await MeasureAsync(rows, batch, accounts, together, writer.WriteAsync);
    }

    /// <summary>The same messages by way of the store: one append for each account that a transaction has messages of.</summary>
    public static async Task<InsertRates> RunStoreAsync(StorageSettings settings, long rows, int batch, int accounts)
    {
        await using var store = await NodeStore.OpenAsync(settings, default);
        return await MeasureAsync(rows, batch, accounts, together: 1, async messages => await store.CommitAsync(Commands(messages), default));
    }

    /// <summary>The command line: one line for each combination.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        var options = new Options(args, Usage);
        Console.WriteLine($"{"database",-12}{"what",-7}{"accounts",10}{"batch",8}{"rows/s",10}{"last 1/2",10}{"p50 ms",9}{"p99 ms",9}{"cpu us",8}");
        foreach (var provider in options.List("provider", "sqlite,postgresql"))
            foreach (var accounts in options.List("accounts", "1,256,10000"))
                foreach (var batch in options.List("batch", "1000,10000"))
                    foreach (var what in options.List("what", "raw,store"))
                    {
                        await using var database = await BenchmarkDatabase.CreateAsync(provider);
                        var rows = options.Int("rows", 2_000_000);
                        var (perTransaction, count) = (int.Parse(batch, CultureInfo.InvariantCulture), int.Parse(accounts, CultureInfo.InvariantCulture));
                        var rates = what == "raw"
                            ? await RunAsync(database.Settings, rows, perTransaction, count)
                            : await RunStoreAsync(database.Settings, rows, perTransaction, count);
                        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{provider,-12}{what,-7}{accounts,10}{batch,8}{rates.RowsPerSecond,10:N0}{rates.LastRowsPerSecond,10:N0}{rates.CommitP50.TotalMilliseconds,9:F1}{rates.CommitP99.TotalMilliseconds,9:F1}{rates.CpuPerRow.TotalMicroseconds,8:F1}"));
                    }

        return 0;
    }

    internal static IReadOnlyList<CommitCommand> Commands(LayoutMessage[] messages) =>
        [.. messages
            .GroupBy(message => message.Account)
            .Select(account => new CommitCommand.Append(
                Account(account.Key),
                [.. account.Select(message => new Message(new MessageId(message.Id), message.Body))],
                DateTimeOffset.UtcNow))];

    internal static AccountId Account(int number) => new(string.Create(CultureInfo.InvariantCulture, $"0:{number:x64}"));

    private static async Task<InsertRates> MeasureAsync(long rows, int batch, int accounts, int together, Func<LayoutMessage[], Task> write)
    {
        var random = new Random(1);
        var times = new TimeSpan[Math.Max(2, rows / batch)];
        var cpu = Process.GetCurrentProcess().TotalProcessorTime;
        for (var i = 0; i < times.Length; i++)
        {
            var messages = LayoutMessage.Batch(batch, accounts, random, together);
            var start = Stopwatch.GetTimestamp();
            await write(messages);
            times[i] = Stopwatch.GetElapsedTime(start);
        }

        cpu = Process.GetCurrentProcess().TotalProcessorTime - cpu;
        var last = times[(times.Length / 2)..];
        var rate = (double)batch * times.Length / Sum(times);
        var lastRate = (double)batch * last.Length / Sum(last);
        Array.Sort(last);
        return new InsertRates((long)batch * times.Length, rate, lastRate, last[last.Length / 2], last[(int)(last.Length * 0.99)], cpu / times.Length / batch);
    }

    private static double Sum(TimeSpan[] times) => times.Sum(time => time.TotalSeconds);

    private interface IBatchWriter : IAsyncDisposable
    {
        Task WriteAsync(LayoutMessage[] messages);
    }

    private sealed class SqliteLoop : IBatchWriter
    {
        private readonly SqliteConnection _connection;
        private readonly SqliteIdIndex _ids;
        private readonly SqliteStatement _begin;
        private readonly SqliteStatement _insert;
        private readonly SqliteStatement _updateLast;
        private readonly SqliteStatement _commit;
        private readonly long[] _last;
        private readonly HashSet<int> _touched = [];

        public SqliteLoop(StorageSettings settings, int accounts)
        {
            Directory.CreateDirectory(settings.DataFolder);
            _connection = new SqliteFile(settings).Create();
            _ids = new SqliteIdIndex(_connection, settings.BufferedIds);
            _begin = new SqliteStatement(_connection, "BEGIN IMMEDIATE");
            _insert = new SqliteStatement(_connection, SqliteQueries.InsertMessage);
            _updateLast = new SqliteStatement(_connection, SqliteQueries.UpdateLast);
            _commit = new SqliteStatement(_connection, "COMMIT");
            _last = new long[accounts + 1];
            SqliteFile.Execute(_connection, "BEGIN");
            using (var account = new SqliteStatement(_connection, "INSERT INTO account (number, name, first, last) VALUES (?, ?, 1, 0)"))
            {
                for (var number = 1; number <= accounts; number++)
                    account.Bind(1, number).Bind(2, Account(number).Value).Run();
            }

            SqliteFile.Execute(_connection, "COMMIT");
        }

        public Task WriteAsync(LayoutMessage[] messages)
        {
            _begin.Run();
            foreach (var message in messages)
            {
                if (_ids.Find(message.Account, message.Id, out var hash) is not null)
                    throw new InvalidOperationException("A random id came twice.");
                var key = MessageKey.Of(message.Account, ++_last[message.Account]);
                _insert.Bind(1, key).Bind(2, 1).Bind(3, message.Id).Bind(4, message.Body).Run();
                _ids.Add(message.Account, message.Id, hash, key);
                _touched.Add(message.Account);
            }

            _ids.Write();
            foreach (var account in _touched)
                _updateLast.Bind(1, _last[account]).Bind(2, account).Run();
            _touched.Clear();
            _commit.Run();
            _ids.Committed();
            return Task.CompletedTask;
        }

        public ValueTask DisposeAsync()
        {
            foreach (var statement in new[] { _begin, _insert, _updateLast, _commit })
                statement.Dispose();
            _ids.Dispose();
            _connection.Dispose();
            return ValueTask.CompletedTask;
        }
    }

    private sealed class PostgresLoop(PostgresDatabase database, NpgsqlConnection connection, long epoch, int accounts) : IBatchWriter
    {
        private readonly long[] _last = new long[accounts + 1];

        public static async Task<PostgresLoop> OpenAsync(StorageSettings settings, int accounts)
        {
            var database = new PostgresDatabase(settings);
            var (connection, epoch) = await database.TakeAsync(default);
            await using var insert = new NpgsqlCommand("INSERT INTO actornode.account (number, name, first, last) OVERRIDING SYSTEM VALUE SELECT n, name, 1, 0 FROM unnest($1, $2) AS a (n, name)", connection);
            insert.Parameters.Add(new NpgsqlParameter { Value = Enumerable.Range(1, accounts).Select(number => (long)number).ToArray() });
            insert.Parameters.Add(new NpgsqlParameter { Value = Enumerable.Range(1, accounts).Select(number => Account(number).Value).ToArray() });
            await insert.ExecuteNonQueryAsync();
            return new PostgresLoop(database, connection, epoch, accounts);
        }

        public async Task WriteAsync(LayoutMessage[] messages)
        {
            await using var transaction = await connection.BeginTransactionAsync();
            if (await ScalarAsync(PostgresWriter.CheckOwner, epoch) is null)
                throw new InvalidOperationException("Another node took the database over.");
            var hashes = new long[messages.Length];
            for (var i = 0; i < hashes.Length; i++)
                hashes[i] = MessageIdHash.Of(messages[i].Account, Encoding.UTF8.GetBytes(messages[i].Id));
            if (await ScalarAsync(PostgresWriter.FindIds, hashes) is not null)
                throw new InvalidOperationException("A random id came twice.");
            var touched = new HashSet<long>();
            await using (var copy = await connection.BeginBinaryImportAsync(PostgresWriter.CopyMessages))
            {
                for (var i = 0; i < messages.Length; i++)
                {
                    await copy.StartRowAsync();
                    await copy.WriteAsync((long)messages[i].Account, NpgsqlDbType.Bigint);
                    await copy.WriteAsync(++_last[messages[i].Account], NpgsqlDbType.Bigint);
                    await copy.WriteAsync(1L, NpgsqlDbType.Bigint);
                    await copy.WriteAsync(hashes[i], NpgsqlDbType.Bigint);
                    await copy.WriteAsync(messages[i].Id, NpgsqlDbType.Text);
                    await copy.WriteAsync(messages[i].Body, NpgsqlDbType.Bytea);
                    touched.Add(messages[i].Account);
                }

                await copy.CompleteAsync();
            }

            var numbers = touched.ToArray();
            await ScalarAsync(
                PostgresWriter.UpdateAccounts,
                numbers,
                numbers.Select(_ => 1L).ToArray(),
                numbers.Select(number => _last[number]).ToArray(),
                numbers.Select(_ => 1L).ToArray());
            await transaction.CommitAsync();
        }

        public async ValueTask DisposeAsync()
        {
            await connection.DisposeAsync();
            await database.Readers.DisposeAsync();
        }

        private async Task<object?> ScalarAsync(string sql, params object[] values)
        {
            await using var command = new NpgsqlCommand(sql, connection);
            foreach (var value in values)
                command.Parameters.Add(new NpgsqlParameter { Value = value });
            return await command.ExecuteScalarAsync();
        }
    }
}
