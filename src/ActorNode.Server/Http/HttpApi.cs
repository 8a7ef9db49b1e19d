using ActorNode.Configuration;
using ActorNode.Forging;
using ActorNode.Messages;
using ActorNode.Server.Http.Forging;
using ActorNode.Server.Http.Jobs;
using ActorNode.Server.Http.Messages;
using ActorNode.Server.Http.Signer;
using ActorNode.Server.Http.Upkeep;
using ActorNode.Server.Metrics;
using Akka;
using Akka.Actor;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace ActorNode.Server.Http;

/// <summary>
/// The HTTP API of the node. It only translates: everything it does, a message from anywhere else could do. Needs the actor system and
/// the actors under their registry keys, <see cref="MessageWriterActor"/> and the others; until they are there it answers 503.
/// </summary>
public static class HttpApi
{
    /// <summary>Registers what <see cref="MapNodeHttp"/> needs, and applies the limits of the settings to the server.</summary>
    /// <exception cref="InvalidDataException">The token file cannot be used; the message is for operators.</exception>
    public static IServiceCollection AddNodeHttp(
        this IServiceCollection services, HttpSettings http, MessagesSettings messages, ForgingSettings? forging = null, NodeSettings? node = null)
    {
        services.AddSingleton(http);
        services.AddSingleton(messages);
        services.AddSingleton(forging ?? new ForgingSettings());
        services.AddSingleton((forging ?? new ForgingSettings()).Http);
        services.AddSingleton<NodeLifetime>();
        services.AddSingleton<NodeActors>();
        services.AddSingleton<OpenWrites>();
        services.AddSingleton<WriteRoute>();
        services.AddSingleton<ReadRoutes>();
        services.AddSingleton<RemoveRoute>();
        services.AddSingleton<FollowRoute>();
        services.AddSingleton<UpkeepRoutes>();
        services.AddSingleton<ForgingRoutes>();
        services.AddSingleton<ForgeEventsRoute>();
        services.AddSingleton<SignerAccess>();
        services.AddSingleton<SignerPolicy>();
        services.AddSingleton<SignerRoutes>();
        services.AddJobsApi(node);
        services.AddSingleton<HealthRoutes>();
        services.AddSingleton<HttpMetrics>();
        services.AddSingleton<PrometheusExporter>();
        if (http.TokenFile is { } file)
            services.AddSingleton(BearerToken.FromFile(file));
        // The server's own words about each request: this API has its own, at debug.
        services.AddLogging(logging => logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning));
        services.Configure<KestrelServerOptions>(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxConcurrentConnections = http.MaxConnections;
            kestrel.Limits.MaxRequestBodySize = http.MaxRequestBody;
        });
        return services;
    }

    /// <summary>Puts the layers and the routes in place.</summary>
    public static void MapNodeHttp(this WebApplication app)
    {
        var services = app.Services;
        app.Use(next => new ProblemResponses(next, services.GetRequiredService<ILogger<ProblemResponses>>()).InvokeAsync);
        app.Use(KeepEncodedPath.InvokeAsync);
        app.UseJobsApi();
        app.UseRouting();
        if (services.GetService<BearerToken>() is { } token)
            app.Use(next => RequireToken.Before(next, token));
        else
            app.Use(RequireLocalHost.InvokeAsync);

        CoordinatedShutdown.Get(services.GetRequiredService<ActorSystem>())
            .AddTask(CoordinatedShutdown.PhaseBeforeActorSystemTerminate, "http-answer-writes", async () =>
            {
                await services.GetRequiredService<OpenWrites>().WhenNone();
                return Done.Instance;
            });

        var health = services.GetRequiredService<HealthRoutes>();
        app.MapGet("/health/live", health.LiveAsync).WithMetadata(NeedsNoToken.Instance);
        app.MapGet("/health/ready", health.ReadyAsync).WithMetadata(NeedsNoToken.Instance);
        app.MapGet("/v1/services", health.ServicesAsync);
        app.MapGet("/metrics", services.GetRequiredService<PrometheusExporter>().InvokeAsync);

        var upkeep = services.GetRequiredService<UpkeepRoutes>();
        app.MapGet("/v1/upkeep", upkeep.StatusAsync);
        app.MapPost("/v1/upkeep/parked/{id}/retry", upkeep.RetryAsync);
        app.MapDelete("/v1/upkeep/parked/{id}", upkeep.DropAsync);

        var forging = services.GetRequiredService<ForgingRoutes>();
        app.MapGet("/v1/forging", forging.StatusAsync);
        app.MapPost("/v1/forging/requests", forging.RequestAsync);
        app.MapGet("/v1/forging/events", services.GetRequiredService<ForgeEventsRoute>().InvokeAsync);
        app.MapDelete("/v1/forging/pending", forging.CancelAsync);
        app.MapGet("/v1/forging/watermarks/{key}", forging.MarksAsync);
        app.MapPost("/v1/forging/watermarks/{key}", forging.RaiseAsync);

        var signer = services.GetRequiredService<SignerRoutes>();
        app.MapGet("/authorized_keys", signer.AuthorizedKeysAsync).WithMetadata(NeedsNoToken.Instance);
        app.MapGet("/keys/{pkh}", signer.PublicKeyAsync).WithMetadata(NeedsNoToken.Instance);
        app.MapPost("/keys/{pkh}", signer.SignAsync).WithMetadata(NeedsNoToken.Instance);

        app.MapJobsApi();

        var reads = services.GetRequiredService<ReadRoutes>();
        var follow = services.GetRequiredService<FollowRoute>();
        app.MapPost("/v1/messages", services.GetRequiredService<WriteRoute>().InvokeAsync);
        app.MapGet("/v1/messages", reads.ListAsync);
        app.MapGet("/v1/messages/{account}", reads.PageAsync);
        app.MapDelete("/v1/messages/{account}", services.GetRequiredService<RemoveRoute>().InvokeAsync);
        app.MapGet("/v1/messages/{account}/{id}", reads.FindAsync);
        // Routing ignores case and ids do not: "Events" is an id.
        app.MapGet("/v1/messages/{account}/events", context =>
            context.Request.Path.Value!.TrimEnd('/').EndsWith("/events", StringComparison.Ordinal)
                ? follow.InvokeAsync(context)
                : FindByLastSegment(context, reads));
    }

    private static Task FindByLastSegment(HttpContext context, ReadRoutes reads)
    {
        context.Request.RouteValues["id"] = context.Request.Path.Value!.TrimEnd('/').Split('/')[^1];
        return reads.FindAsync(context);
    }
}
