using System.Collections.Immutable;
using System.Text.Json;
using ActorNode.Configuration;
using ActorNode.Forging;
using ActorNode.Protocol.Forging;

namespace ActorNode.Server.Http.Forging;

/// <summary>
/// <c>GET /v1/forging</c>: the keys. <c>POST /v1/forging/requests</c>: blocks and votes, answered for each key when it holds its duty; what
/// becomes of them is an event. <c>DELETE /v1/forging/pending</c>: drop what waits. <c>GET</c> and <c>POST /v1/forging/watermarks/{key}</c>:
/// show and raise marks. A watermark cannot be passed and not be lowered from here.
/// </summary>
internal sealed class ForgingRoutes(NodeActors actors, HttpSettings http, ForgingSettings settings)
{
    private const int BodiesAtOnce = 8;
    private const int MaxMarks = 10_000;

    private readonly ForgeRequestReader _requests = new(settings);
    private readonly BodyBudget _budget = new(BodiesAtOnce * http.MaxRequestBody);

    public async Task StatusAsync(HttpContext context)
    {
        RequestFields.AllowOnly(context);
        var list = (ForgeReplies.KeyList)await AskAsync(context, ForgeQueries.Keys.Instance);
        await AnswerAsync(context, StatusCodes.Status200OK, json => ForgingJson.Write(json, list));
    }

    public async Task RequestAsync(HttpContext context)
    {
        RequestFields.AllowOnly(context);
        var request = await ReadAsync(context, _requests.Read);
        var keys = KeysOf(request);
        var done = new TaskCompletionSource<ImmutableArray<object>>(TaskCreationOptions.RunContinuationsAsynchronously);
        actors.Start(ForgeCollectorActor.Props(actors.Forging, request, keys.Length, http.RequestTimeout, done));
        var replies = await done.Task.WaitAsync(context.RequestAborted);
        if (replies is [ForgeReplies.Rejected { Key: null } rejected])
            throw new ProblemException(ProblemOf(rejected));
        var accepted = replies.OfType<ForgeReplies.Accepted>().Select(reply => reply.Key).ToHashSet();
        var refused = replies.OfType<ForgeReplies.Rejected>().ToDictionary(reply => reply.Key!.Value);
        var status = accepted.Count == keys.Length ? StatusCodes.Status202Accepted
            : accepted.Count == 0 && refused.Count == keys.Length && refused.Values.Select(StatusOf).Distinct().ToList() is [var same] ? same
            : StatusCodes.Status207MultiStatus;
        await AnswerAsync(context, status, json => WriteReplies(json, request.Id, keys, accepted, refused));
    }

    public async Task CancelAsync(HttpContext context)
    {
        RequestFields.AllowOnly(context, "key", "chain", "level", "source");
        var level = RequestFields.Sequence(context, "level");
        if (level > int.MaxValue)
            throw RequestFields.Bad("level", $"must be a whole number from 0 to {int.MaxValue}");
        var cancel = new ForgeCommands.CancelPending(
            RequestFields.Text(context, "key") is { } key ? new ConsensusKeyId(key) : null,
            RequestFields.Text(context, "chain") is { } chain ? new ChainName(chain) : null,
            (int?)level,
            RequestFields.Text(context, "source"));
        var cancelled = (ForgeReplies.Cancelled)await AskAsync(context, cancel);
        await AnswerAsync(context, StatusCodes.Status200OK, json => ForgingJson.Write(json, cancelled));
    }

    public async Task MarksAsync(HttpContext context)
    {
        RequestFields.AllowOnly(context);
        var key = RequestFields.ConsensusKey(context);
        var marks = Marks<ForgeReplies.MarksOfKey>(await AskAsync(context, new ForgeQueries.MarksOf(key)));
        await AnswerAsync(context, StatusCodes.Status200OK, json =>
        {
            json.WriteStartObject();
            json.WriteString("key"u8, key.Value);
            ForgingJson.WriteMarks(json, "marks", marks.Marks);
            json.WriteEndObject();
        });
    }

    public async Task RaiseAsync(HttpContext context)
    {
        RequestFields.AllowOnly(context);
        var key = RequestFields.ConsensusKey(context);
        var marks = await ReadAsync(context, ReadMarks);
        var imported = Marks<ForgeReplies.MarksImported>(await AskAsync(context, new ForgeCommands.ImportMarks(key, marks)));
        await AnswerAsync(context, StatusCodes.Status200OK, json =>
        {
            json.WriteStartObject();
            json.WriteString("key"u8, key.Value);
            ForgingJson.WriteMarks(json, "raised", imported.Raised);
            ForgingJson.WriteMarks(json, "kept", imported.Kept);
            json.WriteEndObject();
        });
    }

    private static ImmutableArray<Watermark> ReadMarks(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var fields = JsonFields.Of(document.RootElement, "body");
            fields.AllowOnly("marks");
            return [.. fields.Array("marks", MaxMarks).Select(mark =>
            {
                mark.AllowOnly("chain", "kind", "level", "round", "payloadHash", "signature");
                return new Watermark(
                    new ChainName(mark.Text("chain")),
                    mark.Text("kind") switch
                    {
                        "block" => ForgeKind.Block,
                        "preattestation" => ForgeKind.Preattestation,
                        "attestation" => ForgeKind.Attestation,
                        _ => throw RequestFields.Bad(mark.PathOf("kind"), "must be block, preattestation or attestation"),
                    },
                    new LevelRound(mark.Natural("level"), mark.Natural("round")),
                    mark.Has("payloadHash") ? mark.Text("payloadHash") : null,
                    mark.Has("signature") ? mark.Text("signature") : null);
            })];
        }
        catch (JsonException malformed)
        {
            throw RequestFields.Bad("body", $"is no JSON (line {malformed.LineNumber + 1}, byte {malformed.BytePositionInLine + 1})");
        }
    }

    private Task<object> AskAsync(HttpContext context, object message) => actors.AskForgingAsync(message, http.RequestTimeout, context.RequestAborted);

    private async Task<T> ReadAsync<T>(HttpContext context, Func<ReadOnlyMemory<byte>, T> read)
    {
        if (!context.Request.HasJsonContentType())
            throw new ProblemException(new Problem(415, "Unsupported media type", "Content-Type must be application/json"));
        using var share = _budget.Open();
        using var body = await RequestBody.ReadAsync(context.Request, http.MaxRequestBody, share, context.RequestAborted);
        return read(body.Written.ToArray());
    }

    private static ImmutableArray<ConsensusKeyId> KeysOf(IForgeRequest request) => request switch
    {
        ForgeCommands.ForgeAndSignPreattestations batch => [.. batch.Votes.Select(vote => vote.Key)],
        ForgeCommands.ForgeAndSignAttestations batch => [.. batch.Votes.Select(vote => vote.Key)],
        _ => [((IWithConsensusKey)request).Key],
    };

    private static T Marks<T>(object reply)
        where T : class => reply switch
        {
            T answer => answer,
            ForgeReplies.MarksFailed { Invalid: true } failed => throw new ProblemException(new Problem(400, "Bad request", failed.Detail)),
            ForgeReplies.MarksFailed failed => throw new ProblemException(Problem.Unavailable(failed.Detail)),
            _ => throw new InvalidOperationException($"the forge worker answered with {reply.GetType()}"),
        };

    private static Problem ProblemOf(ForgeReplies.Rejected rejected) => new(StatusOf(rejected), "Request rejected", rejected.Detail)
    {
        RetryAfter = StatusOf(rejected) is 429 or 503 ? TimeSpan.FromSeconds(1) : null,
    };

    private static int StatusOf(ForgeReplies.Rejected rejected) => rejected.Reason switch
    {
        RejectReason.Invalid => StatusCodes.Status400BadRequest,
        RejectReason.UnknownKey => StatusCodes.Status404NotFound,
        RejectReason.Duplicate => StatusCodes.Status409Conflict,
        RejectReason.QueueFull => StatusCodes.Status429TooManyRequests,
        _ => StatusCodes.Status503ServiceUnavailable,
    };

    private static void WriteReplies(
        Utf8JsonWriter json, ForgeRequestId id, ImmutableArray<ConsensusKeyId> keys, HashSet<ConsensusKeyId> accepted, Dictionary<ConsensusKeyId, ForgeReplies.Rejected> refused)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, id.Value);
        json.WriteStartObject("keys"u8);
        foreach (var key in keys)
        {
            json.WriteStartObject(key.Value);
            json.WriteBoolean("accepted"u8, accepted.Contains(key));
            if (!accepted.Contains(key))
            {
                json.WriteString("error"u8, refused.TryGetValue(key, out var no) ? no.Detail : "the key did not say in time whether it holds the duty");
                json.WriteString("reason"u8, no is null ? "outcome-unknown" : ForgingJson.Word(no.Reason));
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static async Task AnswerAsync(HttpContext context, int status, Action<Utf8JsonWriter> write)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        context.Response.Headers.CacheControl = "no-store";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter, HttpJson.Options);
        write(json);
    }
}
