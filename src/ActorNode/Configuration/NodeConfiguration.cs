using System.Collections.Immutable;
using Akka.Configuration;

namespace ActorNode.Configuration;

/// <summary>Where settings come from, the first of each wins over the ones below it.</summary>
public sealed record ConfigurationSources
{
    /// <summary>Values of command line options by full path.</summary>
    public ImmutableDictionary<string, SettingValue> CommandLine { get; init; } = ImmutableDictionary<string, SettingValue>.Empty;

    /// <summary>Environment variables; only those that start with <see cref="NodeConfiguration.EnvironmentPrefix"/> are read.</summary>
    public ImmutableDictionary<string, string> Environment { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>A HOCON file, or null.</summary>
    public string? File { get; init; }
}

/// <summary>
/// A node's configuration: the command line over environment variables over a file over <c>reference.conf</c>. The actor system gets what
/// the file says under <c>akka</c>.
/// </summary>
public sealed record NodeConfiguration(NodeSettings Settings, Config Akka, SettingsTree Tree)
{
    /// <summary>What the node's environment variables start with: <c>ACTORNODE__HTTP__MAX_CONNECTIONS</c> is <c>actornode.http.max-connections</c>.</summary>
    public const string EnvironmentPrefix = "ACTORNODE__";

    /// <summary>The name of the defaults in problems.</summary>
    public const string ReferenceName = "built-in reference.conf";

    private const long MaxFileBytes = 1024 * 1024;

    private static readonly Lazy<HoconDocument> Reference = new(() => HoconDocument.Parse(ReferenceText(), ReferenceName));

    /// <summary>Reads and checks everything.</summary>
    /// <exception cref="SettingsException">Something is wrong; it names all of it.</exception>
    public static NodeConfiguration Load(ConfigurationSources sources)
    {
        var file = sources.File is null ? null : HoconDocument.Parse(ReadFile(sources.File), Path.GetFileName(sources.File));
        var tree = Reference.Value.Settings;
        if (file is not null)
            tree = file.Settings.Over(tree);
        tree = FromEnvironment(sources.Environment).Over(tree);
        tree = SettingsTree.Of(sources.CommandLine).Over(tree);
        var settings = SettingsBinder.Bind<NodeSettings>(tree, HoconDocument.NodeSection);
        settings = settings with { Storage = settings.Storage with { DataFolder = settings.Data } };
        return new NodeConfiguration(settings, file?.Akka ?? Config.Empty, tree);
    }

    /// <summary>The commented defaults.</summary>
    public static string ReferenceText()
    {
        using var stream = typeof(NodeConfiguration).Assembly.GetManifestResourceStream("ActorNode.reference.conf")
            ?? throw new InvalidOperationException("The assembly lacks its embedded ActorNode.reference.conf.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    private static SettingsTree FromEnvironment(ImmutableDictionary<string, string> environment) => SettingsTree.Of(environment
        .Where(v => v.Key.StartsWith(EnvironmentPrefix, StringComparison.OrdinalIgnoreCase))
        .OrderBy(v => v.Key, StringComparer.Ordinal)
        .Select(v => KeyValuePair.Create(
            v.Key.ToLowerInvariant().Replace("__", ".", StringComparison.Ordinal).Replace('_', '-'),
            SettingValue.Text(v.Value, $"environment variable {v.Key}"))));

    private static string ReadFile(string path)
    {
        try
        {
            if (new FileInfo(path) is { Exists: true, Length: > MaxFileBytes })
                throw new SettingsException([$"{path}: is larger than {MaxFileBytes} bytes, so it is no configuration"]);
            return File.ReadAllText(path);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new SettingsException([$"{path}: cannot be read: {unreadable.Message}"]);
        }
    }
}
