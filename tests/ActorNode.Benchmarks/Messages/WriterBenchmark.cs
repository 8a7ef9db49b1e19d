using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using ActorNode.Benchmarks.Storage;
using ActorNode.Messages;
using ActorNode.Protocol.Messages;
using ActorNode.Storage;
using Akka.Actor;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ActorNode.Benchmarks.Messages;

/// <summary>
/// The message writer end to end, by message: 256 senders, random 32-byte ids, 200-byte bodies, an empty database; then, in the same run,
/// a raw loop of the same statements with the writer's mean rows a transaction. The second half of the messages counts.
/// </summary>
public static class WriterBenchmark
{
    private const int Senders = 256;

    private const string Usage = """
        writer [--provider sqlite,postgresql] [--accounts 1,256,10000] [--messages 2000000] [--under-way 2] [--write 20] [--raw yes]
        under-way: writes that each sender keeps without an answer; write: messages in one write.
        """;

    public static async Task<int> RunAsync(string[] args)
    {
        var options = new Options(args, Usage);
        foreach (var provider in options.List("provider", "sqlite,postgresql"))
            foreach (var accounts in options.List("accounts", "1,256,10000").Select(a => int.Parse(a, CultureInfo.InvariantCulture)))
            {
                var load = new Load(options.Int("messages", 2_000_000), options.Int("under-way", 2), options.Int("write", 20), bodyBytes: 200);
                await using var database = await BenchmarkDatabase.CreateAsync(provider);
                var meanRows = await RunAsync(database.Settings, accounts, load);
                if (options.Text("raw", "yes") != "yes")
                    continue;
                await using var fresh = await BenchmarkDatabase.CreateAsync(provider);
                var raw = await RawInsert.RunAsync(fresh.Settings, load.Total, Math.Max(1, (int)meanRows), accounts, load.MessagesPerWrite);
                Console.WriteLine($"{"",-11} {"",6} raw loop: {raw.LastRowsPerSecond,10:N0} rows/s; the writer reaches {load.SecondHalfRate / raw.LastRowsPerSecond:P0}");
            }

        return 0;
    }

    private static async Task<double> RunAsync(StorageSettings storage, int accounts, Load load)
    {
        using var transactions = new Transactions();
        var idleThreads = Process.GetCurrentProcess().Threads.Count;
        var cpu = Process.GetCurrentProcess().TotalProcessorTime;
        var started = Stopwatch.GetTimestamp();

        using (var host = await StartAsync(storage))
        {
            var system = host.Services.GetRequiredService<ActorSystem>();
            var writer = ActorRegistry.For(system).Get<MessageWriterActor>();
            load.Start();
            for (var i = 0; i < Senders; i++)
                system.ActorOf(SenderActor.Props(writer, AccountsOf(i, accounts), load), $"sender-{i}");
            await load.Done;
            cpu = Process.GetCurrentProcess().TotalProcessorTime - cpu;
            Console.WriteLine(
                $"{storage.Provider,-11} {accounts,6} accounts: {load.SecondHalfRate,9:N0} messages/s, ack p50 {load.Percentile(0.5):F1} ms p99 {load.Percentile(0.99):F1} ms, " +
                $"{transactions.MeanRows:N0} rows a transaction, {cpu.TotalSeconds / Stopwatch.GetElapsedTime(started).TotalSeconds:F2} cores, " +
                $"threads {idleThreads} -> {Process.GetCurrentProcess().Threads.Count}, {Process.GetCurrentProcess().WorkingSet64 >> 20} MiB");
            await host.StopAsync();
        }

        return transactions.MeanRows;
    }

    private static async Task<IHost> StartAsync(StorageSettings storage)
    {
        var store = await NodeStore.OpenAsync(storage, CancellationToken.None);
        var host = Host.CreateDefaultBuilder()
            .ConfigureLogging(l => l.SetMinimumLevel(LogLevel.Warning))
            .ConfigureServices(s => s.AddAkka("benchmark", b => b.WithActorNode(store, new StorageSettings { Provider = StorageProvider.Memory }, new MessagesSettings())))
            .Build();
        await host.StartAsync();
        return host;
    }

    /// <summary>Senders share out the accounts; where there are fewer than senders, several write to one.</summary>
    private static AccountId[] AccountsOf(int sender, int accounts) =>
        accounts <= Senders
            ? [Account(sender % accounts)]
            : [.. Enumerable.Range(0, accounts).Where(a => a % Senders == sender).Select(Account)];

    private static AccountId Account(int number) => new($"0:{number:x64}");

    /// <summary>Listens to the commit actor's own metrics.</summary>
    private sealed class Transactions : IDisposable
    {
        private readonly MeterListener _listener = new();
        private long _rows;
        private long _count;

        public Transactions()
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Name == "actornode.commit.rows")
                    listener.EnableMeasurementEvents(instrument);
            };
            _listener.SetMeasurementEventCallback<int>((_, rows, _, _) =>
            {
                Interlocked.Add(ref _rows, rows);
                Interlocked.Increment(ref _count);
            });
            _listener.Start();
        }

        public double MeanRows => (double)Volatile.Read(ref _rows) / Math.Max(1, Volatile.Read(ref _count));

        public void Dispose() => _listener.Dispose();
    }
}
