using System.Collections.Immutable;
using System.Threading.Channels;
using ActorNode.Jobs.Listing;
using ActorNode.Storage;

namespace ActorNode.Tests.Support;

/// <summary>
/// A store whose transactions wait until the test lets them go: the test takes each one with <see cref="NextAsync"/> and commits or
/// fails it. Committed ones are carried out by an in-memory store.
/// </summary>
public sealed class HeldStore : INodeStore
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly InMemoryNodeStore _inner = new();
    private readonly Channel<Transaction> _transactions = Channel.CreateUnbounded<Transaction>();

    public string Location => "held";

    public IMessageReader Messages => _inner.Messages;

    public IUpkeepReader Upkeep => _inner.Upkeep;

    public IJobsReader Jobs => _inner.Jobs;

    /// <summary>The next transaction that the node began; it waits for the test.</summary>
    public async Task<Transaction> NextAsync()
    {
        using var timeout = new CancellationTokenSource(Patience);
        return await _transactions.Reader.ReadAsync(timeout.Token);
    }

    /// <summary>No transaction is waiting for the test.</summary>
    public bool Quiet => _transactions.Reader.Count == 0;

    public async ValueTask<ImmutableArray<CommitResult>> CommitAsync(IReadOnlyList<CommitCommand> commands, CancellationToken cancellationToken)
    {
        var transaction = new Transaction(commands);
        await _transactions.Writer.WriteAsync(transaction, cancellationToken);
        await transaction.Decision;
        return await _inner.CommitAsync(commands, cancellationToken);
    }

    public ValueTask DisposeAsync() => _inner.DisposeAsync();

    public sealed class Transaction(IReadOnlyList<CommitCommand> commands)
    {
        private readonly TaskCompletionSource _decision = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public IReadOnlyList<CommitCommand> Commands { get; } = commands;

        public Task Decision => _decision.Task;

        public IEnumerable<string> Ids => Commands.OfType<CommitCommand.Append>().SelectMany(a => a.Messages).Select(m => m.Id.Value);

        public void Commit() => _decision.SetResult();

        public void Fail(Exception error) => _decision.SetException(error);
    }
}
