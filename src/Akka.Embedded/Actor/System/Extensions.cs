namespace Akka.Actor;

/// <summary>A component of which a system has at most one.</summary>
public interface IExtension;

/// <summary>Identifies an extension and makes it.</summary>
public interface IExtensionId
{
    Type ExtensionType { get; }

    /// <summary>The instance of the system, made when it is asked for first.</summary>
    object Apply(ActorSystem system);

    object Get(ActorSystem system);

    object CreateExtension(ExtendedActorSystem system);
}

public interface IExtensionId<out T> : IExtensionId where T : IExtension
{
    new T Apply(ActorSystem system);

    new T Get(ActorSystem system);

    new T CreateExtension(ExtendedActorSystem system);
}

/// <summary>Base of extension ids: all instances of one type are the same id.</summary>
public abstract class ExtensionIdProvider<T> : IExtensionId<T> where T : IExtension
{
    public Type ExtensionType => typeof(T);

    public T Apply(ActorSystem system) => (T)system.RegisterExtension(this);

    public T Get(ActorSystem system) => (T)system.GetExtension(this);

    public abstract T CreateExtension(ExtendedActorSystem system);

    object IExtensionId.Apply(ActorSystem system) => Apply(system);

    object IExtensionId.Get(ActorSystem system) => Get(system);

    object IExtensionId.CreateExtension(ExtendedActorSystem system) => CreateExtension(system);

    public override bool Equals(object? obj) => obj is not null && GetType() == obj.GetType();

    public override int GetHashCode() => GetType().GetHashCode();
}

public static class ActorSystemWithExtensions
{
    public static T WithExtension<T>(this ActorSystem system) where T : class, IExtension => system.GetExtension<T>();

    public static T WithExtension<T>(this ActorSystem system, Type extensionId) where T : class, IExtension
    {
        if (system.TryGetExtension<T>(out var extension))
            return extension!;
        return (T)system.RegisterExtension((IExtensionId)Activator.CreateInstance(extensionId)!);
    }

    public static T WithExtension<T, TI>(this ActorSystem system) where T : class, IExtension where TI : IExtensionId =>
        system.WithExtension<T>(typeof(TI));
}
