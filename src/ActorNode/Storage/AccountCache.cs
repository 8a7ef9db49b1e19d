using ActorNode.Protocol.Messages;

namespace ActorNode.Storage;

/// <summary>An account's row, as the transaction under way sees it.</summary>
internal sealed class AccountRow(AccountId account, long number)
{
    public AccountId Account { get; } = account;

    /// <summary>The database's number for the account.</summary>
    public long Number { get; } = number;

    public long First { get; set; } = 1;

    public long Last { get; set; }

    /// <summary>When the first message was received, in microseconds; null when there is none.</summary>
    public long? OldestAt { get; set; }

    /// <summary>What the transaction must write back.</summary>
    public AccountChange Change { get; set; }

    public MessageRange Range => new(First, Last);
}

/// <summary>What changed in an account's row.</summary>
internal enum AccountChange
{
    None,

    /// <summary>The last sequence only, which no index holds: what most transactions do.</summary>
    Last,

    /// <summary>Any column.</summary>
    All,
}

/// <summary>
/// The rows of the accounts that were written to last. Only the writer changes them, so what is here is what the database holds, until
/// a transaction fails: then everything is dropped. Not thread-safe.
/// </summary>
internal sealed class AccountCache(int capacity)
{
    private readonly Dictionary<AccountId, LinkedListNode<AccountRow>> _rows = [];
    private readonly LinkedList<AccountRow> _byUse = new();
    private readonly List<AccountRow> _changed = [];

    /// <summary>Rows that the transaction under way has changed.</summary>
    public IReadOnlyList<AccountRow> Changed => _changed;

    public AccountRow? Find(AccountId account)
    {
        if (!_rows.TryGetValue(account, out var node))
            return null;
        _byUse.Remove(node);
        _byUse.AddFirst(node);
        return node.Value;
    }

    public AccountRow Add(AccountRow row)
    {
        _rows.Add(row.Account, _byUse.AddFirst(row));
        return row;
    }

    public void MarkChanged(AccountRow row, AccountChange change)
    {
        if (row.Change == AccountChange.None)
            _changed.Add(row);
        if (change > row.Change)
            row.Change = change;
    }

    /// <summary>
    /// The changes are in the database. Only now may rows that were not used for long be forgotten: within a transaction the database
    /// does not know of their changes yet.
    /// </summary>
    public void Committed()
    {
        foreach (var row in _changed)
            row.Change = AccountChange.None;
        _changed.Clear();
        while (_byUse.Count > capacity)
        {
            _rows.Remove(_byUse.Last!.Value.Account);
            _byUse.RemoveLast();
        }
    }

    public void Clear()
    {
        _rows.Clear();
        _byUse.Clear();
        _changed.Clear();
    }
}
