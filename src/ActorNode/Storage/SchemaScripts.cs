using System.Collections.Immutable;
using System.Globalization;

namespace ActorNode.Storage;

/// <summary>
/// The numbered SQL scripts of a database, embedded in this assembly. A script never changes once it was released: the next change of
/// the schema is the next script.
/// </summary>
internal static class SchemaScripts
{
    /// <summary>The scripts of <c>Schema/{database}</c> in order; script n stands at n - 1.</summary>
    public static ImmutableArray<string> Of(string database)
    {
        var assembly = typeof(SchemaScripts).Assembly;
        var prefix = $"{typeof(SchemaScripts).Namespace}.Schema.{database}.";
        var scripts = ImmutableArray.CreateBuilder<string>();
        foreach (var name in assembly.GetManifestResourceNames().Where(name => name.StartsWith(prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            var number = int.Parse(name.AsSpan(prefix.Length, 4), NumberStyles.None, CultureInfo.InvariantCulture);
            if (number != scripts.Count + 1)
                throw new InvalidOperationException($"Schema script {name} is not number {scripts.Count + 1}.");
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            scripts.Add(reader.ReadToEnd());
        }

        return scripts.ToImmutable();
    }

    /// <summary>Refuses a database that a newer version of the node has changed: this one does not know what it would break.</summary>
    public static void RefuseNewer(string location, long version, int known)
    {
        if (version > known)
            throw new StoreOpenException($"{location} has schema version {version}; this node knows versions up to {known}. Run the newer node, or restore a backup from before it ran.");
    }
}
