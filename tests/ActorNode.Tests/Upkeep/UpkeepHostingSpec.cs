using ActorNode.Messages;
using ActorNode.Protocol.Services;
using ActorNode.Protocol.Upkeep;
using ActorNode.Services;
using ActorNode.Storage;
using ActorNode.Tests.Upkeep.Support;
using ActorNode.Upkeep;
using Akka.Actor;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace ActorNode.Tests.Upkeep;

/// <summary>Upkeep as part of a node.</summary>
public sealed class UpkeepHostingSpec
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly FakeLightning _lightning = new();

    [Fact(DisplayName = "In a node upkeep is a service that depends on storage; its loop has a thread of its own, and the node's end persists everything")]
    public async Task In_a_node()
    {
        var thread = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var peers = new ThreadOfPeers(thread);
        using var host = Node(akka => akka.WithActorNode(
            new InMemoryNodeStore(), new StorageSettings { Provider = StorageProvider.Memory }, new MessagesSettings(),
            upkeep: _ => _lightning.All with { PeerManager = peers }));
        await host.StartAsync();
        Assert.Equal("upkeep-loop", await thread.Task.WaitAsync(Patience));
        var services = host.Services.GetRequiredService<IRequiredActor<ServicesActor>>().ActorRef;
        ServiceReplies.Services all;
        do
            all = await services.Ask<ServiceReplies.Services>(ServiceQueries.GetServices.Instance, Patience);
        while (!all.Ready);
        Assert.Equal("storage", Assert.Single(all.All.Single(s => s.Name == "upkeep").DependsOn));
        var upkeep = host.Services.GetRequiredService<IRequiredActor<UpkeepActor>>().ActorRef;
        Assert.Equal(UpkeepState.Running, (await upkeep.Ask<UpkeepStatus>(UpkeepQueries.GetUpkeep.Instance, Patience)).State);

        _lightning.Manager.Change(signal: false);
        await host.StopAsync();
        Assert.Equal(_lightning.Manager.Version, _lightning.Store.Manager);
        Assert.Equal("liquidity.persist", _lightning.Log.All[^1]);
    }

    [Fact(DisplayName = "second Start: a node has one upkeep, another one is refused")]
    public async Task Only_one()
    {
        using var host = Node(akka => akka
            .WithActorNode(new InMemoryNodeStore(), new StorageSettings { Provider = StorageProvider.Memory }, new MessagesSettings(), upkeep: _ => _lightning.Least)
            .WithUpkeep(_ => _lightning.Least));
        var refused = await Assert.ThrowsAnyAsync<Exception>(() => host.StartAsync());
        Assert.Contains("upkeep runs already", refused.ToString(), StringComparison.Ordinal);
    }

    private static IHost Node(Action<AkkaConfigurationBuilder> configure) =>
        new HostBuilder().ConfigureServices(services => services.AddAkka("upkeep-node", (akka, _) => configure(akka))).Build();

    private sealed class ThreadOfPeers(TaskCompletionSource<string?> thread) : IPeerManager
    {
        public void ProcessEvents() => thread.TrySetResult(Thread.CurrentThread.Name);

        public void TimerTickOccurred()
        {
        }

        public void DisconnectAllPeers()
        {
        }
    }
}
