using System.Text.Json;
using ActorNode.Protocol.Messages;

namespace ActorNode.Server.Http.Messages;

/// <summary><c>DELETE /v1/messages/{account}?upTo=SEQ</c>: retention by hand. Answers after the commit; repeating it is harmless.</summary>
internal sealed class RemoveRoute(NodeActors actors)
{
    public async Task InvokeAsync(HttpContext context)
    {
        RequestFields.AllowOnly(context, "upTo");
        var account = RequestFields.Account(context);
        // Required: a forgotten parameter must not remove anything, let alone everything.
        var upTo = RequestFields.Sequence(context, "upTo") ?? throw RequestFields.Bad("upTo", "is missing");
        var reply = await actors.AskAccountAsync(new MessageCommands.Remove(account, upTo), context.RequestAborted);
        if (reply is not MessageReplies.Removed removed)
            throw Refusal(reply);
        context.Response.ContentType = "application/json";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter, HttpJson.Options);
        json.WriteStartObject();
        json.WriteNumber("first"u8, removed.Range.First);
        json.WriteNumber("last"u8, removed.Range.Last);
        json.WriteNumber("removed"u8, removed.Count);
        json.WriteEndObject();
    }

    private static Exception Refusal(object reply) => reply switch
    {
        MessageReplies.Busy busy => new ProblemException(
            new Problem(429, "Too many requests", Refusals.Busy)
            {
                Account = busy.AccountId.Value,
                RetryAfter = busy.RetryAfter,
            }),
        MessageReplies.Nack { Reason: NackReason.Invalid } nack => new ProblemException(
            new Problem(400, "Bad request", nack.Detail) { Account = nack.AccountId.Value }),
        MessageReplies.Nack nack => new ProblemException(
            Problem.Unavailable(Refusals.Detail(nack)) with { Account = nack.AccountId.Value, RetryAfter = nack.RetryAfter }),
        _ => new InvalidOperationException($"the account answered with {reply.GetType()}"),
    };
}
