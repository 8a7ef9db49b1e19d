using Akka.Configuration;
using Akka.Configuration.Hocon;

namespace Akka.Actor;

/// <summary>
/// Which keys of a configuration under <c>akka</c> nobody reads: those that reference.conf lacks. Sections whose keys the user
/// names (dispatchers, deployments, serializers) are open.
/// </summary>
internal static class KnownSettings
{
    private static readonly string[] Open =
    [
        "akka.actor.deployment", "akka.actor.serializers", "akka.actor.serialization-bindings", "akka.actor.serialization-identifiers",
        "akka.actor.serialization-settings", "akka.actor.mailbox.requirements", "akka.coordinated-shutdown.phases", "akka.test", "akka.persistence",
        "akka.remote", "akka.cluster"
    ];

    public static IEnumerable<string> UnknownIn(Config config)
    {
        var known = ConfigurationFactory.Default();
        return config.GetValue("akka")?.GetObject() is { } akka ? Unknown(akka, "akka", known) : [];
    }

    private static IEnumerable<string> Unknown(HoconObject section, string path, Config known)
    {
        foreach (var (key, value) in section.Items)
        {
            var full = $"{path}.{key}";
            if (Open.Contains(full, StringComparer.Ordinal))
                continue;
            if (!known.HasPath(full))
            {
                // A section with a type is a dispatcher or a mailbox of the user's own.
                if (value.GetObject() is { } own && (own.Items.ContainsKey("type") || own.Items.ContainsKey("mailbox-type")))
                    continue;
                yield return full;
            }
            else if (value.GetObject() is { } inner)
            {
                foreach (var unknown in Unknown(inner, full, known))
                    yield return unknown;
            }
        }
    }
}
