using Akka.Actor;

namespace Akka.Cluster.Sharding;

/// <summary>The shard regions of a system, under <c>/system/sharding</c>, one an entity type.</summary>
internal sealed class LocalSharding(IActorRef guardian) : IExtension
{
    // Local actors answer at once; the limit only keeps a broken system from hanging its host.
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(10);

    public static LocalSharding Get(ActorSystem system) => system.WithExtension<LocalSharding, LocalShardingExtension>();

    /// <summary>The region of a type; started where it is not yet.</summary>
    public Task<IActorRef> StartAsync(ShardRegionSettings settings) => guardian.Ask<IActorRef>(settings, StartTimeout);

    internal sealed class Guardian : ReceiveActor
    {
        public Guardian() => Receive<ShardRegionSettings>(settings =>
        {
            var name = Uri.EscapeDataString(settings.TypeName);
            var region = Context.Child(name);
            if (region.IsNobody())
                region = Context.ActorOf(Props.Create(() => new ShardRegion(settings)), name);
            Sender.Tell(region);
        });
    }
}

/// <summary>Finds the <see cref="LocalSharding"/> of a system.</summary>
internal sealed class LocalShardingExtension : ExtensionIdProvider<LocalSharding>
{
    public override LocalSharding CreateExtension(ExtendedActorSystem system) =>
        new(system.SystemActorOf(Props.Create(() => new LocalSharding.Guardian()), "sharding"));
}
