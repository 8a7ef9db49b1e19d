using Akka.Actor;

namespace Akka.DependencyInjection;

/// <summary>The resolver of an actor system that was created with a <see cref="DependencyResolverSetup"/>.</summary>
public sealed class DependencyResolver : IExtension
{
    public DependencyResolver(IDependencyResolver resolver) => Resolver = resolver;

    public IDependencyResolver Resolver { get; }

    public static DependencyResolver For(ActorSystem actorSystem) =>
        actorSystem.WithExtension<DependencyResolver, DependencyResolverExtension>();

    public Props Props(Type type) => Resolver.Props(type);

    public Props Props(Type type, params object[] args) => Resolver.Props(type, args);

    public Props Props<T>()
        where T : ActorBase => Resolver.Props<T>();

    public Props Props<T>(params object[] args)
        where T : ActorBase => Resolver.Props<T>(args);
}

/// <summary>Finds the <see cref="DependencyResolver"/> of a system.</summary>
public sealed class DependencyResolverExtension : ExtensionIdProvider<DependencyResolver>
{
    public override DependencyResolver CreateExtension(ExtendedActorSystem system)
    {
        var setup = system.Settings.Setup.Get<DependencyResolverSetup>();
        return setup.HasValue
            ? new DependencyResolver(setup.Value.DependencyResolver)
            : throw new Configuration.ConfigurationException(
                $"The actor system '{system.Name}' was created without a DependencyResolverSetup: there is no container to resolve from.");
    }
}
