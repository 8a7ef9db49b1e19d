using System.Collections.Immutable;
using System.Text;
using ActorNode.Protocol.Messages;
using ActorNode.Storage;

namespace ActorNode.Tests.Support;

/// <summary>Throw-away values.</summary>
internal static class Some
{
    public static readonly AccountId Alice = new("alice");
    public static readonly AccountId Bob = new("bob");
    public static readonly DateTimeOffset Time = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    public static ImmutableArray<Message> Messages(params string[] ids) =>
        [.. ids.Select(id => new Message(new MessageId(id), Encoding.UTF8.GetBytes(id)))];

    public static ImmutableArray<Message> Messages(int count, string prefix = "m") =>
        Messages([.. Enumerable.Range(1, count).Select(i => $"{prefix}{i}")]);

    public static MessageCommands.Write Write(AccountId account, params string[] ids) => new(account, Messages(ids));

    public static CommitCommand.Append Append(AccountId account, params string[] ids) => new(account, Messages(ids), Time);

    public static StoreUnavailableException Outage(bool outcomeUnknown = false) => new("disk full") { OutcomeUnknown = outcomeUnknown };
}
