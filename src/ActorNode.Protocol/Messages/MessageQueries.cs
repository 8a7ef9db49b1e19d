namespace ActorNode.Protocol.Messages;

/// <summary>Questions to the message reader. They have no side effects and start no account actor.</summary>
public static class MessageQueries
{
    /// <summary>
    /// Messages after a sequence (0: from the start). Reply: <see cref="MessageReplies.Page"/>, <see cref="MessageReplies.Gone"/> or
    /// <see cref="MessageReplies.QueryFailed"/>.
    /// </summary>
    public sealed record PageAfter(AccountId AccountId, long Sequence, int Limit) : IWithAccountId;

    /// <summary>Messages after the one of an id. Reply: as <see cref="PageAfter"/>, or <see cref="MessageReplies.NotFound"/>.</summary>
    public sealed record PageAfterId(AccountId AccountId, MessageId Id, int Limit) : IWithAccountId;

    /// <summary>One message. Reply: <see cref="MessageReplies.Found"/>, <see cref="MessageReplies.NotFound"/> or <see cref="MessageReplies.QueryFailed"/>.</summary>
    public sealed record ById(AccountId AccountId, MessageId Id) : IWithAccountId;

    /// <summary>Accounts after a name (null: from the start). Reply: <see cref="MessageReplies.Accounts"/> or <see cref="MessageReplies.QueryFailed"/>.</summary>
    public sealed record AccountsAfter(AccountId? After, int Limit);
}
