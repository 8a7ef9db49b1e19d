using System.Collections.Immutable;
using System.Data.Common;
using System.Text;
using System.Text.Json.Nodes;

namespace ActorNode.Configuration;

/// <summary>Shows settings: as HOCON that reads back as the same settings, or as JSON. Secrets are masked.</summary>
public static class SettingsWriter
{
    /// <summary>What stands for a secret.</summary>
    public const string Mask = "***";

    /// <summary>The settings as HOCON, each with its origin as a comment.</summary>
    public static string ToHocon(NodeConfiguration configuration)
    {
        var text = new StringBuilder();
        Section(text, configuration.Settings, HoconDocument.NodeSection, HoconDocument.NodeSection, configuration.Tree, indent: 0);
        return text.ToString();
    }

    /// <summary>The settings as JSON, values spelled as in HOCON; numbers and switches are JSON's own.</summary>
    public static JsonObject ToJson(object settings)
    {
        var result = new JsonObject();
        foreach (var key in SettingsShape.Of(settings.GetType()).Keys)
            result[key.Name] = Node(key, key.In(settings));
        return result;
    }

    private static void Section(StringBuilder text, object settings, string name, string path, SettingsTree tree, int indent)
    {
        text.Append(' ', indent).Append(name).Append(" {\n");
        foreach (var key in SettingsShape.Of(settings.GetType()).Keys)
        {
            var keyPath = $"{path}.{key.Name}";
            if (key.IsSection)
            {
                Section(text, key.In(settings)!, key.Name, keyPath, tree, indent + 2);
                continue;
            }

            text.Append(' ', indent + 2).Append(key.Name).Append(" = ").Append(Hocon(key, key.In(settings)));
            if (tree[keyPath] is { } value && !value.Origin.StartsWith(NodeConfiguration.ReferenceName, StringComparison.Ordinal))
                text.Append("  # ").Append(value.Origin);
            text.Append('\n');
        }

        text.Append(' ', indent).Append("}\n");
    }

    private static string Hocon(SettingKey key, object? value)
    {
        if (value is ImmutableArray<string> items)
            return $"[{string.Join(", ", items.Select(item => Quoted(Shown(key, item))))}]";
        return value is null ? "off" : value is string text ? Quoted(Shown(key, text)) : key.Type!.Format(value);
    }

    private static JsonNode? Node(SettingKey key, object? value) => value switch
    {
        null => null,
        _ when key.IsSection => ToJson(value),
        ImmutableArray<string> items => new JsonArray([.. items.Select(item => (JsonNode)JsonValue.Create(Shown(key, item)))]),
        string text => JsonValue.Create(Shown(key, text)),
        bool flag => JsonValue.Create(flag),
        int or long or double when key.Type!.Format(value) is var number && number.All(c => char.IsDigit(c) || c is '-' or '.') => JsonNode.Parse(number),
        _ => JsonValue.Create(key.Type!.Format(value)),
    };

    private static string Quoted(string text) => $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    private static string Shown(SettingKey key, string text) => key.Secret ? Masked(text) : text;

    /// <summary>A connection string without its secrets. Whatever is not understood as one is masked as a whole.</summary>
    internal static string Masked(string text)
    {
        if (text.Length == 0)
            return text;
        try
        {
            var parts = new DbConnectionStringBuilder { ConnectionString = text };
            foreach (var name in parts.Keys.Cast<string>().Where(IsSecret).ToArray())
                parts[name] = Mask;
            return parts.ConnectionString;
        }
        catch (ArgumentException)
        {
            return Mask;
        }
    }

    private static bool IsSecret(string name) =>
        name.Contains("pass", StringComparison.OrdinalIgnoreCase)
        || name.Contains("pwd", StringComparison.OrdinalIgnoreCase)
        || name.Contains("secret", StringComparison.OrdinalIgnoreCase)
        || name.Contains("token", StringComparison.OrdinalIgnoreCase);
}
