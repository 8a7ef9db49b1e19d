using ActorNode.Upkeep;

namespace ActorNode.Lightning.Simulation;

/// <summary>What is stored of a liquidity manager: how many orders it has.</summary>
internal sealed record LiquidityState(long Orders);

/// <summary>Takes orders for liquidity now and then. It knows whether it is dirty. Thread-safe.</summary>
internal sealed class SimulatedLiquidityManager(IUpkeepStore store, LiquidityState state) : ILiquidityManager
{
    public static readonly UpkeepKey Key = new("lsps", "", "liquidity_manager");

    private long _orders = state.Orders;
    private long _persisted = state.Orders;

    /// <inheritdoc/>
    public event Action? MessagesOrPersistenceNeeded;

    public long Orders => Interlocked.Read(ref _orders);

    public long PersistedOrders => Interlocked.Read(ref _persisted);

    /// <inheritdoc/>
    public async Task PersistAsync(CancellationToken cancellationToken)
    {
        var orders = Orders;
        if (orders == PersistedOrders)
            return;
        // Still dirty when this fails: only what was written counts as persisted.
        await store.WriteAsync(Key, Encoding.Of(new LiquidityState(orders)), cancellationToken);
        Interlocked.Exchange(ref _persisted, orders);
    }

    /// <summary>Somebody orders liquidity.</summary>
    public void Order()
    {
        Interlocked.Increment(ref _orders);
        MessagesOrPersistenceNeeded?.Invoke();
    }
}
