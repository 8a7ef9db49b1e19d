using System.Collections.Immutable;
using ActorNode.Lightning.Simulation;
using ActorNode.Services;
using Akka.Hosting;

namespace ActorNode.Server.Sandbox.Parts;

/// <summary>
/// The simulated Lightning node under upkeep. Its world moves in a background service of the node; whatever upkeep does wrong it reports.
/// </summary>
internal sealed class LightningPart(SimulatedLightning lightning, TimeProvider clock) : ISandboxPart
{
    private const string Service = "sandbox-lightning";
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(5);

    private SandboxNode? _node;
    private int _crash;

    public string Name => "lightning";

    public void Configure(AkkaConfigurationBuilder akka) =>
        akka.WithBackgroundService(Service, _ => new Driver(this), new ServiceOptions { DependsOn = [ActorNode.Upkeep.UpkeepActor.ServiceName], Threads = 0 });

    public void Start(SandboxNode node) => _node = node;

    public Task<PartStatus> StatusAsync(CancellationToken cancellationToken)
    {
        var now = lightning.Status;
        return Task.FromResult(new PartStatus(
        [
            new Figure("block", now.Height, Brief: true),
            new Figure("peers", $"{now.PeersConnected}/{now.Peers}", Brief: true),
            new Figure("channels", now.ChannelsOpen, Brief: true),
            new Figure("opening", now.ChannelsOpening),
            new Figure("monitors", now.Monitors),
            new Figure("paid", now.PaymentsSent, Brief: true),
            new Figure("failed", now.PaymentsFailed, Brief: true),
            new Figure("received", now.PaymentsReceived, Brief: true),
            new Figure("forwarded", now.PaymentsForwarded),
            new Figure("probes", now.Probes),
            new Figure("htlcs_pending", now.HtlcsPending),
            new Figure("operations_pending", now.OperationsPending, Brief: true),
            new Figure("events_pending", now.EventsPending, Brief: true),
            new Figure("events_handled", now.EventsHandled),
            new Figure("events_repeated", now.EventsRepeated),
            new Figure("pings", now.Pings),
            new Figure("disconnects", now.Disconnects),
            new Figure("closed", now.ChannelsClosed),
            new Figure("claims_rebroadcast", now.Rebroadcasts),
            new Figure("outputs_swept", now.OutputsSwept),
            new Figure("monitors_archived", now.MonitorsArchived),
            new Figure("graph_channels", now.GraphChannels),
            new Figure("graph_pruned", now.GraphPruned),
            new Figure("channels_penalized", now.ChannelsPenalized),
            new Figure("onion_messages", now.OnionMessages),
            new Figure("liquidity_orders", now.LiquidityOrders),
            new Figure("local_sat", now.LocalMsat / 1_000),
            new Figure("wallet_sat", now.WalletMsat / 1_000),
            new Figure("violations", now.Violations.Count, Brief: true),
        ]));
    }

    public IEnumerable<SandboxFault> Faults =>
    [
        new(FaultKind.Kill, $"the service '{Service}', which moves the world", () => ServiceFault.CrashAsync(_node!, Service, () => Interlocked.Exchange(ref _crash, 1))),
        new(FaultKind.Hang, "a Lightning peer", HangPeerAsync),
    ];

    public Task<ImmutableArray<string>> CheckAsync(CancellationToken cancellationToken) => Task.FromResult(lightning.Problems());

    public ImmutableArray<string> CheckAfterEnd() =>
    [
        .. lightning.Problems(),
        .. lightning.IsPersisted ? Array.Empty<string>() : ["the newest manager was not persisted at the end"],
    ];

    private Task<Func<Task<string?>>> HangPeerAsync()
    {
        var before = lightning.Status.Disconnects;
        lightning.SilencePeer(0, clock.GetUtcNow() + Silence);
        return Task.FromResult<Func<Task<string?>>>(() =>
        {
            var now = lightning.Status;
            return Task.FromResult(now.Disconnects > before && now.PeersConnected == now.Peers
                ? "upkeep's second ping disconnected it, and it connected again"
                : null);
        });
    }

    private sealed class Driver(LightningPart part) : IBackgroundService
    {
        public async Task StartAsync(ShutdownWatch shutdown)
        {
            try
            {
                while (true)
                {
                    if (Interlocked.Exchange(ref part._crash, 0) == 1)
                        throw new InvalidOperationException("the sandbox killed this service");
                    await part.StepAsync(shutdown.Token);
                    await Task.Delay(Step, shutdown.Token);
                }
            }
            catch (OperationCanceledException) when (shutdown.Token.IsCancellationRequested)
            {
                // Told to stop: the world stands still.
            }
        }
    }

    private Task StepAsync(CancellationToken stop) => lightning.StepAsync(clock.GetUtcNow(), stop);
}
