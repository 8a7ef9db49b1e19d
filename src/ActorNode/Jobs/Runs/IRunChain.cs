namespace ActorNode.Jobs.Runs;

/// <summary>What a run that comes from a log asks its chain. Thread-safe.</summary>
public interface IRunChain
{
    /// <summary>Whether the transaction is in that block of the main chain.</summary>
    /// <exception cref="Exception">The chain could not be asked; the message becomes the run's error.</exception>
    ValueTask<bool> IsOnMainChainAsync(string txHash, string? blockHash, CancellationToken cancellationToken);
}
