using ActorNode.Forging;
using ActorNode.Protocol.Forging;
using ActorNode.Storage;
using Akka.Actor;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ActorNode.Benchmarks.Forging;

/// <summary>A node that does nothing but sign.</summary>
internal sealed class ForgingNode : IAsyncDisposable
{
    public static readonly ChainName Chain = new("NetXdQprcVkpaWU");

    private static readonly byte[] Payload = new byte[80];

    private readonly IHost _host;

    private ForgingNode(IHost host)
    {
        _host = host;
        System = host.Services.GetRequiredService<ActorSystem>();
        Worker = host.Services.GetRequiredService<ActorRegistry>().Get<ForgeWorker>();
    }

    public ActorSystem System { get; }

    public IActorRef Worker { get; }

    public static async Task<ForgingNode> StartAsync(ISigner signer, StorageSettings? storage = null, TimeSpan? passivateAfter = null)
    {
        var host = Host.CreateDefaultBuilder()
            .ConfigureLogging(logging => logging.SetMinimumLevel(LogLevel.None))
            .ConfigureServices(services => services.AddAkka("bench", builder => builder
                .AddHocon("akka.loglevel = OFF", HoconAddMode.Prepend)
                .WithActorNode(
                    new InMemoryNodeStore(),
                    storage ?? new StorageSettings { Provider = StorageProvider.Memory },
                    new ActorNode.Messages.MessagesSettings(),
                    forging: _ => new ForgingPorts(signer),
                    forgingSettings: new ForgingSettings
                    {
                        MaxPending = 100_000,
                        SigningTimeout = null,
                        StopTimeout = TimeSpan.FromSeconds(1),
                        PassivateAfter = passivateAfter ?? TimeSpan.FromHours(1),
                    })))
            .Build();
        await host.StartAsync();
        return new ForgingNode(host);
    }

    /// <summary>One key's vote. What becomes of it is an event, or nothing is heard of it.</summary>
    public void Vote(ConsensusKeyId key, string id, int level) =>
        Worker.Tell(new ForgeCommands.ForgeAndSignAttestations(new ForgeRequestId(id), Chain, new LevelRound(level, 0), [new(key, Payload)]), ActorRefs.NoSender);

    /// <summary>A vote of each key in one batch. Ends with the last signature.</summary>
    public async Task VoteAllAsync(IReadOnlyCollection<SignerKey> keys, int level)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var counter = System.ActorOf(Props.Create(() => new Counter(keys.Count, done)));
        Worker.Tell(new ForgeCommands.Subscribe(), counter);
        Worker.Tell(new ForgeCommands.ForgeAndSignAttestations(
            new ForgeRequestId($"batch {level}"), Chain, new LevelRound(level, 0), [.. keys.Select(key => new ForgeCommands.Vote(key.Id, Payload))]), ActorRefs.NoSender);
        await done.Task;
        await counter.GracefulStop(TimeSpan.FromSeconds(30));
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }

    /// <summary>Ends a batch with its last event.</summary>
    private sealed class Counter(int count, TaskCompletionSource done) : UntypedActor
    {
        private int _left = count;

        protected override void OnReceive(object message)
        {
            if (message is IForgeSuccess && --_left == 0)
                done.SetResult();
        }
    }
}
