using System.Reflection;
using Akka.Configuration;

namespace Akka.Util;

/// <summary>
/// Types by the names that configuration, manifests and <c>$type</c> carry. A name whose assembly is one of Akka.NET's finds
/// the engine's type of the same full name.
/// </summary>
internal static class TypeNames
{
    private static readonly string[] EngineAssemblies = ["Akka.Embedded", "Akka.Embedded.TestKit"];

    public static Type? Find(string name) => Type.GetType(name, ResolveAssembly, ResolveType, throwOnError: false);

    public static Type Resolve(string name, string setting) => Find(name)
        ?? throw new ConfigurationException($"{setting} names the type [{name}], which does not exist");

    /// <summary>An instance of the type that a setting names.</summary>
    public static T Instantiate<T>(string name, string setting, params object[] arguments) where T : class
    {
        var type = Resolve(name, setting);
        if (!typeof(T).IsAssignableFrom(type))
            throw new ConfigurationException($"{setting} names the type [{name}], which is no {typeof(T).Name}");
        try
        {
            return (T)Activator.CreateInstance(type, arguments)!;
        }
        catch (MissingMethodException e)
        {
            throw new ConfigurationException(
                $"{setting} names the type [{name}], which has no constructor ({string.Join(", ", arguments.Select(a => a.GetType().Name))})", e);
        }
        catch (TargetInvocationException e) when (e.InnerException is not null)
        {
            throw new ConfigurationException($"{setting}: the constructor of [{name}] failed: {e.InnerException.Message}", e.InnerException);
        }
    }

    /// <summary>"Namespace.Type, Assembly", with the version, culture and key of generic arguments cut too.</summary>
    public static string Of(Type type) => StripVersions(type.AssemblyQualifiedName ?? type.FullName ?? type.Name);

    private static string StripVersions(string name) =>
        System.Text.RegularExpressions.Regex.Replace(name, @", (?:Version|Culture|PublicKeyToken)=[^,\]]*", "");

    private static Assembly? ResolveAssembly(AssemblyName name)
    {
        if (IsAkka(name.Name))
            return typeof(TypeNames).Assembly;
        try
        {
            return Assembly.Load(name);
        }
        catch (Exception e) when (e is FileNotFoundException or FileLoadException or BadImageFormatException)
        {
            return null;
        }
    }

    private static Type? ResolveType(Assembly? assembly, string name, bool ignoreCase)
    {
        if (assembly is null)
            return typeof(TypeNames).Assembly.GetType(name, false, ignoreCase) ?? Type.GetType(name, false, ignoreCase);
        if (assembly.GetType(name, false, ignoreCase) is { } type)
            return type;
        if (assembly != typeof(TypeNames).Assembly)
            return null;
        foreach (var other in EngineAssemblies)
        {
            if (LoadIfPresent(other)?.GetType(name, false, ignoreCase) is { } found)
                return found;
        }

        return null;
    }

    private static bool IsAkka(string? assembly) =>
        assembly is not null && (assembly == "Akka" || assembly.StartsWith("Akka.", StringComparison.Ordinal)) && LoadIfPresent(assembly) is null;

    private static Assembly? LoadIfPresent(string name)
    {
        foreach (var loaded in AppDomain.CurrentDomain.GetAssemblies())
        {
            if (string.Equals(loaded.GetName().Name, name, StringComparison.OrdinalIgnoreCase))
                return loaded;
        }

        try
        {
            return Assembly.Load(new AssemblyName(name));
        }
        catch (Exception e) when (e is FileNotFoundException or FileLoadException or BadImageFormatException)
        {
            return null;
        }
    }
}
