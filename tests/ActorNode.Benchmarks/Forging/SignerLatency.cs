using System.Diagnostics;
using System.Threading.Channels;
using ActorNode.Benchmarks.Journal;

namespace ActorNode.Benchmarks.Forging;

/// <summary>
/// From the request to the signer's call, in an open loop: a request's time begins when it was due, whatever became of earlier ones. Beside it the
/// same schedule through one channel, whose reader starts the signer's calls on the pool: no checks, no order, no marks. Each turn has all three.
/// </summary>
internal static class SignerLatency
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(2);

    public static async Task RunAsync(int rate, int keys, TimeSpan time, int turns)
    {
        var (bare, node, beside) = (new List<double[]>(), new List<double[]>(), new List<double[]>());
        for (var turn = 0; turn < turns; turn++)
        {
            bare.Add(await BareAsync(rate, keys, time));
            node.Add(await NodeAsync(rate, keys, time, hung: 0));
            beside.Add(await NodeAsync(rate, keys, time, hung: 1));
        }

        Console.WriteLine($"request to signer, {rate:N0}/s over {keys:N0} keys, in-memory journal; medians of {turns} turns");
        Console.WriteLine($"{"",-26}{"p50 us",10}{"p99 us",10}{"p99.9 us",10}");
        Print("bare queue", bare);
        Print("forging", node);
        Print("forging, one signer hangs", beside);
        Console.WriteLine($"one hung signer: p99 of the others x {Median(beside, 0.99) / Median(node, 0.99):F2}");
    }

    private static async Task<double[]> NodeAsync(int rate, int keys, TimeSpan time, int hung)
    {
        var signer = new TimedSigner(keys, hung);
        await using var node = await ForgingNode.StartAsync(signer);
        foreach (var key in signer.Hung)
            node.Vote(key.Id, "hangs", level: 1);
        await node.VoteAllAsync(signer.Keys, level: 1);
        return await LoopAsync(signer, rate, time, (number, count) => node.Vote(signer.Keys[number].Id, $"r{count}", level: 2 + (count / keys)));
    }

    private static async Task<double[]> BareAsync(int rate, int keys, TimeSpan time)
    {
        var signer = new TimedSigner(keys);
        var requests = Channel.CreateUnbounded<int>(new UnboundedChannelOptions { SingleReader = true });
        var reading = Task.Run(async () =>
        {
            await foreach (var number in requests.Reader.ReadAllAsync())
                _ = Task.Run(() => signer.SignAsync(signer.Keys[number].Id, default, default).AsTask());
        });
        var times = await LoopAsync(signer, rate, time, (number, _) => requests.Writer.TryWrite(number));
        requests.Writer.Complete();
        await reading;
        return times;
    }

    private static async Task<double[]> LoopAsync(TimedSigner signer, int rate, TimeSpan time, Action<int, int> request)
    {
        var sent = 0;
        // The first loop has the code compiled, the second counts.
        await RecordAsync((int)(rate * WarmUp.TotalSeconds));
        // What was left before is not collected in the counted time; what is made in it is.
        GC.Collect();
        return await RecordAsync((int)(rate * time.TotalSeconds));

        Task<double[]> RecordAsync(int requests) => signer.RecordAsync(requests, () =>
        {
            var interval = Stopwatch.Frequency / (double)rate;
            var started = Stopwatch.GetTimestamp();
            for (var i = 0; i < requests; i++, sent++)
            {
                var due = started + (long)(i * interval);
                Pause.Until(due);
                var number = sent % signer.Keys.Length;
                signer.Due(number, due);
                request(number, sent);
            }
        });
    }

    private static void Print(string what, List<double[]> turns) =>
        Console.WriteLine($"{what,-26}{Median(turns, 0.5),10:N0}{Median(turns, 0.99),10:N0}{Median(turns, 0.999),10:N0}");

    private static double Median(List<double[]> turns, double share) => turns.Select(times => Latency.Percentile(times, share)).Order().ElementAt(turns.Count / 2);
}
