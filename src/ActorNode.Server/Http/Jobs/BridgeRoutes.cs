using ActorNode.Jobs.Access;
using ActorNode.Protocol.Jobs;

namespace ActorNode.Server.Http.Jobs;

/// <summary><c>/v2/bridge_types</c> and <c>/v2/bridge_types/{name}</c>.</summary>
internal sealed class BridgeRoutes(JobsActors actors, ApiAccess access, ApiBody body, JobsApiSettings settings)
{
    private const string Missing = "bridge not found";

    public async Task ListAsync(HttpContext context)
    {
        await access.SessionAsync(context);
        var page = PageQuery.Of(context.Request, settings.MaxPage);
        var all = ((BridgeReplies.All)await actors.AskBridgesAsync(BridgeQueries.List.Instance, context.RequestAborted)).Bridges;
        await JsonApi.WriteAsync(context, page.Slice(all).Select(bridge => ResourceOf(bridge)), all.Length, page);
    }

    public async Task ShowAsync(HttpContext context)
    {
        await access.SessionAsync(context);
        await AnswerAsync(context, new BridgeQueries.Find(ApiPaths.Id(context)));
    }

    public async Task CreateAsync(HttpContext context)
    {
        await access.SessionAsync(context);
        var fields = await ReadAsync(context);
        await AnswerAsync(context, new BridgeCommands.Create(
            fields.Text("name") ?? "",
            fields.Text("url") ?? "",
            fields.Confirmations("confirmations") ?? 0,
            fields.Juels("minimumContractPayment")));
    }

    /// <summary>What the request does not name stays.</summary>
    public async Task UpdateAsync(HttpContext context)
    {
        await access.SessionAsync(context);
        var fields = await ReadAsync(context);
        await AnswerAsync(context, new BridgeCommands.Update(
            ApiPaths.Id(context),
            fields.Text("url"),
            fields.Confirmations("confirmations"),
            fields.Has("minimumContractPayment") ? new BridgeCommands.NewPayment(fields.Juels("minimumContractPayment")) : null));
    }

    public async Task DeleteAsync(HttpContext context)
    {
        await access.SessionAsync(context);
        await AnswerAsync(context, new BridgeCommands.Delete(ApiPaths.Id(context)));
    }

    private async Task<JsonMembers> ReadAsync(HttpContext context)
    {
        static ApiException Malformed(string reason) => new(422, reason);
        return new(await body.ReadObjectAsync(context, Malformed), Malformed);
    }

    private async Task AnswerAsync(HttpContext context, object message)
    {
        var resource = await actors.AskBridgesAsync(message, context.RequestAborted) switch
        {
            BridgeReplies.Created created => ResourceOf(created.Bridge, created.IncomingToken),
            BridgeReplies.Updated updated => ResourceOf(updated.Bridge),
            BridgeReplies.Deleted deleted => ResourceOf(deleted.Bridge),
            BridgeReplies.Found found => ResourceOf(found.Bridge),
            BridgeReplies.NotFound => throw ApiException.NotFound(Missing),
            BridgeReplies.Refused refused => throw new ApiException(StatusCodes.Status400BadRequest, [.. refused.Problems]),
            BridgeReplies.InUse used => throw new ApiException(
                StatusCodes.Status409Conflict, $"Can't remove the bridge because there are jobs associated with it: {string.Join(", ", used.Jobs)}"),
            var reply => throw new InvalidOperationException($"bridges answered with {reply.GetType()}"),
        };
        await JsonApi.WriteAsync(context, resource);
    }

    /// <param name="bridge">The bridge.</param>
    /// <param name="incoming">Known right after it was created, and never again.</param>
    private static Resource ResourceOf(BridgeType bridge, Secret? incoming = null) => Resource.Of("bridges", bridge.Name, json =>
    {
        json.WriteString("name"u8, bridge.Name);
        json.WriteString("url"u8, bridge.Url);
        json.WriteNumber("confirmations"u8, bridge.Confirmations);
        if (incoming is not null)
            json.WriteString("incomingToken"u8, incoming.Reveal());
        json.WriteString("outgoingToken"u8, bridge.OutgoingToken.Reveal());
        if (bridge.MinimumContractPayment is { } payment)
            json.WriteString("minimumContractPayment"u8, payment.ToString());
        else
            json.WriteNull("minimumContractPayment"u8);
    });
}
