using ActorNode.Configuration;

namespace ActorNode.Server.Http.Jobs;

/// <summary><c>GET /v2/config</c>: what the jobs' part of the node was told to do, without anything secret, in the original's names where it has one.</summary>
internal sealed class ConfigRoute(NodeSettings settings, ApiAccess access)
{
    public async Task InvokeAsync(HttpContext context)
    {
        await access.SessionAsync(context);
        var jobs = settings.Jobs;
        await JsonApi.WriteAsync(context, Resource.Of("configWhitelists", "actornode", json =>
        {
            json.WriteString("accountAddress"u8, "");
            json.WriteString("allowOrigins"u8, string.Join(',', jobs.Api.AllowOrigins));
            json.WriteBoolean("chainlinkDev"u8, jobs.Dev);
            json.WriteString("clientNodeURL"u8, settings.Http.Urls.FirstOrDefault() ?? "");
            json.WriteString("databaseProvider"u8, settings.Storage.Provider.ToString().ToLowerInvariant());
            json.WriteNumber("defaultHttpLimit"u8, jobs.Api.MaxRequestBody);
            json.WriteString("logLevel"u8, settings.Logging.Level.ToString().ToLowerInvariant());
            json.WriteNumber("maxConcurrentRuns"u8, jobs.MaxConcurrentRuns);
            json.WriteNumber("minIncomingConfirmations"u8, jobs.MinIncomingConfirmations);
            json.WriteString("minimumContractPayment"u8, jobs.MinimumContractPayment);
            json.WriteString("reaperExpiration"u8, jobs.Sessions.ReapAfter.ToString());
            json.WriteString("rootDir"u8, settings.Data);
            json.WriteBoolean("secureCookies"u8, jobs.Sessions.SecureCookies);
            json.WriteString("sessionTimeout"u8, jobs.Sessions.Timeout.ToString());
            json.WriteString("taskTimeout"u8, jobs.TaskTimeout.ToString());
        }));
    }
}
