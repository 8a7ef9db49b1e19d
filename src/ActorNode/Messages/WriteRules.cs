using System.Diagnostics.CodeAnalysis;
using ActorNode.Protocol.Messages;
using ActorNode.Storage;

namespace ActorNode.Messages;

/// <summary>The rules that a write obeys before anything of it is accepted. Pure.</summary>
public static class WriteRules
{
    /// <summary>False with the refusal when a rule is broken; true with the bytes that the write counts for.</summary>
    public static bool Check(MessageCommands.Write write, MessagesSettings settings, out long bytes, [NotNullWhen(false)] out MessageReplies.Nack? refusal)
    {
        bytes = 0;
        refusal = null;
        if (TextRule.Problem(write.AccountId.Value) is { } accountProblem)
            refusal = Nack(write, NackReason.Invalid, $"account {accountProblem}");
        else if (write.Messages.IsDefaultOrEmpty)
            refusal = Nack(write, NackReason.Invalid, "messages is empty");
        else if (write.Messages.Length > settings.MaxBatchMessages)
            refusal = Nack(write, NackReason.TooLarge, $"messages has {write.Messages.Length} items, the limit is {settings.MaxBatchMessages}");
        else if ((refusal = CheckEach(write, settings)) is null && (bytes = MessageSize.Of(write.Messages)) > settings.MaxBatchBytes)
            refusal = Nack(write, NackReason.TooLarge, $"messages count for {bytes} bytes, the limit is {settings.MaxBatchBytes}");
        return refusal is null;
    }

    private static MessageReplies.Nack? CheckEach(MessageCommands.Write write, MessagesSettings settings)
    {
        for (var i = 0; i < write.Messages.Length; i++)
        {
            var message = write.Messages[i];
            if (TextRule.Problem(message.Id.Value) is { } idProblem)
                return Nack(write, NackReason.Invalid, $"messages[{i}].id {idProblem}");
            if (message.Body.Length > settings.MaxBodyBytes)
                return Nack(write, NackReason.TooLarge, $"messages[{i}].body has {message.Body.Length} bytes, the limit is {settings.MaxBodyBytes}");
        }

        return null;
    }

    private static MessageReplies.Nack Nack(MessageCommands.Write write, NackReason reason, string detail) =>
        new(write.AccountId, reason, detail, RequestId: write.RequestId);
}
