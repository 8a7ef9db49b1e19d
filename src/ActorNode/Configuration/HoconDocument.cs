using System.Collections.Immutable;
using Akka.Configuration;
using Akka.Configuration.Hocon;

namespace ActorNode.Configuration;

/// <summary>A HOCON document: its values under <c>actornode</c>, and what it holds for the actor system under <c>akka</c>.</summary>
public sealed record HoconDocument(SettingsTree Settings, Config Akka)
{
    /// <summary>The section that is the node's own.</summary>
    public const string NodeSection = "actornode";

    /// <summary>The section that goes to the actor system as it is.</summary>
    public const string AkkaSection = "akka";

    /// <summary>Reads a document.</summary>
    /// <param name="text">HOCON.</param>
    /// <param name="name">The document's name in problems.</param>
    /// <exception cref="SettingsException">The text is malformed, or has a section that nobody reads.</exception>
    public static HoconDocument Parse(string text, string name)
    {
        var root = Root(text, name);
        var lines = HoconLines.Of(text);
        string Origin(string path) => lines.TryGetValue(path, out var line) ? $"{name} line {line}" : name;

        var problems = root.Items.Keys
            .Where(key => key is not (NodeSection or AkkaSection))
            .Select(key => $"{key} ({Origin(key)}): unknown key; only the sections '{NodeSection}' and '{AkkaSection}' are read"
                + (NearestName.Of(key, [NodeSection, AkkaSection]) is { } meant ? $"; did you mean '{meant}'?" : ""))
            .Concat(root.Items
                .Where(item => item.Key is NodeSection or AkkaSection && !item.Value.IsObject())
                .Select(item => $"{item.Key} ({Origin(item.Key)}): is not a section"))
            .ToImmutableArray();
        if (!problems.IsEmpty)
            throw new SettingsException(problems);

        var values = new List<KeyValuePair<string, SettingValue>>();
        if (root.GetKey(NodeSection) is { } node)
            Flatten(node, NodeSection, Origin, values);
        return new HoconDocument(SettingsTree.Of(values), root.GetKey(AkkaSection)?.AtKey(AkkaSection) ?? Config.Empty);
    }

    private static HoconObject Root(string text, string name)
    {
        try
        {
            return ConfigurationFactory.ParseString(text).Root.GetObject() ?? new HoconObject();
        }
        catch (Exception malformed) when (malformed is not OutOfMemoryException)
        {
            // What a parser throws at malformed text differs between engines; every failure of it means the same to the operator.
            throw new SettingsException([$"{name}: {malformed.Message}"]);
        }
    }

    private static void Flatten(HoconValue value, string path, Func<string, string> origin, List<KeyValuePair<string, SettingValue>> into)
    {
        SettingValue Value(SettingForm form, ImmutableArray<string> items) => new(form, items, origin(path));

        if (value.IsObject())
        {
            var items = value.GetObject()!.Items;
            if (items.Count == 0)
                into.Add(new(path, Value(SettingForm.Section, [])));
            foreach (var (key, child) in items)
                Flatten(child, $"{path}.{key}", origin, into);
        }
        else if (value.IsArray())
            into.Add(new(path, Value(SettingForm.List, [.. value.GetArray().Select(item => item.GetString() ?? "")])));
        else
            into.Add(new(path, Value(SettingForm.Text, [value.GetString() ?? ""])));
    }
}
