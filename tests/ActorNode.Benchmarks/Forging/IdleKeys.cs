using ActorNode.Benchmarks.Storage;
using ActorNode.Keyed;
using ActorNode.Protocol.Forging;
using Akka.Actor;

namespace ActorNode.Benchmarks.Forging;

/// <summary>What a key holds that has signed once and has nothing to do: while it is awake, and when it has passivated.</summary>
internal static class IdleKeys
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    public static async Task RunAsync(int keys)
    {
        var (awake, _) = await MeasureAsync(keys, passivateAfter: null);
        var (asleep, back) = await MeasureAsync(keys, TimeSpan.FromSeconds(5));
        Console.WriteLine($"{keys:N0} idle keys that signed once: {awake:N0} bytes each; passivated {asleep:N0}; {back:N0} of them woke with their marks");
    }

    private static async Task<(double Bytes, int Back)> MeasureAsync(int keys, TimeSpan? passivateAfter)
    {
        // On a disk, so that the journal's events are not taken for the keys'.
        await using var database = await BenchmarkDatabase.CreateAsync("sqlite");
        var signer = new TimedSigner(keys);
        await using var node = await ForgingNode.StartAsync(signer, database.Settings, passivateAfter);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        await node.VoteAllAsync(signer.Keys, level: 1);
        var delegates = node.System.ActorSelection("/user/delegates");
        if (passivateAfter is null)
        {
            // The last signatures are stored a moment later: then these are answered.
            await MarksAsync(signer, delegates);
        }
        else
        {
            while ((await delegates.Ask<KeyedState>(GetKeyedState.Instance, Patience)).Keys.Length > 0)
                await Task.Delay(100);
        }

        var bytes = (GC.GetTotalMemory(forceFullCollection: true) - before) / (double)keys;
        var marks = await MarksAsync(signer, delegates);
        return (bytes, marks.Count(each => each.Marks is [{ At: { Level: 1, Round: 0 }, Signature: "sig" }]));
    }

    private static Task<ForgeReplies.MarksOfKey[]> MarksAsync(TimedSigner signer, ActorSelection delegates) =>
        Task.WhenAll(signer.Keys.Select(key => delegates.Ask<ForgeReplies.MarksOfKey>(new ForgeQueries.MarksOf(key.Id), Patience)));
}
