using Akka.Actor;

namespace Akka.DependencyInjection;

/// <summary>Builds actors, and finds services, from a container.</summary>
public interface IDependencyResolver
{
    /// <summary>A container of its own for as long as the scope is not disposed.</summary>
    IResolverScope CreateScope();

    object? GetService(Type type);

    T? GetService<T>();

    /// <summary>Props of an actor whose constructor takes <paramref name="args"/> by type and everything else from the container.</summary>
    Props Props(Type type, params object[] args);

    Props Props(Type type);

    Props Props<T>(params object[] args)
        where T : ActorBase;
}
