using System.Collections.Immutable;
using ActorNode.Ethereum.Words;
using ActorNode.Jobs;
using ActorNode.Jobs.Adapters;
using ActorNode.Protocol.Jobs;

namespace ActorNode.Ethereum.Adapters;

/// <summary>The kinds of tasks that write for Ethereum.</summary>
public static class EthereumAdapters
{
    /// <summary>All of them, for the node's <see cref="AdapterCatalog"/>.</summary>
    /// <param name="settings">Of the job engine.</param>
    /// <param name="transactions">The chain; null: this node has none, and transactions wait for a connection.</param>
    public static ImmutableArray<IAdapterType> All(JobsSettings settings, ITransactionSender? transactions = null)
    {
        var confirmations = (uint)settings.MinIncomingConfirmations;
        if (!Juels.TryParse(settings.MinimumContractPayment, out var payment))
            throw new ArgumentException("the minimum contract payment is no number of juels", nameof(settings));
        return
        [
            new WordAdapter("ethbytes32", confirmations, JsonWords.Bytes32),
            new WordAdapter("ethbool", confirmations, JsonWords.Presence),
            new WordAdapter("ethint256", confirmations, JsonWords.Signed),
            new WordAdapter("ethuint256", confirmations, JsonWords.Unsigned),
            new EthTxType(confirmations, payment, settings.Dev, transactions),
        ];
    }
}
