using System.Numerics;
using System.Text.Json;
using ActorNode.Ethereum.Words;
using ActorNode.Protocol.Jobs;

namespace ActorNode.Ethereum.Adapters;

/// <summary>
/// The chain as tasks see it: sends transactions and says how they fare. Thread-safe.
/// <para>
/// A transaction has one key for ever: sending under a key that has one already, also before a crash, sends nothing new and returns that one. It
/// is stored before anything of it leaves the node.
/// </para>
/// </summary>
public interface ITransactionSender
{
    /// <summary>Whether there is a chain to talk to at the moment.</summary>
    bool IsConnected { get; }

    /// <summary>
    /// Sends once; looks at nothing. An answer that leaves open whether the chain has it is no failure: what was stored is returned, and sent again
    /// where it must.
    /// </summary>
    /// <returns>The hash of the attempt that stands for the transaction now: 0x and 64 digits.</returns>
    /// <exception cref="ChainUnavailableException">There is no connection, or it failed in a way that passes.</exception>
    /// <exception cref="TransactionException">It cannot be sent; the message is the chain's, and nothing of it is on its way.</exception>
    ValueTask<string> SendAsync(TransactionKey key, TransactionRequest request, CancellationToken cancellationToken);

    /// <summary>Looks at an attempt once.</summary>
    /// <exception cref="ChainUnavailableException">There is no connection, or it failed in a way that passes.</exception>
    /// <exception cref="TransactionException">The node's answer is an error.</exception>
    ValueTask<TransactionProgress> CheckAsync(string attemptHash, CancellationToken cancellationToken);

    /// <summary>Looks at all attempts of the transaction that this is one of, and sends another at a higher price where that is due.</summary>
    /// <exception cref="ChainUnavailableException">There is no connection, or it failed in a way that passes.</exception>
    /// <exception cref="TransactionException">The node's answer is an error, or no transaction has this attempt.</exception>
    ValueTask<TransactionProgress> BumpUntilSafeAsync(string attemptHash, CancellationToken cancellationToken);
}

/// <summary>What a transaction is known by: two tasks of one run are two transactions, the same task performed again is one.</summary>
public readonly record struct TransactionKey(RunId RunId, RunId TaskRunId);

/// <summary>A call of a contract.</summary>
/// <param name="To">The contract.</param>
/// <param name="Data">Selector and arguments.</param>
/// <param name="GasPrice">In wei; null: the node's.</param>
/// <param name="GasLimit">Null: the node's.</param>
public sealed record TransactionRequest(EthereumAddress To, ReadOnlyMemory<byte> Data, BigInteger? GasPrice, ulong? GasLimit);

/// <summary>How far a transaction is.</summary>
public enum TransactionState
{
    /// <summary>Nobody can tell.</summary>
    Unknown,

    /// <summary>In no block.</summary>
    Unconfirmed,

    /// <summary>In a block that may yet be replaced.</summary>
    Confirmed,

    /// <summary>Deep enough.</summary>
    Safe,
}

/// <summary>How far a transaction is.</summary>
/// <param name="State">See <see cref="TransactionState"/>.</param>
/// <param name="Receipt">Of the attempt that is in a block.</param>
public sealed record TransactionProgress(TransactionState State, TransactionReceipt? Receipt = null);

/// <summary>What the chain says of an attempt in a block.</summary>
/// <param name="TransactionHash">The attempt.</param>
/// <param name="Json">As the chain's node gave it.</param>
public sealed record TransactionReceipt(string TransactionHash, JsonElement Json);

/// <summary>There is no connection to the chain, or it failed in a way that passes: the same call later may work.</summary>
public sealed class ChainUnavailableException : Exception
{
    /// <param name="message">What failed. Holds no secret.</param>
    /// <param name="cause">Why.</param>
    public ChainUnavailableException(string message, Exception? cause = null)
        : base(message, cause)
    {
    }
}

/// <summary>The chain's node refused, or a transaction cannot be what it should.</summary>
public sealed class TransactionException : Exception
{
    /// <param name="message">As operators see it. Holds no secret.</param>
    /// <param name="state">What is known of the transaction nevertheless.</param>
    /// <param name="cause">Why.</param>
    public TransactionException(string message, TransactionState state = TransactionState.Unknown, Exception? cause = null)
        : base(message, cause) => State = state;

    /// <summary>What is known of the transaction nevertheless.</summary>
    public TransactionState State { get; }
}
