using System.Collections.Concurrent;
using ActorNode.Ethereum.Adapters;

namespace ActorNode.Ethereum.Tests.Adapters;

/// <summary>A chain that keeps what is sent, once a key, and answers as the test says.</summary>
internal sealed class FakeChain : ITransactionSender
{
    private readonly ConcurrentDictionary<TransactionKey, string> _hashes = new();

    public bool IsConnected { get; set; } = true;

    public ConcurrentQueue<(TransactionKey Key, TransactionRequest Request)> Sent { get; } = new();

    public List<string> Looked { get; } = [];

    public Exception? SendFails { get; set; }

    /// <summary>What was sent is on its way, and the answer got lost.</summary>
    public bool LosesAnswer { get; set; }

    public Func<string, TransactionProgress> Check { get; set; } = _ => new TransactionProgress(TransactionState.Unconfirmed);

    public Func<string, TransactionProgress> Bump { get; set; } = _ => new TransactionProgress(TransactionState.Unconfirmed);

    public ValueTask<string> SendAsync(TransactionKey key, TransactionRequest request, CancellationToken cancellationToken)
    {
        if (SendFails is not null)
            throw SendFails;
        var hash = _hashes.GetOrAdd(key, _ =>
        {
            Sent.Enqueue((key, request));
            return Hash(Sent.Count);
        });
        return LosesAnswer ? throw new ChainUnavailableException("i/o timeout") : ValueTask.FromResult(hash);
    }

    public ValueTask<TransactionProgress> CheckAsync(string attemptHash, CancellationToken cancellationToken) => ValueTask.FromResult(Check(attemptHash));

    public ValueTask<TransactionProgress> BumpUntilSafeAsync(string attemptHash, CancellationToken cancellationToken)
    {
        Looked.Add(attemptHash);
        return ValueTask.FromResult(Bump(attemptHash));
    }

    public static string Hash(int number) => $"0x{number:x64}";
}
