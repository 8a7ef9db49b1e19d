using ActorNode.Jobs.Adapters.Http;
using ActorNode.Protocol.Jobs;

namespace ActorNode.Jobs.Adapters.Bridges;

/// <summary>The bridges of a node as kinds of tasks, for an <see cref="AdapterCatalog"/>. Thread-safe.</summary>
/// <param name="bridges">Those that there are at the moment.</param>
/// <param name="settings">Where bridges answer to later.</param>
/// <param name="calls">How they are called.</param>
public sealed class BridgeAdapters(IBridgeDirectory bridges, JobsSettings settings, HttpCalls calls)
{
    private readonly string? _responses = settings.BridgeResponseUrl?.TrimEnd('/');

    /// <summary>The bridge of that name, or null.</summary>
    public IAdapterType? Find(string name) => bridges.Find(name) is { } terms ? new Kind(terms, _responses, calls) : null;

    private sealed class Kind(BridgeTerms terms, string? responses, HttpCalls calls) : IAdapterType
    {
        public string Name => terms.Name;

        public uint MinimumConfirmations => terms.Confirmations;

        public Juels MinimumPayment => terms.MinimumPayment ?? Juels.Zero;

        // Its parameters are data for the bridge, which alone knows rules for them.
        public IAdapter Create(JobData parameters) => new BridgeAdapter(terms, responses, calls);
    }
}
