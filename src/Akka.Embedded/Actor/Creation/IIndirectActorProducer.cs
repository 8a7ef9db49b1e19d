namespace Akka.Actor;

/// <summary>Makes actors in its own way, such as from a dependency injection scope, and takes them back.</summary>
public interface IIndirectActorProducer
{
    Type ActorType { get; }

    ActorBase Produce();

    /// <summary>The incarnation has ended.</summary>
    void Release(ActorBase actor);
}
