using System.Reflection;
using System.Text.Json;
using Akka.Configuration.Hocon;

namespace Akka.Configuration;

/// <summary>Where configurations come from: text, embedded resources, objects, files beside the program.</summary>
public class ConfigurationFactory
{
    private static readonly string[] ConventionalFiles = ["app.conf", "app.hocon"];
    private static readonly JsonSerializerOptions ObjectOptions = new() { IncludeFields = true };

    private static readonly Lazy<Config> Reference = new(() =>
        FromResource("Akka.Embedded.reference.conf", typeof(ConfigurationFactory).Assembly));

    /// <summary>A configuration without any key.</summary>
    public static Config Empty => ParseString("");

    /// <summary>Reads HOCON text. Throws <see cref="ConfigurationException"/> with line and column where it is malformed.</summary>
    public static Config ParseString(string hocon) => ParseString(hocon, null);

    /// <summary>Reads HOCON text; <c>include "name"</c> asks <paramref name="includeCallback"/> for the named document.</summary>
    public static Config ParseString(string hocon, Func<string, HoconRoot>? includeCallback) =>
        new(Parser.Parse(hocon, includeCallback));

    /// <summary><c>app.conf</c> or <c>app.hocon</c> of the current directory, the first that exists; otherwise empty.</summary>
    public static Config Load() =>
        ConventionalFiles.FirstOrDefault(File.Exists) is { } file ? ParseString(File.ReadAllText(file)) : Empty;

    /// <summary>The defaults of the engine: every <c>akka.*</c> key that it knows.</summary>
    public static Config Default() => Reference.Value;

    public static Config FromResource(string resourceName, object instanceInAssembly) =>
        instanceInAssembly switch
        {
            Type type => FromResource(resourceName, type.Assembly),
            Assembly assembly => FromResource(resourceName, assembly),
            _ => FromResource(resourceName, instanceInAssembly.GetType().Assembly),
        };

    public static Config FromResource<TAssembly>(string resourceName) =>
        FromResource(resourceName, typeof(TAssembly).Assembly);

    public static Config FromResource(string resourceName, Assembly assembly)
    {
        using var stream = assembly.GetManifestResourceStream(resourceName)
            ?? throw new ConfigurationException($"Assembly {assembly.GetName().Name} has no embedded resource '{resourceName}'.");
        using var reader = new StreamReader(stream);
        return ParseString(reader.ReadToEnd());
    }

    /// <summary>The public properties of an object, nested ones included, as configuration keys.</summary>
    public static Config FromObject(object source) => ParseString(JsonSerializer.Serialize(source, ObjectOptions));
}
