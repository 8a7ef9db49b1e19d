using System.Diagnostics;
using System.Globalization;
using ActorNode.Benchmarks.Storage;
using ActorNode.Messages;
using ActorNode.Protocol.Upkeep;
using ActorNode.Storage;
using ActorNode.Upkeep;
using Akka.Actor;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ActorNode.Benchmarks.Upkeep;

/// <summary>
/// What the loop costs: from the signal that the manager changed to its durable write, one after the other, beside a loop of the same writes;
/// passes; events through the pump to a handler that does nothing. Over a store in memory and over one whose writes take a while.
/// </summary>
internal static class UpkeepBenchmark
{
    private const string Usage = "upkeep [--writes 2000] [--events 100000] [--bytes 100000] [--slow-ms 5]";

    public static async Task<int> RunAsync(string[] args)
    {
        var options = new Options(args, Usage);
        var bytes = options.Int("bytes", 100_000);
        Console.WriteLine($"{"store",-10}{"raw p50 us",12}{"raw p99 us",12}{"wake p50 us",13}{"wake p99 us",13}{"passes/s",11}{"events/s",11}");
        foreach (var (name, delay) in new[] { ("memory", TimeSpan.Zero), ("slow", TimeSpan.FromMilliseconds(options.Int("slow-ms", 5))) })
        {
            var writes = delay > TimeSpan.Zero ? options.Int("writes", 2_000) / 10 : options.Int("writes", 2_000);
            var raw = await RawAsync(new BenchmarkStore(delay), bytes, writes);
            var (wake, passes, events) = await NodeAsync(new BenchmarkStore(delay), bytes, writes, options.Int("events", 100_000));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{name,-10}{At(raw, 0.5),12:N0}{At(raw, 0.99),12:N0}{At(wake, 0.5),13:N0}{At(wake, 0.99),13:N0}{passes,11:N0}{events,11:N0}"));
        }

        return 0;
    }

    private static async Task<TimeSpan[]> RawAsync(BenchmarkStore store, int bytes, int writes)
    {
        var value = new byte[bytes];
        return await MeasureAsync(writes, () => store.WriteAsync(UpkeepKey.Manager, value, default));
    }

    private static async Task<(TimeSpan[] Wake, double Passes, double Events)> NodeAsync(BenchmarkStore store, int bytes, int writes, int events)
    {
        var channels = new BenchmarkChannels(bytes);
        var ports = new UpkeepPorts { ChannelManager = channels, ChainMonitor = new QuietMonitor(), PeerManager = channels, EventHandler = channels, Store = store };
        using var host = new HostBuilder().ConfigureServices(s => s.AddAkka("benchmark", akka => akka.AddHocon("akka.loglevel = WARNING", HoconAddMode.Prepend).WithActorNode(
            new InMemoryNodeStore(), new StorageSettings { Provider = StorageProvider.Memory }, new MessagesSettings(), upkeep: _ => ports))).Build();
        await host.StartAsync();
        var upkeep = host.Services.GetRequiredService<IRequiredActor<UpkeepActor>>().ActorRef;
        while ((await StatusAsync(upkeep)).State != UpkeepState.Running)
            await Task.Delay(10);

        var wake = await MeasureAsync(writes, () =>
        {
            var written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            store.Written = () => written.TrySetResult();
            channels.Change();
            return written.Task;
        });

        // Each write brings about the next change, so every pass writes and none waits.
        store.Written = channels.Change;
        var before = (await StatusAsync(upkeep)).Passes;
        var started = Stopwatch.GetTimestamp();
        channels.Change();
        await Task.Delay(TimeSpan.FromSeconds(3));
        store.Written = () => { };
        var passes = ((await StatusAsync(upkeep)).Passes - before) / Stopwatch.GetElapsedTime(started).TotalSeconds;
        var left = events;
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        channels.OnEvent = _ =>
        {
            if (Interlocked.Decrement(ref left) == 0)
                all.SetResult();
        };
        started = Stopwatch.GetTimestamp();
        channels.Offer(Enumerable.Range(0, events).Select(i => new BenchmarkEvent($"{i}")));
        await all.Task;
        var rate = events / Stopwatch.GetElapsedTime(started).TotalSeconds;
        await host.StopAsync();
        return (wake, passes, rate);
    }

    private static Task<UpkeepStatus> StatusAsync(IActorRef upkeep) => upkeep.Ask<UpkeepStatus>(UpkeepQueries.GetUpkeep.Instance, TimeSpan.FromSeconds(30));

    private static async Task<TimeSpan[]> MeasureAsync(int times, Func<Task> once)
    {
        for (var i = 0; i < Math.Min(times, 500); i++)
            await once();
        var taken = new TimeSpan[times];
        for (var i = 0; i < times; i++)
        {
            var started = Stopwatch.GetTimestamp();
            await once();
            taken[i] = Stopwatch.GetElapsedTime(started);
        }

        Array.Sort(taken);
        return taken;
    }

    private static double At(TimeSpan[] sorted, double part) => sorted[(int)(sorted.Length * part)].TotalMicroseconds;
}
