using ActorNode.Upkeep;

namespace ActorNode.Lightning.Simulation;

/// <summary>The application: claims what is paid to the node and hands outputs to the sweeper. Idempotent, as every handler must be.</summary>
internal sealed class SimulatedWallet(SimulatedChannelManager manager, SimulatedSweeper sweeper) : IEventHandler
{
    public EventLedger Ledger { get; } = new();

    /// <inheritdoc/>
    public async ValueTask<EventResult> HandleEventAsync(UpkeepEvent upkeepEvent, CancellationToken cancellationToken)
    {
        if (EventData.Of(upkeepEvent) is not { } data)
            throw new ArgumentException($"'{upkeepEvent.Kind}' is no event of the simulation", nameof(upkeepEvent));
        switch (data.Kind)
        {
            case EventKind.PaymentClaimable:
                manager.ClaimFunds(data.Subject);
                break;
            case EventKind.SpendableOutputs:
                await sweeper.TrackAsync(data.Subject, cancellationToken);
                break;
        }

        Ledger.Take(data.Id);
        return EventResult.Handled;
    }
}
