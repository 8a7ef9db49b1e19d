using System.Text.Json;
using ActorNode.Configuration;
using ActorNode.Protocol.Services;

namespace ActorNode.Server.Http;

/// <summary>
/// <c>GET /health/live</c>: the actors answer. <c>GET /health/ready</c>: every service is ready and the node is not on its way down.
/// <c>GET /v1/services</c>: the same for operators, with history. No answer within two seconds is an answer.
/// </summary>
internal sealed class HealthRoutes(NodeActors actors, NodeLifetime lifetime, HttpSettings settings)
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(2);

    private readonly TimeSpan _timeout = settings.RequestTimeout < Longest ? settings.RequestTimeout : Longest;

    public async Task LiveAsync(HttpContext context)
    {
        var services = await TryAskAsync(context.RequestAborted);
        await AnswerAsync(context, services is null ? "not responding" : "live", services is not null, services);
    }

    public async Task ReadyAsync(HttpContext context)
    {
        var services = await TryAskAsync(context.RequestAborted);
        var (status, ready) = lifetime.IsStopping ? ("stopping", false)
            : services is null ? ("not responding", false)
            : services.Ready ? ("ready", true)
            : ("not ready", false);
        await AnswerAsync(context, status, ready, services);
    }

    public async Task ServicesAsync(HttpContext context)
    {
        RequestFields.AllowOnly(context);
        var reply = await actors.AskServicesAsync(ServiceQueries.GetServices.Instance, _timeout, context.RequestAborted);
        if (reply is not ServiceReplies.Services services)
            throw new InvalidOperationException($"the services actor answered with {reply.GetType()}");
        context.Response.ContentType = "application/json";
        context.Response.Headers.CacheControl = "no-store";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter, HttpJson.Options);
        json.WriteStartObject();
        json.WriteStartArray("services"u8);
        foreach (var service in services.All)
            WriteService(json, service);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private async Task<ServiceReplies.Services?> TryAskAsync(CancellationToken aborted)
    {
        try
        {
            return await actors.AskServicesAsync(ServiceQueries.GetServices.Instance, _timeout, aborted) as ServiceReplies.Services;
        }
        catch (ProblemException)
        {
            return null;
        }
    }

    private static async Task AnswerAsync(HttpContext context, string status, bool healthy, ServiceReplies.Services? services)
    {
        context.Response.StatusCode = healthy ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        context.Response.ContentType = "application/json";
        context.Response.Headers.CacheControl = "no-store";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter, HttpJson.Options);
        json.WriteStartObject();
        json.WriteString("status"u8, status);
        json.WriteStartArray("services"u8);
        if (services is not null)
        {
            foreach (var service in services.All)
            {
                json.WriteStartObject();
                json.WriteString("name"u8, service.Name);
                json.WriteString("state"u8, StateOf(service.State));
                json.WriteEndObject();
            }
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteService(Utf8JsonWriter json, ServiceStatus service)
    {
        json.WriteStartObject();
        json.WriteString("name"u8, service.Name);
        json.WriteString("state"u8, StateOf(service.State));
        json.WriteString("since"u8, service.Since.UtcDateTime);
        json.WriteStartArray("dependencies"u8);
        if (!service.DependsOn.IsDefault)
        {
            foreach (var dependency in service.DependsOn)
                json.WriteStringValue(dependency);
        }

        json.WriteEndArray();
        json.WriteNumber("restarts"u8, service.Restarts);
        if (service.LastError is null)
            json.WriteNull("lastError"u8);
        else
            json.WriteString("lastError"u8, service.LastError);
        if (!service.WaitingFor.IsDefaultOrEmpty)
        {
            json.WriteStartArray("waitingFor"u8);
            foreach (var dependency in service.WaitingFor)
                json.WriteStringValue(dependency);
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static string StateOf(ServiceState state) => state switch
    {
        ServiceState.Waiting => "waiting",
        ServiceState.Starting => "starting",
        ServiceState.Ready => "ready",
        ServiceState.Degraded => "degraded",
        ServiceState.Restarting => "restarting",
        ServiceState.Completed => "completed",
        ServiceState.Failed => "failed",
        ServiceState.Stopping => "stopping",
        _ => "stopped",
    };
}
