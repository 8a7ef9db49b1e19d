using System.Net;
using ActorNode.Server.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace ActorNode.Server.Sandbox.Oracle;

/// <summary>A web server for this machine alone, on a free port, with one handler for everything.</summary>
internal static class LocalServer
{
    /// <summary>Starts one.</summary>
    public static async Task<WebApplication> StartAsync(RequestDelegate serve, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1));
        builder.Services.AddSingleton<IHostLifetime, NoSignals>();
        // Requests that hang on purpose do not hold up the end.
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromMilliseconds(100));
        var server = builder.Build();
        server.Run(serve);
        await server.StartAsync(cancellationToken);
        return server;
    }

    /// <summary>Where it listens.</summary>
    public static string UrlOf(WebApplication server) => server.Urls.Single();
}
