using ActorNode.Jobs.Access;
using ActorNode.Protocol.Jobs;
using Akka.Actor;
using Akka.Hosting;

namespace ActorNode.Jobs.Agreements;

/// <summary>Starts the service agreements.</summary>
public static class AgreementsHosting
{
    /// <summary>
    /// Needs a journal that knows this slice's events, and the jobs' region in the registry. Starts <c>/user/agreements</c>, which takes
    /// <see cref="AgreementCommands"/> and <see cref="AgreementQueries"/>.
    /// </summary>
    /// <param name="builder">The actor system.</param>
    /// <param name="ports">Made once from the container.</param>
    /// <param name="jobs">The jobs' region, out of the registry.</param>
    /// <param name="settings">Of the job engine.</param>
    /// <param name="rules">What the node agrees to.</param>
    public static AkkaConfigurationBuilder WithAgreements(
        this AkkaConfigurationBuilder builder,
        Func<IServiceProvider, AgreementPorts> ports,
        Func<IActorRegistry, IActorRef> jobs,
        JobsSettings settings,
        AgreementsSettings? rules = null) => builder.WithActors((system, registry, resolver) =>
        registry.Register<ServiceAgreements>(system.ActorOf(
            Props(ports(resolver.GetService<IServiceProvider>()!), jobs(registry), settings, rules ?? new AgreementsSettings(), new SchedulerClock(system.Scheduler)),
            AgreementsActor.Id)));

    /// <summary>The agreements, which come back when a growing pause after a failure of their store has passed.</summary>
    internal static Props Props(AgreementPorts ports, IActorRef jobs, JobsSettings settings, AgreementsSettings rules, TimeProvider clock) => KeptByBackoff.Props(
        AgreementsActor.Props(ports, jobs, settings, rules, clock),
        AgreementsActor.Id,
        settings.MinBackoff,
        settings.MaxBackoff,
        new AgreementReplies.Failed("the service agreements cannot be read or written at the moment"));
}

/// <summary>The agreements' key in the actor registry.</summary>
public sealed class ServiceAgreements
{
    private ServiceAgreements()
    {
    }
}
