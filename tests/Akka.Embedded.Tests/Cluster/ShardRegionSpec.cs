using System.Threading.Channels;
using Akka.Actor;
using Akka.Cluster.Hosting;
using Akka.Cluster.Sharding;
using Akka.Configuration;
using Akka.Embedded.Tests.Hosting;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Akka.Embedded.Tests.Cluster;

public sealed class ShardRegionSpec
{
    private static readonly IMessageExtractor Extractor = HashCodeMessageExtractor.Create(
        10, message => (message as ShardingEnvelope)?.EntityId, message => (message as ShardingEnvelope)?.Message);

    private readonly Channel<(string Entity, string What)> _seen = Channel.CreateUnbounded<(string, string)>();

    [Fact(DisplayName = "An entity starts with the first message for it, under an escaped name, and gets what is in the envelope")]
    public async Task Starts_entities()
    {
        await using var host = await Start(new ShardOptions());
        var region = host.Registry.Get<Entity>();
        foreach (var id in new[] { "plain", "a/b c", "öäü", "$x" })
        {
            var shard = Extractor.ShardId(id, null);
            Assert.Equal($"akka://hosted/system/sharding/accounts/{shard}/{Uri.EscapeDataString(id)}",
                await region.Ask<string>(new ShardingEnvelope(id, "path"), RunningHost.Limit));
        }
    }

    [Fact(DisplayName = "A started entity is in the state of the region; a passivated one is not")]
    public async Task Reports_its_state()
    {
        await using var host = await Start(new ShardOptions());
        var region = host.Registry.Get<Entity>();
        region.Tell(new ShardRegion.StartEntity("alice"));
        region.Tell(new ShardingEnvelope("bob", "hello"));
        Assert.Equal(["alice", "bob"], await Entities(region));

        region.Tell(new ShardingEnvelope("bob", "passivate"));
        await UntilEntitiesAre(region, "alice");
        await Seen("bob", "stopped");
    }

    [Fact(DisplayName = "Messages that come while an entity stops are kept in order and start it again")]
    public async Task Loses_nothing_by_passivation()
    {
        await using var host = await Start(new ShardOptions());
        var region = host.Registry.Get<Entity>();
        region.Tell(new ShardingEnvelope("alice", "passivate slowly"));
        await Seen("alice", "stopping");
        for (var i = 0; i < 100; i++)
            region.Tell(new ShardingEnvelope("alice", $"m{i}"));
        Assert.Equal(["alice"], await Entities(region));
        Entity.MayStop.Release();
        await Seen("alice", "stopped");
        for (var i = 0; i < 100; i++)
            Assert.Equal(("alice", $"m{i}"), await Next());
    }

    [Fact(DisplayName = "A start that is asked for while an entity stops follows its stop")]
    public async Task Starts_again_after_passivation()
    {
        var starts = new SemaphoreSlim(0);
        await using var host = await RunningHost.StartAsync((akka, _) => akka.WithShardRegion<Entity>("accounts", id =>
        {
            starts.Release();
            return Props.Create(() => new Entity(id, _seen.Writer));
        }, Extractor, new ShardOptions()));
        var region = host.Registry.Get<Entity>();
        region.Tell(new ShardingEnvelope("alice", "passivate slowly"));
        await Seen("alice", "stopping");
        region.Tell(new ShardRegion.StartEntity("alice"));
        Assert.Equal(["alice"], await Entities(region));
        Entity.MayStop.Release();
        Assert.True(await starts.WaitAsync(RunningHost.Limit));
        Assert.True(await starts.WaitAsync(RunningHost.Limit), "it was not started again");
        Assert.Equal(["alice"], await Entities(region));
    }

    [Fact(DisplayName = "A region that shuts down starts no entity any more, and ends")]
    public async Task Starts_nothing_at_shutdown()
    {
        await using var host = await Start(new ShardOptions());
        var region = host.Registry.Get<Entity>();
        region.Tell(new ShardingEnvelope("alice", "passivate slowly"));
        await Seen("alice", "stopping");
        region.Tell(GracefulShutdown.Instance);
        for (var i = 0; i < 100; i++)
            region.Tell(new ShardRegion.StartEntity($"late {i}"));
        Entity.MayStop.Release();
        Assert.True(await region.WatchAsync(new CancellationTokenSource(RunningHost.Limit).Token));
    }

    [Fact(DisplayName = "A message for no shard and a start of no entity are unhandled and disturb nobody")]
    public async Task Refuses_what_has_no_shard()
    {
        await using var host = await RunningHost.StartAsync((akka, _) => akka.WithShardRegion<Entity>(
            "accounts", id => Props.Create(() => new Entity(id, _seen.Writer)), new NoShardForBob(), new ShardOptions()));
        var region = host.Registry.Get<Entity>();
        region.Tell(new ShardingEnvelope("alice", "hello"));
        await Seen("alice", "hello");
        region.Tell(new ShardingEnvelope("bob", "hello"));
        region.Tell(new ShardRegion.StartEntity("bob"));
        region.Tell(new ShardRegion.StartEntity(null!));
        region.Tell(new ShardRegion.StartEntity(""));
        region.Tell(new ShardingEnvelope("alice", "still there"));
        Assert.Equal(("alice", "still there"), await Next());
    }

    [Fact(DisplayName = "An entity that gets no message for its idle time is stopped")]
    public async Task Passivates_idle_entities()
    {
        await using var host = await Start(new ShardOptions { PassivateIdleEntityAfter = TimeSpan.FromMilliseconds(100) });
        var region = host.Registry.Get<Entity>();
        region.Tell(new ShardingEnvelope("alice", "hello"));
        await Seen("alice", "stopped");
        await UntilEntitiesAre(region);
    }

    [Fact(DisplayName = "An entity that fails is restarted, and one that stops itself starts again with the next message")]
    public async Task Restarts_entities()
    {
        await using var host = await Start(new ShardOptions());
        var region = host.Registry.Get<Entity>();
        region.Tell(new ShardingEnvelope("alice", "fail"));
        region.Tell(new ShardingEnvelope("alice", "after failure"));
        await Seen("alice", "after failure");
        region.Tell(new ShardingEnvelope("alice", "stop"));
        await UntilEntitiesAre(region);
        region.Tell(new ShardingEnvelope("alice", "again"));
        await Seen("alice", "again");
    }

    [Fact(DisplayName = "The coordinated shutdown gives every entity its stop message before the system ends")]
    public async Task Stops_entities_at_shutdown()
    {
        var host = await Start(new ShardOptions { HandOffStopMessage = "hand-off" });
        var region = host.Registry.Get<Entity>();
        foreach (var id in new[] { "alice", "bob", "carol" })
            region.Tell(new ShardingEnvelope(id, "hello"));
        await Entities(region);
        await host.DisposeAsync();
        _seen.Writer.Complete();
        var seen = await _seen.Reader.ReadAllAsync().ToListAsync();
        foreach (var id in new[] { "alice", "bob", "carol" })
            Assert.Equal(["hello", "hand-off", "stopped"], seen.Where(entry => entry.Entity == id).Select(entry => entry.What));
    }

    [Fact(DisplayName = "Regions by delegates take the id and the message from one function")]
    public async Task Takes_delegates()
    {
        await using var host = await RunningHost.StartAsync((akka, _) => akka.WithShardRegion<Entity>(
            "accounts",
            id => Props.Create(() => new Entity(id, _seen.Writer)),
            message => message is string text ? (text.Split(':')[0], text.Split(':')[1]) : Util.Option<(string, object)>.None,
            message => "0",
            new ShardOptions()));
        host.Registry.Get<Entity>().Tell("alice:hello");
        await Seen("alice", "hello");
    }

    [Fact(DisplayName = "Clustering and remembered entities are refused with what to do instead")]
    public void Refuses_clustering()
    {
        var builder = new AkkaConfigurationBuilder(new ServiceCollection(), "x");
        Assert.Contains("-p:ActorEngine=Packages", Assert.Throws<ConfigurationException>(() => builder.WithClustering(new ClusterOptions())).Message, StringComparison.Ordinal);
        Assert.Contains("-p:ActorEngine=Packages", Assert.Throws<ConfigurationException>(() => builder.WithShardRegion<Entity>(
            "accounts", _ => Props.Empty, Extractor, new ShardOptions { RememberEntities = true })).Message, StringComparison.Ordinal);
    }

    [Theory(DisplayName = "A shard id is a decimal below the number of shards and depends on the entity id alone")]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(1000)]
    public void Computes_shard_ids(int shards)
    {
        var extractor = HashCodeMessageExtractor.Create(shards, _ => "e");
        var ids = Enumerable.Range(0, 1_000).Select(i => extractor.ShardId($"entity-{i}", null)).ToList();
        Assert.All(ids, id => Assert.InRange(int.Parse(id, System.Globalization.CultureInfo.InvariantCulture), 0, shards - 1));
        Assert.Equal(ids, Enumerable.Range(0, 1_000).Select(i => extractor.ShardId($"entity-{i}", "other message")));
        Assert.True(ids.Distinct().Count() > shards / 2, "The ids are not spread.");
        Assert.Throws<ArgumentOutOfRangeException>(() => HashCodeMessageExtractor.Create(0, _ => "e"));
    }

    [Fact(DisplayName = "Options write only what is set")]
    public void Writes_options()
    {
        Assert.Equal("", new ShardOptions().ToString());
        var config = ConfigurationFactory.ParseString(new ShardOptions { Role = "node", ShouldPassivateIdleEntities = false }.ToString());
        Assert.Equal("node", config.GetString("akka.cluster.sharding.role"));
        Assert.Equal("off", config.GetString("akka.cluster.sharding.passivate-idle-entity-after"));
        Assert.Equal(2, config.GetConfig("akka.cluster.sharding")!.AsEnumerable().Count());
    }

    private Task<RunningHost> Start(ShardOptions options) => RunningHost.StartAsync((akka, _) => akka.WithShardRegion<Entity>(
        "accounts", (_, _, _) => id => Props.Create(() => new Entity(id, _seen.Writer)), Extractor, options));

    private static async Task<List<string>> Entities(IActorRef region)
    {
        var state = await region.Ask<CurrentShardRegionState>(GetShardRegionState.Instance, RunningHost.Limit);
        Assert.Empty(state.Failed);
        return [.. state.Shards.SelectMany(shard => shard.EntityIds).Order(StringComparer.Ordinal)];
    }

    /// <summary>Asks until the region has exactly these entities: a shard hears of an end some time after the entity has stopped.</summary>
    private static async Task UntilEntitiesAre(IActorRef region, params string[] expected)
    {
        using var limit = new CancellationTokenSource(RunningHost.Limit);
        while (!(await Entities(region)).SequenceEqual(expected))
            limit.Token.ThrowIfCancellationRequested();
    }

    private async Task Seen(string entity, string what)
    {
        while (await Next() != (entity, what))
        {
        }
    }

    private async Task<(string Entity, string What)> Next()
    {
        using var limit = new CancellationTokenSource(RunningHost.Limit);
        return await _seen.Reader.ReadAsync(limit.Token);
    }

    private sealed class NoShardForBob : IMessageExtractor
    {
        public string? EntityId(object message) => Extractor.EntityId(message);

        public object? EntityMessage(object message) => Extractor.EntityMessage(message);

        public string? ShardId(object message) => throw new NotSupportedException("The region asks by entity id");

        public string ShardId(string entityId, object? messageHint = null) => entityId == "bob" ? null! : Extractor.ShardId(entityId, messageHint);
    }

    private sealed class Entity : ReceiveActor
    {
        /// <summary>Holds an entity that stops slowly.</summary>
        public static readonly SemaphoreSlim MayStop = new(0);

        private readonly string _id;
        private readonly ChannelWriter<(string Entity, string What)> _seen;

        public Entity(string id, ChannelWriter<(string Entity, string What)> seen)
        {
            _id = id;
            _seen = seen;
            Receive<string>(text => text == "path", _ => Sender.Tell(Self.Path.ToString()));
            Receive<string>(text => text == "passivate", _ => Context.Parent.Tell(new Passivate(PoisonPill.Instance)));
            Receive<string>(text => text == "passivate slowly", _ => Context.Parent.Tell(new Passivate("stop slowly")));
            ReceiveAsync<string>(text => text == "stop slowly", async _ =>
            {
                seen.TryWrite((id, "stopping"));
                await MayStop.WaitAsync(RunningHost.Limit);
                Context.Stop(Self);
            });
            Receive<string>(text => text == "fail", _ => throw new InvalidOperationException("as asked"));
            Receive<string>(text => text == "stop", _ => Context.Stop(Self));
            Receive<string>(text =>
            {
                seen.TryWrite((id, text));
                if (text == "hand-off")
                    Context.Stop(Self);
            });
        }

        // A restart calls this too: only the end of the entity is of interest.
        protected override void PreRestart(Exception reason, object message)
        {
        }

        protected override void PostStop() => _seen.TryWrite((_id, "stopped"));
    }
}
