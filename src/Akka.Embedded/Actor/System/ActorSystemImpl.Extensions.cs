using Akka.Util;

namespace Akka.Actor.Internal;

internal sealed partial class ActorSystemImpl
{
    /// <summary>Two threads that ask at once get one instance; a failed creation is tried again by the next who asks.</summary>
    public override object RegisterExtension(IExtensionId extension)
    {
        ArgumentNullException.ThrowIfNull(extension);
        var lazy = _extensions.GetOrAdd(extension.ExtensionType,
            static (_, arg) => new Lazy<object>(() => arg.extension.CreateExtension(arg.self)
                ?? throw new InvalidOperationException($"Extension {arg.extension.ExtensionType} was created as null")), (extension, self: this));
        try
        {
            return lazy.Value;
        }
        catch
        {
            _extensions.TryRemove(KeyValuePair.Create(extension.ExtensionType, lazy));
            throw;
        }
    }

    public override object GetExtension(IExtensionId extensionId) => TryGetExtension(extensionId.ExtensionType, out var extension)
        ? extension!
        : throw new ArgumentException($"Extension [{extensionId.ExtensionType}] is not registered", nameof(extensionId));

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
