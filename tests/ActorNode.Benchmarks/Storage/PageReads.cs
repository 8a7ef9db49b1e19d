using System.Diagnostics;
using System.Globalization;
using ActorNode.Storage;

namespace ActorNode.Benchmarks.Storage;

/// <summary>
/// Pages at random places of a filled store, one after the other: alone, and beside a writer that commits all the time.
/// </summary>
public static class PageReads
{
    private const string Usage = "pages [--provider sqlite,postgresql] [--rows 1000000] [--accounts 256] [--limit 50] [--reads 20000]";

    public static async Task<int> RunAsync(string[] args)
    {
        var options = new Options(args, Usage);
        var (rows, limit, reads) = (options.Int("rows", 1_000_000), options.Int("limit", 50), options.Int("reads", 20_000));
        Console.WriteLine($"{"database",-12}{"accounts",10}{"rows",10}{"limit",7}  {"beside",-8}{"p50 us",9}{"p99 us",9}{"max us",9}");
        foreach (var provider in options.List("provider", "sqlite,postgresql"))
            foreach (var accounts in options.List("accounts", "256").Select(text => int.Parse(text, CultureInfo.InvariantCulture)))
            {
                await using var database = await BenchmarkDatabase.CreateAsync(provider);
                await using var store = await NodeStore.OpenAsync(database.Settings, default);
                const int batch = 5000;
                var random = new Random(1);
                for (var written = 0; written < rows; written += batch)
                    await store.CommitAsync(RawInsert.Commands(LayoutMessage.Batch(batch, accounts, random)), default);

                Print(provider, accounts, rows, limit, "nobody", await MeasureAsync(store, accounts, limit, reads, random));
                using var stop = new CancellationTokenSource();
                var writer = Task.Run(async () =>
                {
                    var other = new Random(2);
                    while (!stop.IsCancellationRequested)
                        await store.CommitAsync(RawInsert.Commands(LayoutMessage.Batch(1000, accounts, other)), default);
                });
                var beside = await MeasureAsync(store, accounts, limit, reads, random);
                await stop.CancelAsync();
                await writer;
                Print(provider, accounts, rows, limit, "a writer", beside);
            }

        return 0;
    }

    private static async Task<TimeSpan[]> MeasureAsync(INodeStore store, int accounts, int limit, int reads, Random random)
    {
        var times = new TimeSpan[reads];
        for (var i = 0; i < reads; i++)
        {
            var account = RawInsert.Account(random.Next(accounts) + 1);
            var last = (await store.Messages.RangeAsync(account, default))?.Last ?? 0;
            var after = random.NextInt64(Math.Max(1, last - limit));
            var start = Stopwatch.GetTimestamp();
            var (_, page) = await store.Messages.PageAsync(account, after, limit, default);
            times[i] = Stopwatch.GetElapsedTime(start);
            if (page.Length != Math.Min(limit, last - after) && page.Length != limit)
                throw new InvalidOperationException($"A page of {account} after {after} has {page.Length} messages.");
        }

        Array.Sort(times);
        return times;
    }

    private static void Print(string provider, int accounts, int rows, int limit, string beside, TimeSpan[] times) =>
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{provider,-12}{accounts,10}{rows,10}{limit,7}  {beside,-8}{times[times.Length / 2].TotalMicroseconds,9:F0}{times[(int)(times.Length * 0.99)].TotalMicroseconds,9:F0}{times[^1].TotalMicroseconds,9:F0}"));
}
