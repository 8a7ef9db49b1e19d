using System.Text.Json;
using ActorNode.Jobs;
using ActorNode.Protocol.Jobs;

namespace ActorNode.Server.Http.Jobs;

/// <summary><c>POST /v2/external_initiators</c>, <c>DELETE /v2/external_initiators/{key}</c>: in dev mode.</summary>
internal sealed class InitiatorRoutes(JobsActors actors, ApiAccess access, ApiBody body, JobsSettings settings)
{
    private static readonly JsonElement Nothing = JsonDocument.Parse("{}").RootElement;

    public async Task CreateAsync(HttpContext context)
    {
        await access.SessionAsync(context);
        OnlyInDev();
        static ApiException Malformed(string reason) => new(422, reason);
        var fields = new JsonMembers(await body.ReadObjectAsync(context, Malformed, Nothing), Malformed);
        switch (await actors.AskAccessAsync(new AccessCommands.CreateInitiator(fields.Text("name"), fields.Text("url")), context.RequestAborted))
        {
            case AccessReplies.InitiatorCreated created:
                await JsonApi.WriteAsync(context, ResourceOf(created), StatusCodes.Status201Created);
                break;
            case AccessReplies.Refused refused:
                throw new ApiException(StatusCodes.Status400BadRequest, [.. refused.Problems]);
        }
    }

    public async Task DeleteAsync(HttpContext context)
    {
        await access.SessionAsync(context);
        OnlyInDev();
        if (await actors.AskAccessAsync(new AccessCommands.DeleteInitiator(ApiPaths.Id(context)), context.RequestAborted) is AccessReplies.NoInitiator)
            throw ApiException.NotFound("External initiator not found");
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    /// <summary>The only answer that has the secret.</summary>
    private static Resource ResourceOf(AccessReplies.InitiatorCreated created) => Resource.Of("external_initiators", created.AccessKey, json =>
    {
        json.WriteString("AccessKey"u8, created.AccessKey);
        json.WriteString("Secret"u8, created.Secret.Reveal());
        if (created.Initiator.Name is { } name)
            json.WriteString("name"u8, name);
        if (created.Initiator is not { Url: { } url, OutgoingToken: { } token, OutgoingSecret: { } secret })
            return;
        json.WriteString("url"u8, url);
        json.WriteString("outgoingToken"u8, token);
        json.WriteString("outgoingSecret"u8, secret.Reveal());
    });

    private void OnlyInDev()
    {
        if (!settings.Dev)
            throw new ApiException(405, "External Initiators are currently under development and not yet usable outside of development mode");
    }
}
