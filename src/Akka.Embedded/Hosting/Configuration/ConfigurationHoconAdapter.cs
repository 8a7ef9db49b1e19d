using Akka.Configuration;
using Akka.Configuration.Hocon;
using Microsoft.Extensions.Configuration;

namespace Akka.Hosting.Configuration;

/// <summary>Reads Microsoft's configuration as HOCON.</summary>
public static class ConfigurationHoconAdapter
{
    /// <summary>
    /// Sections become objects, sections whose keys are 0, 1, 2 ... become lists, and a dotted key becomes nested objects. Underscores
    /// of keys become dashes, so that environment variables name HOCON keys, and normalised keys are lower case, also in quotes: what
    /// names types must not be normalised.
    /// </summary>
    public static Config ToHocon(this IConfiguration config, bool normalizeKeys = true)
    {
        var root = new HoconValue();
        root.AppendValue(Members(config, normalizeKeys));
        return root.ToConfig();
    }

    private static HoconObject Members(IConfiguration section, bool normalize)
    {
        var members = new HoconObject();
        foreach (var child in section.GetChildren())
        {
            var owner = members;
            var parts = Parts(child.Key, normalize);
            foreach (var part in parts[..^1])
                owner = ObjectAt(owner, part);
            Put(owner, parts[^1], Element(child, normalize));
        }

        return members;
    }

    private static HoconObject ObjectAt(HoconObject owner, string key)
    {
        var value = owner.GetOrCreateKey(key);
        if (value.GetObject() is null)
            value.NewValue(new HoconObject());
        return value.GetObject()!;
    }

    private static void Put(HoconObject owner, string key, IHoconElement element)
    {
        var value = owner.GetOrCreateKey(key);
        if (element is HoconObject added && value.GetObject() is { } existing)
            existing.Merge(added);
        else
            value.NewValue(element);
    }

    private static IHoconElement Element(IConfigurationSection section, bool normalize)
    {
        var children = section.GetChildren().ToList();
        if (children.Count == 0)
            return new HoconLiteral { Value = section.Value ?? "null" };
        if (!children.TrueForAll(child => int.TryParse(child.Key, out _)))
            return Members(section, normalize);

        var list = new HoconArray();
        foreach (var child in children.OrderBy(child => int.Parse(child.Key, System.Globalization.CultureInfo.InvariantCulture)))
        {
            var element = new HoconValue();
            element.AppendValue(Element(child, normalize));
            list.Add(element);
        }

        return list;
    }

    private static List<string> Parts(string key, bool normalize)
    {
        var parts = new List<string>();
        foreach (var part in HoconPath.SplitRaw(key))
        {
            var name = part.Contains('"', StringComparison.Ordinal)
                ? part.Replace("\"", "", StringComparison.Ordinal)
                : part.Replace('_', '-');
            parts.Add(normalize ? name.ToLowerInvariant() : name);
        }

        return parts;
    }
}
