using Akka.Actor;
using Akka.Cluster.Hosting;
using Akka.Cluster.Sharding;
using Akka.Event;
using Akka.Hosting;
using Akka.TestKit.TestActors;
using Xunit;

namespace ActorNode.Tests.Keyed;

/// <summary>Entities in a shard region, and what it adds: passivation of the idle.</summary>
public sealed class ShardRegionSpec : EntitySpec
{
    private static readonly TimeSpan Idle = TimeSpan.FromMinutes(2);

    [Fact(DisplayName = "An entity without a message for its idle time is stopped; one that is used stays")]
    public async Task Passivates_the_idle()
    {
        Region.Tell(new To("idle", 1));
        Region.Tell(new To("used", 1));
        ExpectMsgAllOf(new[] { "idle got 1", "used got 1" });
        Lives.ExpectMsgAllOf(new[] { "idle started", "used started" });

        for (var i = 0; i < 4; i++)
        {
            // The keys are asked for so that whatever the passing time told the shards has been done.
            Scheduler.Advance(Idle / 2);
            Region.Tell(new To("used", 2));
            await ExpectMsgAsync("used got 2");
            await KeysAsync();
        }

        await Lives.ExpectMsgAsync("idle stopping");
        Lives.LastSender.Tell("end");
        await AwaitAssertAsync(async () => Assert.Equal(["used"], await KeysAsync()));
        await Lives.ExpectNoMsgAsync(TimeSpan.Zero);
    }

    [Fact(DisplayName = "A region that shuts down does not wait for ever: entities that do not obey the stop message are stopped after 55 seconds")]
    public async Task Stops_the_disobedient()
    {
        Region.Tell(new To("a", 1));
        await ExpectMsgAsync("a got 1");
        Watch(LastSender);
        var entity = LastSender;
        Region.Tell(GracefulShutdown.Instance);
        await Lives.ExpectMsgAsync("a started");
        await Lives.ExpectMsgAsync("a stopping");

        Scheduler.Advance(TimeSpan.FromSeconds(54));
        await Lives.ExpectNoMsgAsync(TimeSpan.Zero);
        Scheduler.Advance(TimeSpan.FromSeconds(1));
        await ExpectTerminatedAsync(entity);
    }

    [Fact(DisplayName = "A shard keeps 100,000 messages for entities that are stopping; the next one is a dead letter")]
    public async Task Bounds_what_it_keeps()
    {
        const int Kept = 100_000;
        var nobodyListens = Sys.ActorOf(BlackHoleActor.Props);
        Region.Tell(new To("a", Child.Passivate));
        await Lives.ExpectMsgAsync("a started");
        await Lives.ExpectMsgAsync("a stopping");
        Sys.EventStream.Subscribe(TestActor, typeof(DeadLetter));
        for (var i = 0; i < Kept; i++)
            Region.Tell(new To("a", 1), nobodyListens);
        Region.Tell(new To("a", 2), nobodyListens);

        Assert.Equal(new To("a", 2), (await ExpectMsgAsync<DeadLetter>()).Message);
        Lives.LastSender.Tell("end");
        await Lives.ExpectMsgAsync("a started");
        Region.Tell(new To("a", 3));
        await ExpectMsgAsync("a got 3");
    }

    protected override void StartRegion<TKey>(AkkaConfigurationBuilder builder, string name, Func<string, Props> entityProps) =>
        builder.WithShardRegion<TKey>(name, (_, _, _) => entityProps, new Extractor(),
            new ShardOptions { HandOffStopMessage = StopMessage, PassivateIdleEntityAfter = Idle, ShouldPassivateIdleEntities = true });

    protected override async Task<string[]> KeysAsync()
    {
        var state = await Region.Ask<CurrentShardRegionState>(GetShardRegionState.Instance, TestKitSettings.DefaultTimeout);
        Assert.Empty(state.Failed);
        return [.. state.Shards.SelectMany(shard => shard.EntityIds).Order(StringComparer.Ordinal)];
    }
}
