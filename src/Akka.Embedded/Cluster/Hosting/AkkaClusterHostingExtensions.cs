using Akka.Actor;
using Akka.Cluster.Sharding;
using Akka.Configuration;
using Akka.DependencyInjection;
using Akka.Hosting;

namespace Akka.Cluster.Hosting;

/// <summary>
/// Sharding of entities, here on a single node. The region is registered under its key type and hands its entities their stop message
/// in the shutdown phase for it.
/// </summary>
public static class AkkaClusterHostingExtensions
{
    private static readonly TimeSpan DefaultIdleTime = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan DefaultQueryTimeout = TimeSpan.FromSeconds(3);

    /// <summary>Refused by this engine, which runs one node: clusters need a build with the Akka.NET packages.</summary>
    public static AkkaConfigurationBuilder WithClustering(this AkkaConfigurationBuilder builder, ClusterOptions? options = null) =>
        throw new ConfigurationException("Clustering is not part of the embedded actor engine: build with -p:ActorEngine=Packages.");

    public static AkkaConfigurationBuilder WithShardRegion<TKey>(
        this AkkaConfigurationBuilder builder,
        string typeName,
        Func<string, Props> entityPropsFactory,
        IMessageExtractor messageExtractor,
        ShardOptions shardOptions) =>
        builder.WithShardRegion<TKey>(typeName, (_, _, _) => entityPropsFactory, messageExtractor, shardOptions);

    public static AkkaConfigurationBuilder WithShardRegion<TKey>(
        this AkkaConfigurationBuilder builder,
        string typeName,
        Func<string, Props> entityPropsFactory,
        ExtractEntityId extractEntityId,
        ExtractShardId extractShardId,
        ShardOptions shardOptions) =>
        builder.WithShardRegion<TKey>(typeName, entityPropsFactory, new DelegateMessageExtractor(extractEntityId, extractShardId), shardOptions);

    public static AkkaConfigurationBuilder WithShardRegion<TKey>(
        this AkkaConfigurationBuilder builder,
        string typeName,
        Func<ActorSystem, IActorRegistry, Func<string, Props>> entityPropsFactory,
        IMessageExtractor messageExtractor,
        ShardOptions shardOptions) =>
        builder.WithShardRegion<TKey>(typeName, (system, registry, _) => entityPropsFactory(system, registry), messageExtractor, shardOptions);

    public static AkkaConfigurationBuilder WithShardRegion<TKey>(
        this AkkaConfigurationBuilder builder,
        string typeName,
        Func<ActorSystem, IActorRegistry, Func<string, Props>> entityPropsFactory,
        ExtractEntityId extractEntityId,
        ExtractShardId extractShardId,
        ShardOptions shardOptions) =>
        builder.WithShardRegion<TKey>(typeName, entityPropsFactory, new DelegateMessageExtractor(extractEntityId, extractShardId), shardOptions);

    public static AkkaConfigurationBuilder WithShardRegion<TKey>(
        this AkkaConfigurationBuilder builder,
        string typeName,
        Func<ActorSystem, IActorRegistry, IDependencyResolver, Func<string, Props>> entityPropsFactory,
        ExtractEntityId extractEntityId,
        ExtractShardId extractShardId,
        ShardOptions shardOptions) =>
        builder.WithShardRegion<TKey>(typeName, entityPropsFactory, new DelegateMessageExtractor(extractEntityId, extractShardId), shardOptions);

    public static AkkaConfigurationBuilder WithShardRegion<TKey>(
        this AkkaConfigurationBuilder builder,
        string typeName,
        Func<ActorSystem, IActorRegistry, IDependencyResolver, Func<string, Props>> entityPropsFactory,
        IMessageExtractor messageExtractor,
        ShardOptions shardOptions)
    {
        if (shardOptions.RememberEntities == true)
            throw new ConfigurationException($"Entities of '{typeName}' cannot be remembered by the embedded actor engine: build with -p:ActorEngine=Packages.");

        return builder.StartActors(async (system, registry, resolver) =>
        {
            var region = await LocalSharding.Get(system).StartAsync(new ShardRegionSettings(
                typeName,
                entityPropsFactory(system, registry, resolver),
                messageExtractor,
                shardOptions.HandOffStopMessage ?? PoisonPill.Instance,
                IdleTime(system.Settings.Config, shardOptions),
                shardOptions.ShardRegionQueryTimeout ?? DefaultQueryTimeout)).ConfigureAwait(false);
            registry.Register<TKey>(region);

            var shutdown = CoordinatedShutdown.Get(system);
            shutdown.AddTask(CoordinatedShutdown.PhaseClusterShardingShutdownRegion, $"stop-region-{typeName}", async () =>
            {
                var limit = shutdown.Timeout(CoordinatedShutdown.PhaseClusterShardingShutdownRegion);
                await region.GracefulStop(limit, GracefulShutdown.Instance).ConfigureAwait(false);
                return Done.Instance;
            });
        });
    }

    private static TimeSpan? IdleTime(Config config, ShardOptions options)
    {
        const string Key = "akka.cluster.sharding.passivate-idle-entity-after";
        if (options.ShouldPassivateIdleEntities == false)
            return null;
        var configured = config.GetString(Key) == "off" ? (TimeSpan?)null : config.GetTimeSpan(Key, DefaultIdleTime);
        var idle = options.PassivateIdleEntityAfter ?? (options.ShouldPassivateIdleEntities == true ? configured ?? DefaultIdleTime : configured);
        return idle > TimeSpan.Zero ? idle : null;
    }
}
