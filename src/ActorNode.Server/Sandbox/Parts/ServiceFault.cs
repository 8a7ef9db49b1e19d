using ActorNode.Protocol.Services;
using ActorNode.Services;
using Akka.Actor;

namespace ActorNode.Server.Sandbox.Parts;

/// <summary>The death of a background service, which the services actor heals.</summary>
internal static class ServiceFault
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Lets a service die; it has healed when it was restarted and is ready.</summary>
    public static async Task<Func<Task<string?>>> CrashAsync(SandboxNode node, string name, Action crash)
    {
        var services = node.Actors.Get<ServicesActor>();
        var before = (await StatusAsync()).Restarts;
        crash();
        return async () =>
        {
            var now = await StatusAsync();
            return now.Restarts > before && now.State == ServiceState.Ready ? $"the services actor restarted it after a back-off (restart {now.Restarts})" : null;
        };

        async Task<ServiceStatus> StatusAsync() =>
            (await services.Ask<ServiceReplies.Services>(ServiceQueries.GetServices.Instance, Patience)).All.Single(s => s.Name == name);
    }
}
