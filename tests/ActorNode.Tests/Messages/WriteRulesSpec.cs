using ActorNode.Messages;
using ActorNode.Protocol.Messages;
using ActorNode.Tests.Support;
using Xunit;

namespace ActorNode.Tests.Messages;

public sealed class WriteRulesSpec
{
    private static readonly MessagesSettings Settings = new() { MaxBatchMessages = 3, MaxBodyBytes = 10, MaxBatchBytes = 450 };

    public static TheoryData<MessageCommands.Write, NackReason, string> Broken => new()
    {
        { Some.Write(new AccountId(""), "a"), NackReason.Invalid, "account is empty" },
        { Some.Write(new AccountId("a\nb"), "a"), NackReason.Invalid, "account has a control character at position 1" },
        { Some.Write(new AccountId(new string('é', 129)), "a"), NackReason.Invalid, "account is longer than 256 bytes" },
        { Some.Write(new AccountId("\ud83d"), "a"), NackReason.Invalid, "account has half a surrogate pair at position 0" },
        { Some.Write(Some.Alice), NackReason.Invalid, "messages is empty" },
        { new MessageCommands.Write(Some.Alice, default), NackReason.Invalid, "messages is empty" },
        { Some.Write(Some.Alice, "a", ""), NackReason.Invalid, "messages[1].id is empty" },
        { new MessageCommands.Write(Some.Alice, [new Message(default, default)]), NackReason.Invalid, "messages[0].id is empty" },
        { Some.Write(Some.Alice, "a", "b", "c", "d"), NackReason.TooLarge, "messages has 4 items, the limit is 3" },
        { Some.Write(Some.Alice, "12345678901"), NackReason.TooLarge, "messages[0].body has 11 bytes, the limit is 10" },
        { Some.Write(Some.Alice, "1234567890", "2345678901", "3456789012"), NackReason.TooLarge, "messages count for 474 bytes, the limit is 450" },
    };

    [Theory(DisplayName = "A write that breaks a rule is refused with the field and the rule")]
    [MemberData(nameof(Broken))]
    public void Refuses(MessageCommands.Write write, NackReason reason, string detail)
    {
        Assert.False(WriteRules.Check(write with { RequestId = 7 }, Settings, out _, out var nack));
        Assert.Equal(new MessageReplies.Nack(write.AccountId, reason, detail, RequestId: 7), nack);
    }

    [Theory(DisplayName = "Whatever is text without control characters is a valid account and id")]
    [InlineData("a")]
    [InlineData("../?x=%2F&y")]
    [InlineData("äöü 日本 😀")]
    [InlineData("$$")]
    public void Accepts(string text)
    {
        Assert.True(WriteRules.Check(new MessageCommands.Write(new AccountId(text), [new Message(new MessageId(text), default)]), Settings, out var bytes, out _));
        Assert.True(bytes > 0);
    }

    [Fact(DisplayName = "An id of exactly 256 bytes is accepted")]
    public void Accepts_the_longest_id() => Assert.Null(TextRule.Problem(new string('é', 128)));
}
