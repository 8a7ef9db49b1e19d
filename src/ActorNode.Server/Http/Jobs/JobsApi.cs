using System.Diagnostics;
using ActorNode.Configuration;
using ActorNode.Storage;

namespace ActorNode.Server.Http.Jobs;

/// <summary>The REST API of jobs: <c>/sessions</c> and <c>/v2</c>, which say who may use them by themselves.</summary>
internal static class JobsApi
{
    /// <summary>Registers what <see cref="UseJobsApi"/> and <see cref="MapJobsApi"/> need.</summary>
    /// <param name="services">The container.</param>
    /// <param name="node">The node's settings; null: defaults, and cookies that no restart survives.</param>
    public static void AddJobsApi(this IServiceCollection services, NodeSettings? node)
    {
        var settings = node ?? new NodeSettings();
        services.AddSingleton(settings.Jobs);
        services.AddSingleton(settings.Jobs.Api);
        services.AddSingleton(settings.Jobs.Sessions);
        services.AddSingleton(node is null || node.Storage.Provider == StorageProvider.Memory
            ? CookieSecret.InMemory()
            : CookieSecret.Open(Directory.CreateDirectory(node.Data).FullName));
        services.AddSingleton(provider => new ApiRates(settings.Jobs.Api, provider.GetService<TimeProvider>() ?? TimeProvider.System));
        services.AddSingleton<Origins>();
        services.AddSingleton<RequestLog>();
        services.AddSingleton<ApiBody>();
        services.AddSingleton<JobsActors>();
        services.AddSingleton<SessionCookie>();
        services.AddSingleton<ApiAccess>();
        services.AddSingleton<SessionRoutes>();
        services.AddSingleton(provider => new JobLists(provider.GetService<INodeStore>()));
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<SpecRoutes>(provider, provider.GetService<TimeProvider>() ?? TimeProvider.System));
        services.AddSingleton<RunRoutes>();
        services.AddSingleton<RunEventsRoute>();
        services.AddSingleton<BulkDeleteRoute>();
        services.AddSingleton<AgreementRoutes>();
        services.AddSingleton<BridgeRoutes>();
        services.AddSingleton<InitiatorRoutes>();
        services.AddSingleton(provider => new ConfigRoute(settings, provider.GetRequiredService<ApiAccess>()));
    }

    /// <summary>What goes around every request to the API, before it is routed: headers, rates, origins, slashes, errors, the log. Other paths pass.</summary>
    public static void UseJobsApi(this WebApplication app)
    {
        var services = app.Services;
        var (rates, origins, log) = (services.GetRequiredService<ApiRates>(), services.GetRequiredService<Origins>(), services.GetRequiredService<RequestLog>());
        var errors = services.GetRequiredService<ILogger<ApiErrors>>();
        app.Use(next =>
        {
            var api = new ApiErrors(context => AdmitAsync(context, next), errors);
            return context => ApiPaths.IsApi(context.Request.Path) ? ServeAsync(context, api) : next(context);
        });

        async Task ServeAsync(HttpContext context, ApiErrors api)
        {
            var started = Stopwatch.GetTimestamp();
            ApiHeaders.AddTo(context.Response);
            await api.InvokeAsync(context);
            log.Served(context, started);
        }

        Task AdmitAsync(HttpContext context, RequestDelegate next)
        {
            rates.Enter(context);
            if (origins.Answer(context))
                return Task.CompletedTask;
            if (!ApiPaths.HasTrailingSlash(context.Request.Path, out var without))
                return next(context);
            context.Response.StatusCode = HttpMethods.IsGet(context.Request.Method) ? StatusCodes.Status301MovedPermanently : StatusCodes.Status307TemporaryRedirect;
            // Escaped again: the path is decoded, and no header holds what it may contain.
            context.Response.Headers.Location = new PathString(without).ToUriComponent() + context.Request.QueryString;
            return Task.CompletedTask;
        }
    }

    /// <summary>The routes.</summary>
    public static void MapJobsApi(this WebApplication app)
    {
        var services = app.Services;
        var sessions = services.GetRequiredService<SessionRoutes>();
        Map("POST", ApiPaths.Sessions, sessions.LogInAsync);
        Map("DELETE", ApiPaths.Sessions, sessions.LogOutAsync);
        Map("PATCH", "/v2/user/password", sessions.ChangePasswordAsync);

        var specs = services.GetRequiredService<SpecRoutes>();
        var runs = services.GetRequiredService<RunRoutes>();
        Map("GET", "/v2/specs", specs.ListAsync);
        Map("POST", "/v2/specs", specs.CreateAsync);
        Map("GET", "/v2/specs/{id}", specs.ShowAsync);
        Map("DELETE", "/v2/specs/{id}", specs.ArchiveAsync);
        Map("GET", "/v2/specs/{id}/errors", specs.ErrorsAsync);
        Map("GET", "/v2/specs/{id}/next", specs.NextAsync);
        Map("POST", "/v2/specs/{id}/runs", runs.StartAsync);
        Map("GET", "/v2/runs", runs.ListAsync);
        Map("GET", "/v2/runs/events", services.GetRequiredService<RunEventsRoute>().InvokeAsync);
        Map("GET", "/v2/runs/{id}", runs.ShowAsync);
        Map("PATCH", "/v2/runs/{id}", runs.ResumeAsync);
        Map("DELETE", "/v2/bulk_delete_runs", services.GetRequiredService<BulkDeleteRoute>().InvokeAsync);

        var agreements = services.GetRequiredService<AgreementRoutes>();
        Map("POST", "/v2/service_agreements", agreements.CreateAsync);
        Map("GET", "/v2/service_agreements/{id}", agreements.ShowAsync);

        var bridges = services.GetRequiredService<BridgeRoutes>();
        Map("GET", "/v2/bridge_types", bridges.ListAsync);
        Map("POST", "/v2/bridge_types", bridges.CreateAsync);
        Map("GET", "/v2/bridge_types/{id}", bridges.ShowAsync);
        Map("PATCH", "/v2/bridge_types/{id}", bridges.UpdateAsync);
        Map("DELETE", "/v2/bridge_types/{id}", bridges.DeleteAsync);

        var initiators = services.GetRequiredService<InitiatorRoutes>();
        Map("POST", "/v2/external_initiators", initiators.CreateAsync);
        Map("DELETE", "/v2/external_initiators/{id}", initiators.DeleteAsync);

        Map("GET", "/v2/config", services.GetRequiredService<ConfigRoute>().InvokeAsync);

        // The bearer token of the rest of the node is not theirs: they have sessions and tokens of their own.
        void Map(string method, string route, RequestDelegate handler) => app.MapMethods(route, [method], handler).WithMetadata(NeedsNoToken.Instance);
    }
}
