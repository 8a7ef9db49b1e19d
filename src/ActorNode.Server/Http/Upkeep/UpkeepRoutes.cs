using System.Text.Json;
using ActorNode.Protocol.Upkeep;

namespace ActorNode.Server.Http.Upkeep;

/// <summary>
/// <c>GET /v1/upkeep</c>: how channel upkeep is. <c>POST /v1/upkeep/parked/{id}/retry</c> and <c>DELETE /v1/upkeep/parked/{id}</c>: what
/// becomes of an event that no handler would take. 404 on a node without channels, 409 for what upkeep refuses, with its reason.
/// </summary>
internal sealed class UpkeepRoutes(NodeActors actors)
{
    public async Task StatusAsync(HttpContext context)
    {
        RequestFields.AllowOnly(context);
        var reply = await actors.AskUpkeepAsync(UpkeepQueries.GetUpkeep.Instance, context.RequestAborted);
        await AnswerAsync(context, json => UpkeepJson.Write(json, (UpkeepStatus)reply));
    }

    public Task RetryAsync(HttpContext context) => CommandAsync(context, id => new UpkeepCommands.RetryParked(id));

    public Task DropAsync(HttpContext context) => CommandAsync(context, id => new UpkeepCommands.DropParked(id));

    private async Task CommandAsync(HttpContext context, Func<string, object> command)
    {
        RequestFields.AllowOnly(context);
        var (id, result) = await actors.AskUpkeepAsync(command(RequestFields.EventId(context)), context.RequestAborted) switch
        {
            UpkeepReplies.EventHandled handled => (handled.Id, "handled"),
            UpkeepReplies.EventDropped dropped => (dropped.Id, "dropped"),
            UpkeepReplies.Refused refused => throw new ProblemException(new Problem(409, "Conflict", refused.Problem)),
            var other => throw new InvalidOperationException($"upkeep answered with {other.GetType()}"),
        };
        await AnswerAsync(context, json =>
        {
            json.WriteStartObject();
            json.WriteString("id"u8, id);
            json.WriteString("result"u8, result);
            json.WriteEndObject();
        });
    }

    private static async Task AnswerAsync(HttpContext context, Action<Utf8JsonWriter> write)
    {
        context.Response.ContentType = "application/json";
        context.Response.Headers.CacheControl = "no-store";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter, HttpJson.Options);
        write(json);
    }
}
