using System.Collections.Immutable;
using System.Text.Json;
using ActorNode.Configuration;
using ActorNode.Messages;
using ActorNode.Protocol.Messages;
using ActorNode.Server.Http.Batch;
using Akka.Actor;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;
using static ActorNode.Protocol.Messages.MessageReplies;

namespace ActorNode.Server.Http.Messages;

/// <summary>
/// <c>POST /v1/messages</c>. The body is read and checked whole before anything is sent, so what breaks a rule stores nothing; from
/// there on accounts are independent, and the answer tells for each what became of its messages. Answers after the commit.
/// </summary>
internal sealed class WriteRoute(NodeActors actors, OpenWrites open, HttpSettings settings, MessagesSettings messages)
{
    /// <summary>How many of the longest bodies may be in memory at once.</summary>
    private const int BodiesAtOnce = 8;

    private readonly BatchLimits _limits = BatchLimits.Of(messages);

    /// <summary>What all requests together hold of bodies.</summary>
    public BodyBudget Budget { get; } = new(BodiesAtOnce * settings.MaxRequestBody);

    public async Task InvokeAsync(HttpContext context)
    {
        RequestFields.AllowOnly(context);
        var lines = TakesLines(context.Request);
        // The limit is ours to apply: the server's own answer to it is no problem document.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = null;
        using var share = Budget.Open();
        var batch = await ReadBatchAsync(context, lines, share);
        open.Enter();
        IWriteReply?[] replies;
        try
        {
            replies = await WriteAsync(batch, context.RequestAborted);
        }
        finally
        {
            open.Leave();
        }

        context.RequestAborted.ThrowIfCancellationRequested();
        await AnswerAsync(context, batch, replies);
    }

    private static bool TakesLines(HttpRequest request)
    {
        if (request.Headers.ContentEncoding.Count > 0)
            throw NotSupported("Content-Encoding is not supported: send the body as it is");
        if (MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
            && (!type.Charset.HasValue || type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase) || type.Charset.Equals("\"utf-8\"", StringComparison.OrdinalIgnoreCase)))
        {
            if (type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase))
                return false;
            if (type.MediaType.Equals("application/x-ndjson", StringComparison.OrdinalIgnoreCase))
                return true;
        }

        throw NotSupported("Content-Type must be application/json or application/x-ndjson, in UTF-8");
    }

    private static ProblemException NotSupported(string detail) => new(new Problem(415, "Unsupported media type", detail));

    private async Task<ImmutableArray<MessageCommands.Write>> ReadBatchAsync(HttpContext context, bool lines, BodyBudget.Share share)
    {
        using var body = await RequestBody.ReadAsync(context.Request, settings.MaxRequestBody, share, context.RequestAborted);
        var error = lines
            ? BatchParser.ParseLines(body.Written.Span, _limits, out var batch)
            : BatchParser.ParseObject(body.Written.Span, _limits, out batch);
        return error is null ? batch : throw new ProblemException(error.ToProblem());
    }

    private async Task<IWriteReply?[]> WriteAsync(ImmutableArray<MessageCommands.Write> batch, CancellationToken aborted)
    {
        var done = new TaskCompletionSource<IWriteReply?[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        var collector = actors.Start(WriteCollectorActor.Props(actors.Writer, batch, done));
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(aborted);
        using var givingUp = patience.Token.Register(() => collector.Tell(WriteCollectorActor.GiveUp.Instance, ActorRefs.NoSender));
        patience.CancelAfter(settings.RequestTimeout);
        return await done.Task;
    }

    private static async Task AnswerAsync(HttpContext context, ImmutableArray<MessageCommands.Write> batch, IWriteReply?[] replies)
    {
        var response = context.Response;
        var outcome = WriteOutcome.Of(replies);
        response.StatusCode = outcome.Status;
        if (outcome.RetryAfter is { } wait && outcome.Status != StatusCodes.Status207MultiStatus)
            response.Headers.RetryAfter = HttpJson.Seconds(wait);
        response.ContentType = "application/json";
        await using var json = new Utf8JsonWriter(response.BodyWriter, HttpJson.Options);
        json.WriteStartObject();
        var sent = 0L;
        for (var i = 0; i < replies.Length; i++)
        {
            json.WritePropertyName(batch[i].AccountId.Value);
            WriteReply(json, replies[i]);
            sent = await HttpJson.FlushWhenLargeAsync(json, sent, response, context.RequestAborted);
        }

        json.WriteEndObject();
    }

    private static void WriteReply(Utf8JsonWriter json, IWriteReply? reply)
    {
        json.WriteStartObject();
        switch (reply)
        {
            case Ack ack:
                json.WriteNumber("first"u8, ack.First);
                json.WriteNumber("last"u8, ack.Last);
                json.WriteNumber("written"u8, ack.Written);
                json.WriteNumber("duplicates"u8, ack.Duplicates);
                break;
            case Busy busy:
                WriteError(json, Refusals.Busy, "busy", busy.RetryAfter);
                break;
            case Nack nack:
                WriteError(json, Refusals.Detail(nack), ReasonOf(nack.Reason), nack.RetryAfter);
                break;
            default:
                WriteError(json, Refusals.OutcomeUnknown, ReasonOf(NackReason.OutcomeUnknown), null);
                break;
        }

        json.WriteEndObject();
    }

    private static void WriteError(Utf8JsonWriter json, string error, string reason, TimeSpan? retryAfter)
    {
        json.WriteString("error"u8, error);
        json.WriteString("reason"u8, reason);
        if (retryAfter is { } wait)
            json.WriteNumber("retryAfter"u8, Math.Round(wait.TotalSeconds, 3));
    }

    private static string ReasonOf(NackReason reason) => reason switch
    {
        NackReason.Invalid => "invalid",
        NackReason.TooLarge => "tooLarge",
        NackReason.Degraded => "degraded",
        NackReason.Stopping => "stopping",
        _ => "outcomeUnknown",
    };
}
