using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using ActorNode.Benchmarks.Journal;
using ActorNode.Benchmarks.Storage;
using ActorNode.Forging;
using ActorNode.Protocol.Forging;
using ActorNode.Storage;
using Akka.Actor;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ActorNode.Benchmarks.Forging;

/// <summary>
/// What forging adds to a signature: from the request to the call of a signer that does nothing, alone and with one key whose signer hangs;
/// transactions of a large batch of votes; memory of idle keys.
/// </summary>
internal static class ForgingBenchmark
{
    private const string Usage = "forging [--seconds N] [--rate N] [--keys N] [--idle N] ";

    private static readonly ChainName Chain = new("NetXdQprcVkpaWU");
    private static readonly byte[] Payload = new byte[80];

    public static async Task<int> RunAsync(string[] args)
    {
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        var options = new Options(args, Usage);
        var (rate, keys) = (options.Int("rate", 5000), options.Int("keys", 1000));
        var time = TimeSpan.FromSeconds(options.Int("seconds", 10));
        await LatencyAsync(rate, keys, time, hung: false);
        await LatencyAsync(rate, keys, time, hung: true);
        await BatchAsync(keys);
        await IdleAsync(options.Int("idle", 10_000));
        return 0;
    }

    /// <summary>An open loop: a request's time begins when it was due, whatever became of earlier ones.</summary>
    private static async Task LatencyAsync(int rate, int keys, TimeSpan time, bool hung)
    {
        var signer = new NoSigner(keys, hung ? 1 : 0);
        using var host = await StartAsync(signer, new StorageSettings { Provider = StorageProvider.Memory });
        var worker = host.Services.GetRequiredService<ActorRegistry>().Get<ForgeWorker>();
        var level = 0;
        foreach (var key in signer.Hung)
            worker.Tell(new ForgeCommands.ForgeAndSignAttestations(new ForgeRequestId("hangs"), Chain, new LevelRound(1, 0), [new(key.Id, Payload)]), ActorRefs.NoSender);
        // Wakes the keys, and the code.
        for (var i = 0; i < 20; i++)
            await BatchOnceAsync(host, signer, worker, ++level);
        var requests = (int)(rate * time.TotalSeconds);
        signer.Record(requests);
        await Task.Factory.StartNew(() =>
        {
            var interval = Stopwatch.Frequency / (double)rate;
            var started = Stopwatch.GetTimestamp();
            for (var i = 0; i < requests; i++)
            {
                if (i % signer.Keys.Length == 0)
                    level++;
                var due = started + (long)(i * interval);
                Pause.Until(due);
                var key = signer.Keys[i % signer.Keys.Length];
                signer.Due[key.Id] = due;
                worker.Tell(new ForgeCommands.ForgeAndSignAttestations(new ForgeRequestId($"r{i}"), Chain, new LevelRound(level, 0), [new(key.Id, Payload)]), ActorRefs.NoSender);
            }
        }, TaskCreationOptions.LongRunning);
        var times = await signer.RecordedAsync();
        Console.WriteLine(
            $"{(hung ? "one hung signer among " : "")}{keys:N0} keys, {rate:N0} requests/s, in-memory journal: enqueue to signer p50 {Latency.Percentile(times, 0.5):N0} us, p99 {Latency.Percentile(times, 0.99):N0} us, p99.9 {Latency.Percentile(times, 0.999):N0} us");
        await host.StopAsync();
    }

    /// <summary>One batch with a vote of each key, on SQLite.</summary>
    private static async Task BatchAsync(int keys)
    {
        await using var database = await BenchmarkDatabase.CreateAsync("sqlite");
        var signer = new NoSigner(keys, hung: 0);
        using var host = await StartAsync(signer, database.Settings);
        var worker = host.Services.GetRequiredService<ActorRegistry>().Get<ForgeWorker>();
        using var listener = new MeterListener();
        var (transactions, rows) = (0L, 0L);
        listener.InstrumentPublished = (instrument, meters) =>
        {
            if (instrument.Name == "akka.persistence.sql.transaction.rows")
                meters.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<int>((_, count, _, _) =>
        {
            Interlocked.Increment(ref transactions);
            Interlocked.Add(ref rows, count);
        });
        listener.Start();
        for (var level = 1; level <= 5; level++)
        {
            Volatile.Write(ref transactions, 0);
            Volatile.Write(ref rows, 0);
            var started = Stopwatch.GetTimestamp();
            await BatchOnceAsync(host, signer, worker, level);
            var took = Stopwatch.GetElapsedTime(started);
            Console.WriteLine(
                $"batch of {keys:N0} votes on SQLite{(level == 1 ? " (keys wake)" : "")}: all events after {took.TotalMilliseconds:F1} ms, until then {Volatile.Read(ref transactions)} transactions of {Volatile.Read(ref rows)} rows");
        }

        await host.StopAsync();
    }

    private static async Task IdleAsync(int keys)
    {
        var signer = new NoSigner(keys, hung: 0);
        using var host = await StartAsync(signer, new StorageSettings { Provider = StorageProvider.Memory });
        var system = host.Services.GetRequiredService<ActorSystem>();
        var delegates = system.ActorSelection("/user/delegates");
        var before = GC.GetTotalMemory(forceFullCollection: true);
        await Task.WhenAll(signer.Keys.Select(key => delegates.Ask<ForgeReplies.KeyState>(new ForgeQueries.StateOf(key.Id), TimeSpan.FromMinutes(1))));
        var after = GC.GetTotalMemory(forceFullCollection: true);
        Console.WriteLine($"{keys:N0} idle keys: {(after - before) / keys:N0} bytes each");
        await host.StopAsync();
    }

    private static async Task BatchOnceAsync(IHost host, NoSigner signer, IActorRef worker, int level)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var counter = host.Services.GetRequiredService<ActorSystem>().ActorOf(Props.Create(() => new Counter(signer.Keys.Length, done)));
        worker.Tell(new ForgeCommands.Subscribe(), counter);
        worker.Tell(new ForgeCommands.ForgeAndSignAttestations(
            new ForgeRequestId($"batch {level}"), Chain, new LevelRound(level, 0), [.. signer.Keys.Select(key => new ForgeCommands.Vote(key.Id, Payload))]), ActorRefs.NoSender);
        await done.Task;
        await counter.GracefulStop(TimeSpan.FromSeconds(30));
    }

    private static async Task<IHost> StartAsync(NoSigner signer, StorageSettings storage)
    {
        var host = Host.CreateDefaultBuilder()
            .ConfigureLogging(logging => logging.SetMinimumLevel(LogLevel.Error))
            .ConfigureServices(services => services.AddAkka("bench", builder => builder
                .AddHocon("akka.loglevel = ERROR", HoconAddMode.Prepend)
                .WithActorNode(
                    new InMemoryNodeStore(),
                    storage,
                    new ActorNode.Messages.MessagesSettings(),
                    forging: _ => new ForgingPorts(signer),
                    forgingSettings: new ForgingSettings { MaxPending = 100_000, SigningTimeout = null, StopTimeout = TimeSpan.FromSeconds(1) })))
            .Build();
        await host.StartAsync();
        return host;
    }

    /// <summary>Ends a batch with its last event.</summary>
    private sealed class Counter(int count, TaskCompletionSource done) : UntypedActor
    {
        private int _left = count;

        protected override void OnReceive(object message)
        {
            if (message is IForgeEvent && --_left == 0)
                done.SetResult();
        }
    }
}
