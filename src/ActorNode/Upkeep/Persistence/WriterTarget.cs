namespace ActorNode.Upkeep;

/// <summary>What a writer writes, and how. Its call returns the number of bytes once they are durable.</summary>
internal sealed record WriterTarget(string Name, bool Critical, Func<ReadOnlyMemory<byte>, CancellationToken, Task<long>> WriteAsync)
{
    public const string Manager = "manager";
    public const string NetworkGraph = "network_graph";
    public const string Scorer = "scorer";
    public const string LiquidityManager = "liquidity_manager";

    /// <summary>Everything of a node that is written, in the order of the final sequence.</summary>
    public static IEnumerable<WriterTarget> Of(UpkeepContext context)
    {
        var ports = context.Ports;
        yield return new WriterTarget(Manager, Critical: true, (snapshot, token) => PutAsync(ports.Store, UpkeepKey.Manager, snapshot, token));
        if (ports.Scorer is { } scorer)
            yield return new WriterTarget(Scorer, Critical: false, (_, token) => PutAsync(ports.Store, UpkeepKey.Scorer, scorer.Encode(), token));
        if (ports.GossipSync is { NetworkGraph: { } graph })
            yield return new WriterTarget(NetworkGraph, Critical: false, (_, token) => PutAsync(ports.Store, UpkeepKey.NetworkGraph, graph.Encode(), token));
        if (ports.LiquidityManager is { } liquidity)
        {
            var persist = new SingleFlight(liquidity.PersistAsync);
            yield return new WriterTarget(LiquidityManager, context.Settings.Persistence.LiquidityManagerIsCritical, async (_, token) =>
            {
                await persist.RunAsync(token).ConfigureAwait(false);
                return 0;
            });
        }
    }

    private static async Task<long> PutAsync(IUpkeepStore store, UpkeepKey key, ReadOnlyMemory<byte> value, CancellationToken cancellationToken)
    {
        await store.WriteAsync(key, value, cancellationToken).ConfigureAwait(false);
        return value.Length;
    }
}
