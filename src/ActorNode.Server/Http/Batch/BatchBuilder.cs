using System.Collections.Immutable;
using ActorNode.Protocol.Messages;
using ActorNode.Storage;

namespace ActorNode.Server.Http.Batch;

/// <summary>
/// Collects messages by account: accounts in the order of their first message, messages in the order added. Allocates an account's name
/// once however often it comes.
/// </summary>
internal sealed class BatchBuilder
{
    private readonly BatchLimits _limits;
    private readonly List<(AccountId Id, ImmutableArray<Message>.Builder Messages)> _accounts = [];
    private readonly Dictionary<string, int> _positions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _byText;

    public BatchBuilder(BatchLimits limits)
    {
        _limits = limits;
        _byText = _positions.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>The position of an account that was added.</summary>
    public bool TryFind(ReadOnlySpan<char> account, out int position) => _byText.TryGetValue(account, out position);

    /// <summary>Adds an account whose name obeys the rule, and returns its position.</summary>
    public int AddAccount(string account)
    {
        var position = _accounts.Count;
        _positions.Add(account, position);
        _accounts.Add((new AccountId(account), ImmutableArray.CreateBuilder<Message>(1)));
        return position;
    }

    /// <summary>True while the account may take another message.</summary>
    public bool HasRoom(int position) => _accounts[position].Messages.Count < _limits.MaxMessages;

    /// <summary>True when the account has no message yet.</summary>
    public bool IsEmpty(int position) => _accounts[position].Messages.Count == 0;

    /// <summary>Adds a message to the end of an account.</summary>
    public void Add(int position, string id, byte[] body) =>
        _accounts[position].Messages.Add(new Message(new MessageId(id), body));

    /// <summary>The name of an account.</summary>
    public string NameOf(int position) => _accounts[position].Id.Value;

    /// <summary>The batch, or what is wrong with it as a whole. The builder is empty afterwards.</summary>
    public BatchError? Build(out ImmutableArray<MessageCommands.Write> batch)
    {
        batch = [];
        if (_accounts.Count == 0)
            return new BatchError(0, "body", "holds no message");
        var writes = ImmutableArray.CreateBuilder<MessageCommands.Write>(_accounts.Count);
        foreach (var (id, messages) in _accounts)
        {
            var write = new MessageCommands.Write(id, messages.DrainToImmutable());
            var bytes = MessageSize.Of(write.Messages);
            if (bytes > _limits.MaxBytes)
            {
                return new BatchError(0, "messages", $"of account '{id}' count {bytes} bytes; one request may write {_limits.MaxBytes} to an account")
                {
                    Account = id.Value,
                    TooLarge = true,
                };
            }

            writes.Add(write);
        }

        batch = writes.MoveToImmutable();
        return null;
    }
}
