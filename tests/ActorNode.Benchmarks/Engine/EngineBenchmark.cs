using System.Globalization;
using ActorNode.Benchmarks.Storage;

namespace ActorNode.Benchmarks.Engine;

/// <summary>
/// The actor engine against its yardstick. Names the public API of Akka.NET only: built with the other engine it measures that.
/// </summary>
internal static class EngineBenchmark
{
    private const string Usage = "engine [--only PART,...] [--runs N] | engine --soak SECONDS [--seed N]";

    private static IEnumerable<Workload> All => [.. Telling.All, .. PingPong.All, .. Asking.All, .. Spawning.All, .. Housekeeping.All];

    public static async Task<int> RunAsync(string[] args)
    {
        var options = new Options(args, Usage + " ");
        if (options.Int("soak", 0) is > 0 and var seconds)
            return await Soak.RunAsync(TimeSpan.FromSeconds(seconds), options.Int("seed", Environment.TickCount));

        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        var only = options.List("only", "");
        Console.WriteLine(Result.Header);
        foreach (var workload in All.Where(w => only.Any(part => w.Name.Contains(part, StringComparison.Ordinal))))
            Console.WriteLine(await workload.MeasureAsync(options.Int("runs", 5)));
        if (only.Any("live bytes".Contains))
        {
            var (idle, used) = await Spawning.LiveBytesAsync();
            Console.WriteLine($"live bytes of an idle actor: {idle:F0} new, {used:F0} after three messages; goal 700 {(idle <= 700 ? "met" : "short")}");
        }

        return 0;
    }
}
