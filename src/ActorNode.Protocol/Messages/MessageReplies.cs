using System.Collections.Immutable;

namespace ActorNode.Protocol.Messages;

/// <summary>Why an account refused a command. Nothing of the command was stored, except where the reason says otherwise.</summary>
public enum NackReason
{
    /// <summary>The command breaks a rule; the detail names field and rule. Sending it again is useless.</summary>
    Invalid,

    /// <summary>More messages or bytes than a command may carry. Send it in parts.</summary>
    TooLarge,

    /// <summary>The account's storage keeps failing; the node tries on by itself. Send again later.</summary>
    Degraded,

    /// <summary>The node is shutting down.</summary>
    Stopping,

    /// <summary>No answer in time: the messages may or may not be stored. Sending them again is safe, ids are written once.</summary>
    OutcomeUnknown,
}

/// <summary>What an account answers.</summary>
public static class MessageReplies
{
    /// <summary>An answer to <see cref="MessageCommands.Write"/>.</summary>
    public interface IWriteReply : IWithAccountId
    {
        /// <summary>As in the command.</summary>
        long RequestId { get; }
    }

    /// <summary>
    /// The command's messages are durable. <paramref name="First"/> and <paramref name="Last"/> are the lowest and the highest sequence
    /// at which they stand, those of duplicates included: a command sent twice gets the same range twice.
    /// <paramref name="Written"/> + <paramref name="Duplicates"/> is the command's count.
    /// </summary>
    public sealed record Ack(AccountId AccountId, long First, long Last, int Written, int Duplicates, long RequestId = 0) : IWriteReply;

    /// <summary>The command was refused or failed; see <see cref="NackReason"/>.</summary>
    public sealed record Nack(AccountId AccountId, NackReason Reason, string Detail, TimeSpan? RetryAfter = null, long RequestId = 0) : IWriteReply;

    /// <summary>The account, or the node as a whole, has as much accepted work as it may hold. Nothing was stored.</summary>
    public sealed record Busy(AccountId AccountId, TimeSpan RetryAfter, long RequestId = 0) : IWriteReply;

    /// <summary>Messages up to the asked sequence are gone; what the account holds now.</summary>
    public sealed record Removed(AccountId AccountId, MessageRange Range, long Count, long RequestId = 0);

    /// <summary>The sender follows the account; <paramref name="Last"/> is its last sequence at this moment.</summary>
    public sealed record Following(AccountId AccountId, long Last);

    /// <summary>
    /// Messages in sequence order without a hole. <paramref name="Next"/> is the last sequence returned, or null when there was nothing
    /// after it. An account that was never written to has an empty page.
    /// </summary>
    public sealed record Page(AccountId AccountId, ImmutableArray<StoredMessage> Messages, long? Next);

    /// <summary>What was asked for lies before the retained range, which starts at <paramref name="First"/>.</summary>
    public sealed record Gone(AccountId AccountId, long First);

    /// <summary>The account holds no message of that id.</summary>
    public sealed record NotFound(AccountId AccountId, MessageId Id);

    /// <summary>The message of the asked id.</summary>
    public sealed record Found(AccountId AccountId, StoredMessage Message);

    /// <summary>Accounts in ordinal order of their UTF-8 names. <paramref name="Next"/> is the last one returned, null at the end.</summary>
    public sealed record Accounts(ImmutableArray<AccountRange> Ranges, AccountId? Next);

    /// <summary>An account and what it holds.</summary>
    public readonly record struct AccountRange(AccountId AccountId, MessageRange Range);

    /// <summary>The query could not be answered: bad arguments or a storage failure. Nothing changed.</summary>
    public sealed record QueryFailed(string Detail, bool Invalid);
}
