using System.Collections.Immutable;
using ActorNode.Protocol.Messages;

namespace ActorNode.Storage.Sqlite;

/// <summary>Reads of the account messages.</summary>
internal sealed class SqliteMessageReader(SqliteReaders readers, long maxPageBytes, Func<IdBuffer> bufferedIds) : IMessageReader
{
    public ValueTask<MessageRange?> RangeAsync(AccountId account, CancellationToken cancellationToken) =>
        readers.ReadAsync(session => session.Range(account), cancellationToken);

    public ValueTask<(MessageRange? Range, ImmutableArray<StoredMessage> Messages)> PageAsync(AccountId account, long after, int limit, CancellationToken cancellationToken) =>
        readers.ReadAsync(session => session.Page(account, after, limit, maxPageBytes), cancellationToken);

    public ValueTask<StoredMessage?> FindAsync(AccountId account, MessageId id, CancellationToken cancellationToken) =>
        readers.ReadAsync(session => session.Find(account, id, bufferedIds()), cancellationToken);

    public ValueTask<ImmutableArray<MessageReplies.AccountRange>> AccountsAsync(AccountId? after, int limit, CancellationToken cancellationToken) =>
        readers.ReadAsync(session => session.Accounts(after, limit), cancellationToken);

    public ValueTask<ImmutableArray<AccountId>> AccountsOlderThanAsync(DateTimeOffset cutoff, int limit, CancellationToken cancellationToken) =>
        readers.ReadAsync(session => session.AccountsOlderThan(cutoff, limit), cancellationToken);
}
