using System.Collections.Immutable;
using System.Globalization;
using ActorNode.Protocol.Services;
using ActorNode.Services;
using Akka.Actor;

namespace ActorNode.Server.Sandbox.Parts;

/// <summary>The node's services: what is ready, what was restarted, what went wrong last.</summary>
internal sealed class ServicesPart : ISandboxPart
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan SettleTime = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(50);

    private IActorRef _services = ActorRefs.Nobody;

    public string Name => "services";

    public void Start(SandboxNode node) => _services = node.Actors.Get<ServicesActor>();

    public async Task<PartStatus> StatusAsync(CancellationToken cancellationToken)
    {
        var services = await AskAsync(cancellationToken);
        return new PartStatus(
        [
            new Figure("services", services.All.Length),
            new Figure("ready", $"{services.All.Count(IsUp)}/{services.All.Length}", Brief: true),
            new Figure("restarts", services.All.Sum(s => s.Restarts), Brief: true),
        ])
        {
            Tables =
            [
                new StatusTable("services", ["service", "state", "since", "restarts", "depends on", "last error"], [.. services.All.Select(Row)]),
            ],
        };
    }

    /// <summary>What was broken on purpose is over, so everything is ready, or gets so soon.</summary>
    public async Task<ImmutableArray<string>> CheckAsync(CancellationToken cancellationToken)
    {
        for (var left = SettleTime; ; left -= LookAgain)
        {
            var services = await _services.Ask<ServiceReplies.Services>(ServiceQueries.GetServices.Instance, SettleTime, cancellationToken);
            if (services.Ready)
                return [];
            if (left <= TimeSpan.Zero)
                return [.. services.All.Where(s => !IsUp(s)).Select(s => $"'{s.Name}' is {s.State}: {s.LastError}")];
            await Task.Delay(LookAgain, cancellationToken);
        }
    }

    private Task<ServiceReplies.Services> AskAsync(CancellationToken cancellationToken) =>
        _services.Ask<ServiceReplies.Services>(ServiceQueries.GetServices.Instance, Patience, cancellationToken);

    private static bool IsUp(ServiceStatus status) => status.State is ServiceState.Ready or ServiceState.Completed;

    private static ImmutableArray<string> Row(ServiceStatus status) =>
    [
        status.Name,
        status.State.ToString().ToLowerInvariant(),
        status.Since.ToString("HH:mm:ss", CultureInfo.InvariantCulture),
        status.Restarts.ToString(CultureInfo.InvariantCulture),
        string.Join(", ", status.DependsOn),
        status.LastError ?? "",
    ];
}
