using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Event;
using Akka.Util;
using SysException = System.Runtime.Serialization.SerializationException;

namespace Akka.Serialization;

/// <summary>The address by which references are written while a thread serializes.</summary>
public sealed class Information : IEquatable<Information>
{
    public Information(Address address, ActorSystem system)
    {
        Address = address;
        System = system;
    }

    public Address Address { get; }

    public ActorSystem System { get; }

    public static bool operator ==(Information? left, Information? right) => Equals(left, right);

    public static bool operator !=(Information? left, Information? right) => !Equals(left, right);

    public bool Equals(Information? other) => other is not null && Equals(Address, other.Address) && ReferenceEquals(System, other.System);

    public override bool Equals(object? obj) => Equals(obj as Information);

    public override int GetHashCode() => HashCode.Combine(Address, System);
}

/// <summary>Finds the serializer for an object by its type, and the one that wrote some bytes by its identifier.</summary>
public class Serialization
{
    [ThreadStatic]
    private static Information? _currentTransport;

    private readonly ConcurrentDictionary<int, Serializer> _byId = new();
    private readonly ConcurrentDictionary<string, Serializer> _byName = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<Type, Serializer> _bindings = new();
    private readonly ConcurrentDictionary<Type, Serializer> _resolved = new();
    private readonly NullSerializer _nullSerializer;

    public Serialization(ExtendedActorSystem system)
    {
        System = system;
        _nullSerializer = new NullSerializer(system);
        AddSerializer("null", _nullSerializer);
        AddConfigured();
        var details = system.Settings.Setup.Get<SerializationSetup>() is { HasValue: true, Value: var setup }
            ? setup.CreateSerializers(system)
            : [];
        foreach (var detail in details)
            AddSerializer(detail.Alias, detail.Serializer);

        // Bindings of the configuration may name serializers of the setup.
        foreach (var (type, name) in system.Settings.Config.GetConfig("akka.actor.serialization-bindings")?.AsEnumerable() ?? [])
            Bind(type, name.GetString()!);
        foreach (var detail in details)
        {
            foreach (var type in detail.UseFor)
                AddSerializationMap(type, detail.Serializer);
        }
    }

    public ExtendedActorSystem System { get; }

    public static Information GetCurrentTransportInformation() =>
        _currentTransport ?? throw new InvalidOperationException("CurrentTransportInformation is not set. Use Serialization.WithTransport<T>.");

    public static T WithTransport<T>(ActorSystem system, Address address, Func<T> action)
    {
        var outer = _currentTransport;
        _currentTransport = new Information(address, system);
        try
        {
            return action();
        }
        finally
        {
            _currentTransport = outer;
        }
    }

    public static T WithTransport<T>(ExtendedActorSystem system, Func<T> action) => WithTransport(system, system.Provider.DefaultAddress, action);

    public static T WithTransport<TState, T>(ExtendedActorSystem system, TState state, Func<TState, T> action) =>
        WithTransport(system, () => action(state));

    /// <summary>The path that finds this very incarnation again.</summary>
    public static string SerializedActorPath(IActorRef actorRef)
    {
        if (actorRef is null || actorRef.IsNobody())
            return "";
        return _currentTransport is { } transport
            ? actorRef.Path.ToSerializationFormatWithAddress(transport.Address)
            : actorRef.Path.ToSerializationFormat();
    }

    public static string ManifestFor(Serializer s, object msg) => s switch
    {
        SerializerWithStringManifest named => named.Manifest(msg),
        { IncludeManifest: true } => TypeNames.Of(msg.GetType()),
        _ => ""
    };

    /// <summary>The last one of an identifier reads what was written under it; that it replaces another one is logged.</summary>
    public void AddSerializer(Serializer serializer)
    {
        if (_byId.TryGetValue(serializer.Identifier, out var other) && other.GetType() != serializer.GetType())
            WarnOfReplacement(serializer.Identifier, other, serializer);
        _byId[serializer.Identifier] = serializer;
    }

    public void AddSerializer(string name, Serializer serializer)
    {
        AddSerializer(serializer);
        _byName[name] = serializer;
    }

    public void AddSerializationMap(Type type, Serializer serializer)
    {
        _bindings[type] = serializer;
        _resolved.Clear();
    }

    public byte[] Serialize(object o) => WithTransport(System, () => FindSerializerFor(o).ToBinary(o));

    public object Deserialize(byte[] bytes, int serializerId, Type type) => WithTransport(System, () => ById(serializerId).FromBinary(bytes, type));

    public object Deserialize(byte[] bytes, int serializerId, string manifest)
    {
        var serializer = ById(serializerId);
        return WithTransport(System, () =>
        {
            if (serializer is SerializerWithStringManifest named)
                return named.FromBinary(bytes, manifest);
            if (string.IsNullOrEmpty(manifest))
                return serializer.FromBinary(bytes, null!);
            var type = TypeNames.Find(manifest)
                ?? throw new SysException($"Cannot find manifest class [{manifest}] for serializer with id [{serializerId}].");
            return serializer.FromBinary(bytes, type);
        });
    }

    public IActorRef DeserializeActorRef(string path) => System.Provider.ResolveActorRef(path);

    public Serializer FindSerializerFor(object obj, string? defaultSerializerName = null) =>
        obj is null ? _nullSerializer : FindSerializerForType(obj.GetType(), defaultSerializerName);

    /// <summary>The binding of the most specific type, first classes, then interfaces.</summary>
    public Serializer FindSerializerForType(Type objectType, string? defaultSerializerName = null)
    {
        if (_resolved.TryGetValue(objectType, out var known))
            return known;
        Serializer? serializer = null;
        var most = typeof(object);
        foreach (var (type, bound) in _bindings)
        {
            if (type != typeof(object) && type.IsAssignableFrom(objectType) && (serializer is null || most.IsAssignableFrom(type)))
                (most, serializer) = (type, bound);
        }

        if (serializer is null && defaultSerializerName is not null)
        {
            return _byName.TryGetValue(defaultSerializerName, out var named)
                ? named
                : throw new SysException($"Couldn't find serializer [{defaultSerializerName}]");
        }

        serializer ??= _bindings.GetValueOrDefault(typeof(object))
            ?? throw new SysException($"Serializer not found for type {objectType.Name}");
        _resolved.TryAdd(objectType, serializer);
        return serializer;
    }

    /// <summary>For <c>serialize-messages</c>: the message as another process would see it.</summary>
    internal object RoundTrip(object message)
    {
        if (WrappedMessage.Unwrap(message) is INoSerializationVerificationNeeded or IAutoReceivedMessage || message is INoSerializationVerificationNeeded)
            return message;
        var serializer = FindSerializerFor(message);
        try
        {
            var bytes = WithTransport(System, () => serializer.ToBinary(message));
            return Deserialize(bytes, serializer.Identifier, ManifestFor(serializer, message));
        }
        catch (Exception e)
        {
            throw new SysException($"Failed to serialize and deserialize payload object [{message.GetType()}] with {serializer.GetType().Name}", e);
        }
    }

    private Serializer ById(int id) => _byId.TryGetValue(id, out var serializer)
        ? serializer
        : throw new SysException($"Cannot find serializer with id [{id}]. The most probable reason is that the configuration entry 'akka.actor.serializers' is not in sync between the two systems.");

    /// <summary>The application's come first in the configuration: one of theirs takes the identifier before the engine's own of it.</summary>
    private void AddConfigured()
    {
        foreach (var (name, type) in System.Settings.Config.GetConfig("akka.actor.serializers")?.AsEnumerable() ?? [])
        {
            var serializer = Instantiate(name, type.GetString()!);
            _byName[name] = serializer;
            if (!_byId.TryAdd(serializer.Identifier, serializer))
                WarnOfReplacement(serializer.Identifier, serializer, _byId[serializer.Identifier]);
        }
    }

    private void WarnOfReplacement(int id, Serializer replaced, Serializer by) =>
        System.Log.Warning("Serializer with identifier [{0}] is redeclared: [{1}] takes the place of [{2}]", id, by.GetType(), replaced.GetType());

    private void Bind(string typeName, string serializerName)
    {
        var type = TypeNames.Find(typeName);
        if (type is null)
            System.Log.Warning("The type name for message/serializer binding '{0}' did not resolve to an actual Type: '{1}'", serializerName, typeName);
        else if (_byName.TryGetValue(serializerName, out var serializer))
            _bindings[type] = serializer;
        else
            System.Log.Warning("Serialization binding to non existing serializer: '{0}'", serializerName);
    }

    private Serializer Instantiate(string name, string typeName)
    {
        var setting = $"akka.actor.serializers.{name}";
        var type = TypeNames.Resolve(typeName, setting);
        var config = System.Settings.Config.GetConfig($"akka.actor.serialization-settings.{name}");
        return config is not null && type.GetConstructor([typeof(ExtendedActorSystem), typeof(Configuration.Config)]) is not null
            ? TypeNames.Instantiate<Serializer>(typeName, setting, System, config)
            : TypeNames.Instantiate<Serializer>(typeName, setting, System);
    }
}
