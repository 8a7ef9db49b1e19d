using System.Globalization;
using ActorNode.Benchmarks.Storage;

namespace ActorNode.Benchmarks.Forging;

/// <summary>
/// What forging adds to a signature: from the request to the call of a signer, beside a bare queue, and with a key whose signer hangs; a batch of
/// votes on SQLite beside its rows in one transaction; signatures a second beside the library's; memory of idle keys.
/// </summary>
internal static class ForgingBenchmark
{
    private const string Usage = "forging [--seconds N] [--turns N] [--rate N] [--keys N] [--idle N] ";

    public static async Task<int> RunAsync(string[] args)
    {
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        var options = new Options(args, Usage);
        var keys = options.Int("keys", 1000);
        var time = TimeSpan.FromSeconds(options.Int("seconds", 5));
        await SignerLatency.RunAsync(options.Int("rate", 5000), keys, time, options.Int("turns", 3));
        Console.WriteLine();
        await VoteBatches.RunAsync(keys);
        Console.WriteLine();
        await CryptoBenchmark.RunAsync(["--seconds", "2", "--turns", "3"]);
        Console.WriteLine();
        await IdleKeys.RunAsync(options.Int("idle", 10_000));
        return 0;
    }
}
