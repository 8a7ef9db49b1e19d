using System.Diagnostics;
using System.Globalization;
using Microsoft.Data.Sqlite;

namespace ActorNode.Benchmarks.Storage;

/// <summary>
/// Compares ways to lay the messages out in SQLite: for each, transactions of a fixed number of new messages (random 32-byte ids,
/// 200-byte bodies) with the duplicate check, WAL, synchronous=FULL; then pages of 50 at random places. Prints one line per
/// combination: rows a second over all rows and over the last third, the slowest commit, the p99 of a page, the size of the file.
/// </summary>
public static class Layouts
{
    private const string Usage = """
        layouts [--rows 300000] [--batch 1000,10000] [--accounts 256] [--page-size 4096] [--cache-mib 64] [--checkpoint-mib 64]
                [--layout text,integer,heap,hash,hot,buffer,noids] [--binding raw|ado]
        """;

    public static Task<int> RunAsync(string[] args)
    {
        var options = new Options(args, Usage);
        var rows = options.Int("rows", 300_000);
        var layouts = options.List("layout", "text,integer,heap,hash,hot,buffer,noids");
        Console.WriteLine($"{"layout",-10}{"accounts",10}{"batch",8}{"page",7}{"cache",7}{"ckpt",6}{"rows/s",10}{"last 1/3",10}{"cpu us",8}{"max ms",8}{"page50 p99 us",15}{"MiB",7}");
        foreach (var accounts in options.List("accounts", "256"))
            foreach (var batch in options.List("batch", "1000,10000"))
                foreach (var pageSize in options.List("page-size", "4096"))
                    foreach (var cache in options.List("cache-mib", "64"))
                        foreach (var checkpoint in options.List("checkpoint-mib", "64"))
                            foreach (var name in layouts)
                            {
                                var setup = new LayoutSetup(Int(accounts), Int(pageSize), Int(cache), Int(checkpoint));
                                Measure(name, setup, rows, Int(batch));
                            }

        return Task.FromResult(0);
    }

    private static int Int(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static void Measure(string name, LayoutSetup setup, int rows, int batch)
    {
        var folder = Directory.CreateTempSubdirectory("actornode-layouts-");
        try
        {
            var file = Path.Combine(folder.FullName, "layout.db");
            using var connection = new SqliteConnection($"Data Source={file};Pooling=False");
            connection.Open();
            using var layout = Layout.Create(name, connection, setup);
            var random = new Random(1);
            var rounds = rows / batch;
            var slowest = TimeSpan.Zero;
            var third = TimeSpan.Zero;
            var total = TimeSpan.Zero;
            var cpu = Process.GetCurrentProcess().TotalProcessorTime;
            for (var round = 0; round < rounds; round++)
            {
                var messages = LayoutMessage.Batch(batch, setup.Accounts, random);
                var start = Stopwatch.GetTimestamp();
                layout.Write(messages);
                var elapsed = Stopwatch.GetElapsedTime(start);
                total += elapsed;
                if (round >= rounds - (rounds / 3))
                    third += elapsed;
                if (elapsed > slowest)
                    slowest = elapsed;
            }

            cpu = Process.GetCurrentProcess().TotalProcessorTime - cpu;
            var pages = new TimeSpan[2000];
            for (var i = 0; i < pages.Length; i++)
            {
                var account = random.Next(setup.Accounts) + 1;
                var after = random.Next((int)layout.Last(account) + 1);
                var start = Stopwatch.GetTimestamp();
                layout.Page(account, after, 50);
                pages[i] = Stopwatch.GetElapsedTime(start);
            }

            Array.Sort(pages);
            var count = (double)rounds * batch;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-10}{setup.Accounts,10}{batch,8}{setup.PageSize,7}{setup.CacheMiB,7}{setup.CheckpointMiB,6}{count / total.TotalSeconds,10:N0}{rounds / 3 * batch / third.TotalSeconds,10:N0}{cpu.TotalMicroseconds / count,8:F1}{slowest.TotalMilliseconds,8:F0}{pages[(int)(pages.Length * 0.99)].TotalMicroseconds,15:F0}{new FileInfo(file).Length >> 20,7}"));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}

/// <summary>What a layout is measured with.</summary>
internal sealed record LayoutSetup(int Accounts, int PageSize, int CacheMiB, int CheckpointMiB);

/// <summary>A new message of an account.</summary>
internal readonly record struct LayoutMessage(int Account, string Id, byte[] Body)
{
    private const int IdLength = 32;
    private const int BodyLength = 200;

    /// <summary>Messages of random accounts, sorted by account, as one transaction takes them.</summary>
    public static LayoutMessage[] Batch(int count, int accounts, Random random, int together = 1)
    {
        var messages = new LayoutMessage[count];
        Span<byte> half = stackalloc byte[IdLength / 2];
        var account = 0;
        for (var i = 0; i < count; i++)
        {
            if (i % together == 0)
                account = random.Next(accounts) + 1;
            random.NextBytes(half);
            var body = new byte[BodyLength];
            random.NextBytes(body);
            messages[i] = new LayoutMessage(account, Convert.ToHexStringLower(half), body);
        }

        Array.Sort(messages, static (left, right) => left.Account.CompareTo(right.Account));
        return messages;
    }
}
