namespace ActorNode.Protocol.Messages;

/// <summary>Every message addressed to one account carries its id; routing reads nothing else.</summary>
public interface IWithAccountId
{
    /// <summary>The account that the message is addressed to.</summary>
    AccountId AccountId { get; }
}

/// <summary>
/// The account that owns an ordered, durable inbox of messages. Compared by ordinal value.
/// Valid when <see cref="TextRule.Problem"/> finds none: 1 to 256 bytes of UTF-8 without control characters.
/// </summary>
public readonly record struct AccountId(string Value)
{
    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>
/// The sender's name for a message, unique within its account (in the field: the message hash). Opaque text under the same rule as
/// <see cref="AccountId"/>.
/// </summary>
public readonly record struct MessageId(string Value)
{
    /// <inheritdoc/>
    public override string ToString() => Value;
}
