using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using ActorNode.Benchmarks.Storage;
using ActorNode.Messages;
using ActorNode.Protocol.Messages;
using ActorNode.Storage;
using ActorNode.Upkeep;
using ActorNode.Upkeep.Store;
using Akka.Actor;

namespace ActorNode.Benchmarks.Upkeep;

/// <summary>
/// Writes of one key of the upkeep store, each kind of place beside a raw loop that makes the same value durable there; and what the
/// account messages that share a database notice of a large value.
/// </summary>
public static class UpkeepStoreBenchmark
{
    private const string Usage = "upkeep-store [--store sqlite,postgresql,folder,replicated] [--sizes 1000,100000,5000000] [--seconds 2] [--beside 50000000]";

    public static async Task<int> RunAsync(string[] args)
    {
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        var options = new Options(args, Usage);
        var time = TimeSpan.FromSeconds(options.Int("seconds", 2));
        var sizes = options.List("sizes", "1000,100000,5000000").Select(size => int.Parse(size, CultureInfo.InvariantCulture)).ToArray();
        foreach (var kind in options.List("store", "sqlite,postgresql,folder,replicated"))
        {
            await using var database = await BenchmarkDatabase.CreateAsync(kind == "postgresql" ? kind : "sqlite");
            var folder = Directory.CreateTempSubdirectory("actornode-benchmark-").FullName;
            try
            {
                await using var node = await Node.StartAsync(kind, database.Settings, folder);
                foreach (var size in sizes)
                {
                    var value = RandomNumberGenerator.GetBytes(size);
                    await using var raw = await RawWrites.OpenAsync(kind, database.Settings, folder);
                    // In turn, so that a noisy moment hits either; the first of each warms up.
                    var (store, loop) = (new Latencies(), new Latencies());
                    for (var run = 0; run < 3; run++)
                    {
                        store = await MeasureAsync(() => node.Store.WriteAsync(UpkeepKey.Manager, value, default), time);
                        loop = await MeasureAsync(() => raw.WriteAsync(value), time);
                    }

                    Console.WriteLine($"{kind,-11} {size,10:N0} bytes: {store}; raw loop {loop}; {store.Rate / loop.Rate:P0}");
                }

                if (kind is "sqlite" or "postgresql" && options.Int("beside", 50_000_000) is > 0 and var beside)
                    await BesideAsync(kind, node, beside, time);
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
            }
        }

        return 0;
    }

    /// <summary>Messages of one account, one a transaction at least, alone and while large values are written.</summary>
    private static async Task BesideAsync(string kind, Node node, int size, TimeSpan time)
    {
        var value = RandomNumberGenerator.GetBytes(size);
        await MeasureAsync(node.AppendAsync, time);
        var alone = await MeasureAsync(node.AppendAsync, time);
        using var stop = new CancellationTokenSource();
        var values = new Latencies();
        var writing = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
                await values.MeasureAsync(() => node.Store.WriteAsync(UpkeepKey.NetworkGraph, value, default));
        });
        var beside = await MeasureAsync(node.AppendAsync, TimeSpan.FromTicks(Math.Max(time.Ticks, TimeSpan.TicksPerSecond * 10)));
        await stop.CancelAsync();
        await writing;
        Console.WriteLine($"{kind,-11} account messages alone: {alone}; beside values of {size:N0} bytes: {beside}; each of these took {values.At(0.5):N0} ms");
    }

    private static async Task<Latencies> MeasureAsync(Func<Task> write, TimeSpan time)
    {
        var latencies = new Latencies();
        var began = Stopwatch.GetTimestamp();
        do
            await latencies.MeasureAsync(write);
        while (Stopwatch.GetElapsedTime(began) < time);
        return latencies;
    }

    /// <summary>How long calls took, one after the other.</summary>
    private sealed class Latencies
    {
        private readonly List<double> _milliseconds = [];

        public double Rate => _milliseconds.Count / (_milliseconds.Sum() / 1000);

        public double At(double quantile)
        {
            var sorted = _milliseconds.Order().ToArray();
            return sorted[Math.Min(sorted.Length - 1, (int)(quantile * sorted.Length))];
        }

        public async Task MeasureAsync(Func<Task> call)
        {
            var began = Stopwatch.GetTimestamp();
            await call();
            _milliseconds.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }

        public override string ToString() => $"{Rate,8:N1}/s, p50 {At(0.5),7:F2} ms, p99 {At(0.99),7:F2} ms, max {At(1),7:F2} ms";
    }

    /// <summary>As much of a node as writes: the commit actor and the store.</summary>
    private sealed class Node(ActorSystem system, IActorRef commit, INodeStore database, ReplicatedUpkeepStore store) : IAsyncDisposable
    {
        private static readonly AccountId Account = new("account");

        private long _next;

        public ReplicatedUpkeepStore Store => store;

        public static async Task<Node> StartAsync(string kind, StorageSettings storage, string folder)
        {
            var settings = new UpkeepStoreSettings
            {
                Folder = kind == "folder" ? Path.Combine(folder, "primary") : null,
                BackupFolders = kind == "replicated" ? [Path.Combine(folder, "backup")] : [],
                RequiredBackups = kind == "replicated" ? 1 : 0,
            };
            var database = await NodeStore.OpenAsync(storage, default);
            var store = await UpkeepStoreFactory.OpenAsync(settings, storage, database, TimeProvider.System, default);
            var system = ActorSystem.Create("benchmark");
            var commit = system.ActorOf(CommitActor.Props(database, new CommitSettings(), ActorRefs.Nobody, Random.Shared));
            store.CommitThrough(commit);
            return new Node(system, commit, database, store);
        }

        public async Task AppendAsync()
        {
            var message = new Message(new MessageId(Interlocked.Increment(ref _next).ToString(CultureInfo.InvariantCulture)), new byte[200]);
            var answer = await commit.Ask(new CommitActor.Commit([new CommitCommand.Append(Account, [message], DateTimeOffset.UtcNow)]), TimeSpan.FromMinutes(1));
            if (answer is CommitActor.Failed failed)
                throw failed.Error;
        }

        public async ValueTask DisposeAsync()
        {
            await store.DisposeAsync();
            await system.Terminate();
            await database.DisposeAsync();
        }
    }
}
