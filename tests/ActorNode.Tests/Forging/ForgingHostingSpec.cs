using ActorNode.Forging;
using ActorNode.Messages;
using ActorNode.Protocol.Forging;
using ActorNode.Protocol.Services;
using ActorNode.Storage;
using ActorNode.Tests.Forging.Support;
using Akka.Actor;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace ActorNode.Tests.Forging;

/// <summary>A whole node that signs, on a journal on disk.</summary>
public sealed class ForgingHostingSpec : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    /// <summary>A disk that is busy with something else is not broken.</summary>
    private const string Patient = "akka.persistence.journal.sql { circuit-breaker.call-timeout = 2m, recovery-event-timeout = 2m }";

    private readonly string _folder = Directory.CreateTempSubdirectory("actornode-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact(DisplayName = "A node signs, and after a restart remembers what: marks, signatures and snapshots are on disk, the service is listed")]
    public async Task Remembers()
    {
        await RunAsync(async (system, worker) =>
        {
            for (var round = 0; round < 10; round++)
                Assert.False((await SignAsync<ForgeEvents.PayloadSigned>(worker, round, "vote")).Stored);
            var services = await system.ActorSelection("/user/services").Ask<ServiceReplies.Services>(ServiceQueries.GetServices.Instance, Patience);
            var forging = services.All.Single(service => service.Name == "forging");
            Assert.Equal(ServiceState.Ready, forging.State);
            Assert.Equal(["storage"], forging.DependsOn.AsEnumerable());
        });
        await RunAsync(async (_, worker) =>
        {
            await SignAsync<ForgeEvents.ForgeRefused>(worker, 8, "vote");
            await SignAsync<ForgeEvents.ForgeRefused>(worker, 9, "other");
            var again = await SignAsync<ForgeEvents.PayloadSigned>(worker, 9, "vote");
            Assert.Equal((true, "sig vote"), (again.Stored, again.Signature));
            Assert.False((await SignAsync<ForgeEvents.PayloadSigned>(worker, 10, "other")).Stored);
        });
    }

    private async Task RunAsync(Func<ActorSystem, IActorRef, Task> test)
    {
        using var host = new HostBuilder()
            .ConfigureServices(services => services.AddAkka("forging", (akka, _) => akka.AddHocon(Patient, HoconAddMode.Prepend).WithActorNode(
                new InMemoryNodeStore(),
                new StorageSettings { DataFolder = _folder },
                new MessagesSettings(),
                forging: _ => new ForgingPorts(new FakeSigner("a") { Held = false }),
                forgingSettings: new ForgingSettings { SnapshotEvery = 4, SigningTimeout = null })))
            .Build();
        await host.StartAsync();
        try
        {
            await test(host.Services.GetRequiredService<ActorSystem>(), host.Services.GetRequiredService<ActorRegistry>().Get<ForgeWorker>());
        }
        finally
        {
            await host.StopAsync();
        }
    }

    private static async Task<T> SignAsync<T>(IActorRef worker, int round, string payload) => Assert.IsType<T>(await worker.Ask<object>(
        new ForgeCommands.SignPayload(
            new ForgeRequestId($"{round} {payload}"), new ConsensusKeyId("a"), ForgeKind.Attestation, new ChainName("NetX"), new LevelRound(10, round), System.Text.Encoding.UTF8.GetBytes(payload)),
        Patience));
}
