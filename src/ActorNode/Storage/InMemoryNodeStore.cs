using System.Collections.Immutable;
using ActorNode.Jobs.Listing;
using ActorNode.Protocol.Messages;

namespace ActorNode.Storage;

/// <summary>
/// The store's behaviour in plain memory: for tests under virtual time, and the model that the databases are compared with. Every call
/// completes at once.
/// </summary>
public sealed class InMemoryNodeStore(long maxPageBytes = 8 * 1024 * 1024) : INodeStore, IMessageReader
{
    private readonly Lock _lock = new();
    private ImmutableDictionary<AccountId, Account> _accounts = ImmutableDictionary<AccountId, Account>.Empty;
    private readonly InMemoryUpkeep _upkeep = new();
    private readonly InMemoryJobs _jobs = new();
    private bool _disposed;

    /// <inheritdoc/>
    public string Location => "memory";

    /// <inheritdoc/>
    public IMessageReader Messages => this;

    /// <inheritdoc/>
    public IUpkeepReader Upkeep => _upkeep;

    /// <inheritdoc/>
    public IJobsReader Jobs => _jobs;

    /// <inheritdoc/>
    public ValueTask<ImmutableArray<CommitResult>> CommitAsync(IReadOnlyList<CommitCommand> commands, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            var accounts = _accounts.ToBuilder();
            var upkeep = _upkeep.Begin();
            var jobs = _jobs.Begin();
            ImmutableArray<CommitResult> results = [.. commands.Select(command => upkeep.Execute(command) ?? jobs.Execute(command) ?? Execute(accounts, command))];
            _accounts = accounts.ToImmutable();
            _upkeep.Commit(upkeep);
            _jobs.Commit(jobs);
            return new(results);
        }
    }

    /// <inheritdoc/>
    public ValueTask<MessageRange?> RangeAsync(AccountId account, CancellationToken cancellationToken) => new(Find(account)?.Range);

    /// <inheritdoc/>
    public ValueTask<(MessageRange? Range, ImmutableArray<StoredMessage> Messages)> PageAsync(AccountId account, long after, int limit, CancellationToken cancellationToken)
    {
        if (Find(account) is not { } found)
            return new((null, []));
        var (first, last) = found.Range;
        var from = after + 1;
        if (from < first || from > last || limit < 1)
            return new((found.Range, []));
        var messages = ImmutableArray.CreateBuilder<StoredMessage>();
        var bytes = 0L;
        for (var sequence = from; sequence <= last && messages.Count < limit && bytes < maxPageBytes; sequence++)
        {
            messages.Add(found.At(sequence));
            bytes += messages[^1].Body.Length;
        }

        return new((found.Range, messages.DrainToImmutable()));
    }

    /// <inheritdoc/>
    public ValueTask<StoredMessage?> FindAsync(AccountId account, MessageId id, CancellationToken cancellationToken) =>
        new(Find(account) is { } found && found.Sequences.TryGetValue(id, out var sequence) ? found.At(sequence) : null);

    /// <inheritdoc/>
    public ValueTask<ImmutableArray<MessageReplies.AccountRange>> AccountsAsync(AccountId? after, int limit, CancellationToken cancellationToken) =>
        new([.. Accounts()
            .Select(account => new MessageReplies.AccountRange(account.Id, account.Range))
            .Where(account => after is null || Utf8Order.Compare(account.AccountId, after.Value) > 0)
            .OrderBy(account => account.AccountId, Utf8Order.Instance)
            .Take(limit)]);

    /// <inheritdoc/>
    public ValueTask<ImmutableArray<AccountId>> AccountsOlderThanAsync(DateTimeOffset cutoff, int limit, CancellationToken cancellationToken)
    {
        var before = Timestamps.FromMicroseconds(Timestamps.ToMicroseconds(cutoff));
        return new([.. Accounts()
            .Where(account => !account.Messages.IsEmpty && account.Messages[0].ReceivedAt < before)
            .OrderBy(account => account.Messages[0].ReceivedAt)
            .ThenBy(account => account.Id, Utf8Order.Instance)
            .Take(limit)
            .Select(account => account.Id)]);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        lock (_lock)
            _disposed = true;
        return ValueTask.CompletedTask;
    }

    private static CommitResult Execute(ImmutableDictionary<AccountId, Account>.Builder accounts, CommitCommand command)
    {
        switch (command)
        {
            case CommitCommand.Append append:
                CommandRules.Check(append);
                var (grown, appended) = (accounts.GetValueOrDefault(append.AccountId) ?? new Account(append.AccountId)).Append(append);
                accounts[append.AccountId] = grown;
                return appended;
            case CommitCommand.Remove remove:
                CommandRules.Check(remove);
                if (accounts.GetValueOrDefault(remove.AccountId) is not { } account)
                    return new CommitResult.Removed(new MessageRange(1, 0), 0, More: false);
                var (shrunk, removed) = account.Remove(remove);
                accounts[remove.AccountId] = shrunk;
                return removed;
            case CommitCommand.Probe:
                return new CommitResult.Probed();
            default:
                throw new ArgumentException($"The store does not know {command.GetType()}.", nameof(command));
        }
    }

    private Account? Find(AccountId account)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return _accounts.GetValueOrDefault(account);
        }
    }

    private IEnumerable<Account> Accounts()
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return _accounts.Values;
        }
    }

    /// <summary>An account's messages, the last of which has sequence <paramref name="Last"/>, and the sequences of their ids.</summary>
    private sealed record Account(AccountId Id, long Last, ImmutableList<StoredMessage> Messages, ImmutableDictionary<MessageId, long> Sequences)
    {
        public Account(AccountId id)
            : this(id, 0, [], ImmutableDictionary<MessageId, long>.Empty)
        {
        }

        public MessageRange Range => new(Last - Messages.Count + 1, Last);

        public StoredMessage At(long sequence) => Messages[(int)(sequence - Range.First)];

        public (Account, CommitResult.Appended) Append(CommitCommand.Append append)
        {
            var receivedAt = Timestamps.FromMicroseconds(Timestamps.ToMicroseconds(append.ReceivedAt));
            var messages = Messages.ToBuilder();
            var sequences = Sequences.ToBuilder();
            var (first, last, next) = (long.MaxValue, 0L, Last);
            foreach (var message in append.Messages)
            {
                if (!sequences.TryGetValue(message.Id, out var sequence))
                {
                    sequence = ++next;
                    messages.Add(new StoredMessage(sequence, message.Id, message.Body.ToArray(), receivedAt));
                    sequences.Add(message.Id, sequence);
                }

                first = Math.Min(first, sequence);
                last = Math.Max(last, sequence);
            }

            var written = (int)(next - Last);
            return (new Account(Id, next, messages.ToImmutable(), sequences.ToImmutable()),
                new CommitResult.Appended(first, last, written, append.Messages.Length - written, next));
        }

        public (Account, CommitResult.Removed) Remove(CommitCommand.Remove remove)
        {
            var before = remove.Before is { } time ? Timestamps.ToMicroseconds(time) : long.MaxValue;
            var due = Messages.TakeWhile(message => message.Sequence <= remove.UpTo && Timestamps.ToMicroseconds(message.ReceivedAt) < before).Take(remove.Limit + 1).ToList();
            var count = Math.Min(due.Count, remove.Limit);
            var left = this with
            {
                Messages = Messages.RemoveRange(0, count),
                Sequences = Sequences.RemoveRange(due.Take(count).Select(message => message.Id)),
            };
            return (left, new CommitResult.Removed(left.Range, count, due.Count > count));
        }
    }

    /// <summary>Names as the databases order them: by their UTF-8 bytes. UTF-16 order differs where surrogates come in.</summary>
    private sealed class Utf8Order : IComparer<AccountId>
    {
        public static readonly Utf8Order Instance = new();

        public static int Compare(AccountId left, AccountId right) =>
            System.Text.Encoding.UTF8.GetBytes(left.Value).AsSpan().SequenceCompareTo(System.Text.Encoding.UTF8.GetBytes(right.Value));

        int IComparer<AccountId>.Compare(AccountId left, AccountId right) => Compare(left, right);
    }
}
