using System.Collections.Immutable;
using ActorNode.Jobs.Adapters;
using ActorNode.Protocol.Jobs;

namespace ActorNode.Jobs.Bridges;

/// <summary>
/// The bridges as they are at the moment, for whoever cannot wait for their actor's turn: running tasks above all. Written by that actor alone,
/// after what is new is stored. Thread-safe.
/// </summary>
public sealed class BridgeBook : IBridgeDirectory
{
    private readonly TaskCompletionSource _loaded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile ImmutableDictionary<string, BridgeType> _bridges = ImmutableDictionary.Create<string, BridgeType>(StringComparer.Ordinal);

    /// <summary>Completes once the bridges were read from the journal for the first time. Before that there are none.</summary>
    public Task Loaded => _loaded.Task;

    /// <summary>All of them by name, in lower case. One consistent state.</summary>
    public ImmutableDictionary<string, BridgeType> Bridges => _bridges;

    /// <inheritdoc/>
    public BridgeTerms? Find(string name) => _bridges.GetValueOrDefault(name) is { } bridge
        ? new BridgeTerms(bridge.Name, new Uri(bridge.Url), bridge.OutgoingToken.Reveal(), bridge.Confirmations, bridge.MinimumContractPayment)
        : null;

    internal void Publish(ImmutableDictionary<string, BridgeType> bridges)
    {
        _bridges = bridges;
        _loaded.TrySetResult();
    }
}
