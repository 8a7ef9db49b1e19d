using System.Collections.Immutable;
using ActorNode.Jobs.Listing;
using ActorNode.Protocol.Messages;

namespace ActorNode.Storage;

/// <summary>
/// The node's database, opened: one writer for the commit actor, concurrent readers for everybody. A database has one owner at a time;
/// opening one that another node uses fails.
/// </summary>
public interface INodeStore : IAsyncDisposable
{
    /// <summary>Where the data are, for operators: a file path, or host and database. Never a password.</summary>
    string Location { get; }

    /// <summary>
    /// Carries out the commands in order in one transaction and returns their results by position. When the task completes the
    /// transaction is durable. A call made while another is under way waits for it. Never blocks its caller, which is an actor.
    /// </summary>
    /// <exception cref="StoreUnavailableException">
    /// The store as a whole does not work now (disk full, file not writable, connection lost). The transaction is rolled back, or,
    /// where the connection broke during the commit, its outcome is unknown; every command may be repeated.
    /// </exception>
    /// <exception cref="Exception">Any other failure is the fault of one of the commands; nothing of the transaction is stored.</exception>
    ValueTask<ImmutableArray<CommitResult>> CommitAsync(IReadOnlyList<CommitCommand> commands, CancellationToken cancellationToken);

    /// <summary>Reads of the account messages. Thread-safe, each call sees one consistent state of committed data.</summary>
    IMessageReader Messages { get; }

    /// <summary>Reads of upkeep's values.</summary>
    IUpkeepReader Upkeep { get; }

    /// <summary>Lists of jobs and runs.</summary>
    IJobsReader Jobs { get; }
}

/// <summary>Reads of the account messages. Every call may throw <see cref="StoreUnavailableException"/>.</summary>
public interface IMessageReader
{
    /// <summary>What the account holds, or null when it was never written to.</summary>
    ValueTask<MessageRange?> RangeAsync(AccountId account, CancellationToken cancellationToken);

    /// <summary>
    /// At most <paramref name="limit"/> messages with sequences from <paramref name="after"/> + 1 on, fewer where their bodies reach
    /// <see cref="StorageSettings.MaxPageBytes"/>, and the account's range in the same
    /// state of the data (null: never written to). Messages are empty only when <paramref name="after"/> + 1 lies outside the range.
    /// </summary>
    ValueTask<(MessageRange? Range, ImmutableArray<StoredMessage> Messages)> PageAsync(AccountId account, long after, int limit, CancellationToken cancellationToken);

    /// <summary>The account's message of that id, or null.</summary>
    ValueTask<StoredMessage?> FindAsync(AccountId account, MessageId id, CancellationToken cancellationToken);

    /// <summary>At most <paramref name="limit"/> accounts after <paramref name="after"/> in ordinal order of their UTF-8 names.</summary>
    ValueTask<ImmutableArray<MessageReplies.AccountRange>> AccountsAsync(AccountId? after, int limit, CancellationToken cancellationToken);

    /// <summary>At most <paramref name="limit"/> accounts whose first retained message was received before <paramref name="cutoff"/>.</summary>
    ValueTask<ImmutableArray<AccountId>> AccountsOlderThanAsync(DateTimeOffset cutoff, int limit, CancellationToken cancellationToken);
}
