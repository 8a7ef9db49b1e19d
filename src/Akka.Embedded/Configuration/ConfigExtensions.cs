using System.Diagnostics.CodeAnalysis;

namespace Akka.Configuration;

/// <summary>Null-tolerant helpers: an absent section is read as <c>null</c>.</summary>
public static class ConfigExtensions
{
    /// <summary>Like <see cref="Config.WithFallback"/>, where either side may be absent.</summary>
    [return: NotNullIfNotNull(nameof(config))]
    [return: NotNullIfNotNull(nameof(fallback))]
    public static Config? SafeWithFallback(this Config? config, Config? fallback)
    {
        if (config.IsNullOrEmpty())
            return fallback ?? config;
        return fallback.IsNullOrEmpty() || ReferenceEquals(config, fallback) ? config : config.WithFallback(fallback);
    }

    public static bool IsNullOrEmpty([NotNullWhen(false)] this Config? config) => config is null || config.IsEmpty;
}
