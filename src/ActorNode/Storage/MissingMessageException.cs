using ActorNode.Protocol.Messages;

namespace ActorNode.Storage;

/// <summary>A message inside an account's range is not there: the database was damaged or changed by something else than the node.</summary>
public sealed class MissingMessageException(AccountId account, long sequence, MessageRange range)
    : Exception($"Account {account} holds messages {range.First} to {range.Last}, but message {sequence} is missing.")
{
    /// <summary>The account.</summary>
    public AccountId Account { get; } = account;

    /// <summary>The first sequence that is missing.</summary>
    public long Sequence { get; } = sequence;
}
