using Akka.Actor;
using Microsoft.Extensions.DependencyInjection;

namespace Akka.DependencyInjection;

/// <summary>Makes one incarnation after the other of an actor. The constructor is chosen once, by the types of the given arguments.</summary>
internal sealed class ServiceProviderActorProducer(IServiceProvider services, Type actorType, object[] arguments) : IIndirectActorProducer
{
    private readonly ObjectFactory _create =
        ActivatorUtilities.CreateFactory(actorType, Array.ConvertAll(arguments, argument => argument.GetType()));

    public Type ActorType => actorType;

    public ActorBase Produce() => (ActorBase)_create(services, arguments);

    // Nothing to give back: an actor that is disposable is disposed by its cell.
    public void Release(ActorBase actor)
    {
    }
}
