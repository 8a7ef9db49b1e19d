using Akka.Actor;
using Akka.Cluster.Hosting;
using Akka.Cluster.Sharding;
using Akka.Hosting;
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
