using Akka.Actor;
using Microsoft.Extensions.DependencyInjection;

namespace Akka.DependencyInjection;

/// <summary>
/// The resolver over Microsoft's container. Actors get their own constructor arguments from the container itself, not from a scope:
/// an actor that needs scoped services takes an <see cref="IServiceProvider"/> and opens a scope for as long as it needs one.
/// </summary>
public class ServiceProviderDependencyResolver : IDependencyResolver
{
    public ServiceProviderDependencyResolver(IServiceProvider serviceProvider) => ServiceProvider = serviceProvider;

    public IServiceProvider ServiceProvider { get; }

    public IResolverScope CreateScope() => new ServiceProviderScope(ServiceProvider.CreateScope());

    public object? GetService(Type type) => ServiceProvider.GetService(type);

    public T? GetService<T>() => ServiceProvider.GetService<T>();

    public Props Props(Type type, params object[] args)
    {
        if (!typeof(ActorBase).IsAssignableFrom(type))
            throw new ArgumentException($"{type} is no actor.", nameof(type));
        if (Array.IndexOf(args, null) >= 0)
            throw new ArgumentException($"An argument of {type} is null: its constructor is chosen by the types of the arguments.", nameof(args));
        return Actor.Props.CreateBy(new ServiceProviderActorProducer(ServiceProvider, type, args));
    }

    public Props Props(Type type) => Props(type, []);

    public Props Props<T>(params object[] args)
        where T : ActorBase => Props(typeof(T), args);
}
