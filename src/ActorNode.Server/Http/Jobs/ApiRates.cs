using System.Net;
using ActorNode.Jobs.Access;

namespace ActorNode.Server.Http.Jobs;

/// <summary>How often one client may ask: all of the API in a minute, and logins in 20 seconds. A client is an address.</summary>
internal sealed class ApiRates(JobsApiSettings settings, TimeProvider clock)
{
    private static readonly TimeSpan LoginWindow = TimeSpan.FromSeconds(20);

    private readonly RequestWindows? _requests =
        settings.RequestsPerMinute is { } most ? new(most, TimeSpan.FromMinutes(1), settings.MaxClients, clock) : null;

    private readonly RequestWindows? _logins = settings.LoginsPerWindow is { } most ? new(most, LoginWindow, settings.MaxClients, clock) : null;

    /// <exception cref="ApiException">Too often: 429.</exception>
    public void Enter(HttpContext context)
    {
        var client = context.Connection.RemoteIpAddress ?? IPAddress.None;
        if (_requests?.Enter(client) is { } wait)
            throw TooMany(wait);
        if (HttpMethods.IsPost(context.Request.Method) && ApiPaths.IsSessions(context.Request.Path) && _logins?.Enter(client) is { } later)
            throw TooMany(later);
    }

    private static ApiException TooMany(TimeSpan wait) => new(429, "Limit exceeded") { RetryAfter = wait };
}
