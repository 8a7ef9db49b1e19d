using System.Text.Json;
using ActorNode.Messages;
using ActorNode.Protocol.Messages;

namespace ActorNode.Server.Http.Messages;

/// <summary>
/// The reads: <c>GET /v1/messages</c>, <c>/v1/messages/{account}</c> and <c>/v1/messages/{account}/{id}</c>. Pages have no holes: what lies
/// before the retained range is a 410 that names the first sequence still there.
/// </summary>
internal sealed partial class ReadRoutes(NodeActors actors, MessagesSettings settings, ILogger<ReadRoutes> log)
{
    /// <summary>The accounts and what they hold, in ordinal order of their names.</summary>
    public async Task ListAsync(HttpContext context)
    {
        RequestFields.AllowOnly(context, "after", "limit");
        AccountId? after = RequestFields.Text(context, "after") is { } name ? new AccountId(name) : null;
        var query = new MessageQueries.AccountsAfter(after, RequestFields.Limit(context, settings.MaxPage));
        var reply = await actors.AskReaderAsync(query, context.RequestAborted);
        if (reply is not MessageReplies.Accounts accounts)
            throw Refusal(reply);
        await using var json = Begin(context);
        json.WriteStartObject();
        json.WriteStartArray("accounts"u8);
        var sent = 0L;
        foreach (var (account, range) in accounts.Ranges)
        {
            json.WriteStartObject();
            json.WriteString("account"u8, account.Value);
            json.WriteNumber("first"u8, range.First);
            json.WriteNumber("last"u8, range.Last);
            json.WriteEndObject();
            sent = await HttpJson.FlushWhenLargeAsync(json, sent, context.Response, context.RequestAborted);
        }

        json.WriteEndArray();
        if (accounts.Next is { } next)
            json.WriteString("next"u8, next.Value);
        else
            json.WriteNull("next"u8);
        json.WriteEndObject();
    }

    /// <summary>A page of one account.</summary>
    public async Task PageAsync(HttpContext context)
    {
        RequestFields.AllowOnly(context, "after", "afterId", "limit");
        var account = RequestFields.Account(context);
        var limit = RequestFields.Limit(context, settings.MaxPage);
        var after = RequestFields.Sequence(context, "after");
        var afterId = RequestFields.Text(context, "afterId");
        if (after is not null && afterId is not null)
            throw RequestFields.Bad("afterId", "cannot be given together with after");
        object query = afterId is null
            ? new MessageQueries.PageAfter(account, after ?? 0, limit)
            : new MessageQueries.PageAfterId(account, new MessageId(afterId), limit);
        var reply = await actors.AskReaderAsync(query, context.RequestAborted);
        if (reply is not MessageReplies.Page page)
            throw Refusal(reply);
        await using var json = Begin(context);
        json.WriteStartObject();
        json.WriteStartArray("messages"u8);
        var sent = 0L;
        foreach (var message in page.Messages)
        {
            HttpJson.WriteMessage(json, message);
            sent = await HttpJson.FlushWhenLargeAsync(json, sent, context.Response, context.RequestAborted);
        }

        json.WriteEndArray();
        if (page.Next is { } next)
            json.WriteNumber("next"u8, next);
        else
            json.WriteNull("next"u8);
        json.WriteEndObject();
    }

    /// <summary>One message.</summary>
    public async Task FindAsync(HttpContext context)
    {
        RequestFields.AllowOnly(context);
        var query = new MessageQueries.ById(RequestFields.Account(context), RequestFields.MessageId(context));
        var reply = await actors.AskReaderAsync(query, context.RequestAborted);
        if (reply is not MessageReplies.Found found)
            throw Refusal(reply);
        await using var json = Begin(context);
        HttpJson.WriteMessage(json, found.Message);
    }

    private static Utf8JsonWriter Begin(HttpContext context)
    {
        context.Response.ContentType = "application/json";
        context.Response.Headers.CacheControl = "no-store";
        return new Utf8JsonWriter(context.Response.BodyWriter, HttpJson.Options);
    }

    /// <summary>Every answer that is not the one hoped for.</summary>
    private Exception Refusal(object reply) => reply switch
    {
        MessageReplies.Gone gone => new ProblemException(new Problem(410, "Gone", $"messages before sequence {gone.First} were removed by retention")
        {
            Account = gone.AccountId.Value,
            First = gone.First,
        }),
        MessageReplies.NotFound missing => new ProblemException(
            Problem.NotFound($"account '{missing.AccountId}' holds no message '{missing.Id}'") with { Account = missing.AccountId.Value }),
        MessageReplies.QueryFailed { Invalid: true } failed => new ProblemException(new Problem(400, "Bad request", failed.Detail)),
        MessageReplies.QueryFailed failed => Failed(failed),
        _ => new InvalidOperationException($"the message reader answered with {reply.GetType()}"),
    };

    /// <summary>What failed is for the log: a database's error may hold what is nobody's business.</summary>
    private ProblemException Failed(MessageReplies.QueryFailed failed)
    {
        LogFailed(failed.Detail);
        return new ProblemException(Problem.Unavailable("messages cannot be read at the moment"));
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A read of messages failed: {Error}")]
    private partial void LogFailed(string error);
}
