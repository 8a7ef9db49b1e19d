using System.Text;
using ActorNode.Jobs;
using ActorNode.Jobs.Agreements;
using ActorNode.Jobs.Specs;
using ActorNode.Protocol.Jobs;

namespace ActorNode.Server.Http.Jobs;

/// <summary><c>POST /v2/service_agreements</c>, in dev mode, and <c>GET /v2/service_agreements/{id}</c>.</summary>
internal sealed class AgreementRoutes(JobsActors actors, ApiAccess access, ApiBody body, JobsSettings settings)
{
    private const string Missing = "ServiceAgreement not found";

    /// <summary>Who asks for an agreement has no account with this node: what it signs is only that it will do the work.</summary>
    public async Task CreateAsync(HttpContext context)
    {
        if (!settings.Dev)
            throw new ApiException(405, AgreementRules.NotInDevelopment);
        var json = await body.ReadObjectAsync(context, reason => new ApiException(422, reason));
        if (!actors.HasAgreements)
            throw new ApiException(500, AgreementRules.NoAccount);
        switch (await actors.AskAgreementsAsync(new AgreementCommands.Create(Encoding.UTF8.GetBytes(json.GetRawText())), context.RequestAborted))
        {
            case AgreementReplies.Agreed agreed:
                await JsonApi.WriteAsync(context, ResourceOf(agreed.Agreement));
                break;
            case AgreementReplies.Invalid invalid:
                throw new ApiException(422, [.. invalid.Problems]);
            case AgreementReplies.Refused refused:
                throw new ApiException(refused.Reason switch
                {
                    AgreementRefusal.NotInDevelopment => 405,
                    AgreementRefusal.TooMany => 429,
                    _ => 500,
                }, refused.Detail);
        }
    }

    public async Task ShowAsync(HttpContext context)
    {
        await access.SessionAsync(context);
        var found = actors.HasAgreements
            ? await actors.AskAgreementsAsync(new AgreementQueries.Find(new AgreementId(ApiPaths.Id(context).ToLowerInvariant())), context.RequestAborted)
            : null;
        await JsonApi.WriteAsync(context, found is AgreementReplies.Found { Agreement: var agreement } ? ResourceOf(agreement) : throw ApiException.NotFound(Missing));
    }

    private static Resource ResourceOf(ServiceAgreement agreement) => Resource.Of("service_agreements", agreement.Id.Value, json =>
    {
        json.WriteString("createdAt"u8, JobJson.Time(agreement.CreatedAt));
        json.WriteStartObject("encumbrance"u8);
        json.WriteString("payment"u8, agreement.Encumbrance.Payment?.ToString());
        json.WriteNumber("expiration"u8, agreement.Encumbrance.Expiration);
        json.WriteString("endAt"u8, agreement.Encumbrance.EndAt is { } end ? JobJson.Time(end) : null);
        json.WriteStartArray("oracles"u8);
        foreach (var oracle in agreement.Encumbrance.Oracles)
            json.WriteStringValue(oracle);
        json.WriteEndArray();
        json.WriteEndObject();
        // The text that was hashed and signed, byte for byte.
        json.WriteString("requestBody"u8, agreement.RequestBody);
        json.WriteString("signature"u8, agreement.Signature);
        json.WriteString("jobSpecId"u8, agreement.JobSpecId.Value);
    });
}
