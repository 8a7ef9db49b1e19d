using System.Collections.Concurrent;
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

    // Longer names before those that they begin with.
    private static readonly string[] AkkaAssemblies =
    [
        "Akka.Cluster.Hosting", "Akka.Cluster.Sharding", "Akka.Cluster.Tools", "Akka.Cluster",
        "Akka.DependencyInjection",
        "Akka.Hosting.TestKit", "Akka.Hosting",
        "Akka.Persistence.Hosting", "Akka.Persistence.Sql.Hosting", "Akka.Persistence.Sql", "Akka.Persistence",
        "Akka.Remote.Hosting",
        "Akka.TestKit.Xunit2", "Akka.TestKit"
    ];

    private static readonly ConcurrentDictionary<Type, (string Qualified, string Type, string Assembly)> Names = new();

    // Only names that exist: what stored bytes may name besides has no end.
    private static readonly ConcurrentDictionary<string, Type> Found = new(StringComparer.Ordinal);

    public static Type? Find(string name)
    {
        if (Found.TryGetValue(name, out var known))
            return known;
        var type = Type.GetType(name, ResolveAssembly, ResolveType, throwOnError: false);
        if (type is not null)
            Found.TryAdd(name, type);
        return type;
    }

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

    /// <summary>
    /// "Namespace.Type, Assembly" without version, culture and key, those of generic arguments included. The engine's types carry the name
    /// of the assembly that Akka.NET has them in: what one engine writes the other reads.
    /// </summary>
    public static string Of(Type type) => Parts(type).Qualified;

    /// <summary>The name and its two halves.</summary>
    public static (string Qualified, string Type, string Assembly) Parts(Type type) => Names.GetOrAdd(type, static of =>
    {
        var (name, assembly) = (WithoutAssembly(of), AssemblyOf(of));
        return ($"{name}, {assembly}", name, assembly);
    });

    /// <summary>Akka.NET names its assemblies by the namespaces in them.</summary>
    public static string AkkaAssemblyOf(string space)
    {
        foreach (var assembly in AkkaAssemblies)
        {
            if (space.StartsWith(assembly, StringComparison.Ordinal) && (space.Length == assembly.Length || space[assembly.Length] == '.'))
                return assembly;
        }

        return "Akka";
    }

    private static string WithoutAssembly(Type type)
    {
        if (type.GetElementType() is { } element)
            return WithoutAssembly(element) + type.Name[element.Name.Length..];
        return type.IsConstructedGenericType
            ? $"{type.GetGenericTypeDefinition().FullName}[{string.Join(",", type.GetGenericArguments().Select(argument => $"[{Of(argument)}]"))}]"
            : type.FullName ?? type.Name;
    }

    private static string AssemblyOf(Type type)
    {
        var assembly = type.Assembly.GetName().Name!;
        return EngineAssemblies.Contains(assembly) ? AkkaAssemblyOf(type.Namespace!) : assembly;
    }

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
