using Akka.Util;

namespace Akka.Actor.Internal;

public partial class ActorSystemImpl
{
    /// <summary>Two threads that ask at once get one instance, or one exception: a failed creation is not tried again.</summary>
    public override object RegisterExtension(IExtensionId extension)
    {
        ArgumentNullException.ThrowIfNull(extension);
        return _extensions.GetOrAdd(extension.ExtensionType,
            static (_, arg) => new Lazy<object>(() => arg.extension.CreateExtension(arg.self)
                ?? throw new InvalidOperationException($"Extension {arg.extension.ExtensionType} was created as null")), (extension, self: this)).Value;
    }

    /// <summary>Null when it is not registered.</summary>
    public override object GetExtension(IExtensionId extensionId)
    {
        ArgumentNullException.ThrowIfNull(extensionId);
        return TryGetExtension(extensionId.ExtensionType, out var extension) ? extension! : null!;
    }

    public override T GetExtension<T>() => TryGetExtension<T>(out var extension) ? extension! : null!;

    public override bool HasExtension(Type type) => typeof(IExtension).IsAssignableFrom(type) && _extensions.ContainsKey(type);

    public override bool HasExtension<T>() => _extensions.ContainsKey(typeof(T));

    public override bool TryGetExtension(Type extensionType, out object? extension)
    {
        extension = _extensions.TryGetValue(extensionType, out var lazy) ? lazy.Value : null;
        return extension is not null;
    }

    public override bool TryGetExtension<T>(out T? extension) where T : class
    {
        var found = TryGetExtension(typeof(T), out var untyped);
        extension = (T?)untyped;
        return found;
    }

    private void LoadExtensions()
    {
        foreach (var name in Settings.Config.GetStringList("akka.extensions"))
            RegisterExtension(TypeNames.Instantiate<IExtensionId>(name, "akka.extensions"));
    }
}
