using System.Collections.Immutable;

namespace ActorNode.Protocol.Messages;

/// <summary>A command to one account.</summary>
public interface IMessageCommand : IWithAccountId;

/// <summary>What changes an account's inbox.</summary>
public static class MessageCommands
{
    /// <summary>
    /// Append messages to one account, all or none, in the given order. Reply, after the durable commit: <see cref="MessageReplies.Ack"/>;
    /// otherwise <see cref="MessageReplies.Nack"/> or <see cref="MessageReplies.Busy"/>, and nothing of it is stored (but see
    /// <see cref="NackReason.OutcomeUnknown"/>). An id that the account holds already, or that stands earlier in the same command, is
    /// a duplicate: the first body wins. Commands of one sender to one account are committed in the order sent.
    /// </summary>
    /// <param name="AccountId">The account.</param>
    /// <param name="Messages">At least one; limits by count and bytes are settings.</param>
    /// <param name="RequestId">Echoed in the reply, for senders that keep several commands under way.</param>
    public sealed record Write(AccountId AccountId, ImmutableArray<Message> Messages, long RequestId = 0) : IMessageCommand;

    /// <summary>
    /// A batch keyed by account, for the message writer, which splits it. Accounts are independent: each answers the sender for
    /// itself, as to <see cref="Write"/>. An account may appear once.
    /// </summary>
    public sealed record WriteBatch(ImmutableArray<Write> Accounts);

    /// <summary>
    /// Retention: remove the account's messages up to and including a sequence. Numbering goes on after it; removed ids are forgotten.
    /// Reply: <see cref="MessageReplies.Removed"/> after the commit, or <see cref="MessageReplies.Nack"/> or <see cref="MessageReplies.Busy"/>.
    /// </summary>
    public sealed record Remove(AccountId AccountId, long UpTo, long RequestId = 0) : IMessageCommand;

    /// <summary>
    /// Subscribe the sender to the account: <see cref="MessageReplies.Following"/> at once, then <see cref="MessageEvents.Committed"/>
    /// after each commit. A follower reads up to <see cref="MessageReplies.Following.Last"/> by pages and from there on by each event's
    /// range, so it misses nothing; an account that failed and was restarted tells it anew where it stands. Ends with
    /// <see cref="Unfollow"/> or the subscriber's end; twice is once.
    /// </summary>
    public sealed record Follow(AccountId AccountId) : IMessageCommand;

    /// <summary>End the sender's <see cref="Follow"/>. No reply.</summary>
    public sealed record Unfollow(AccountId AccountId) : IMessageCommand;
}
