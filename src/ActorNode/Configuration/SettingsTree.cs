using System.Collections.Immutable;

namespace ActorNode.Configuration;

/// <summary>What stands at a path: a text, a list of texts, or an empty section. <see cref="Origin"/> is where, for operators.</summary>
public sealed record SettingValue(SettingForm Form, ImmutableArray<string> Items, string Origin)
{
    /// <summary>A single text.</summary>
    public static SettingValue Text(string text, string origin) => new(SettingForm.Text, [text], origin);

    /// <summary>What was written, for problems.</summary>
    public string Shown => Form switch
    {
        SettingForm.Text => $"'{Items[0]}'",
        SettingForm.List => $"[{string.Join(", ", Items)}]",
        _ => "a section",
    };
}

/// <summary>The forms of a value in a configuration.</summary>
public enum SettingForm
{
    /// <summary>A text, number, switch...</summary>
    Text,

    /// <summary>A list.</summary>
    List,

    /// <summary>A section without keys.</summary>
    Section,
}

/// <summary>
/// Values by full path ("actornode.http.urls"). Layers are laid over each other by <see cref="Over"/>: a path of the upper layer hides the
/// same path of the lower one, a value hides a section and the other way round.
/// </summary>
public sealed class SettingsTree
{
    private SettingsTree(ImmutableSortedDictionary<string, SettingValue> values) => Values = values;

    /// <summary>Nothing.</summary>
    public static SettingsTree Empty { get; } = new(ImmutableSortedDictionary.Create<string, SettingValue>(StringComparer.Ordinal));

    /// <summary>All values in order of their paths.</summary>
    public ImmutableSortedDictionary<string, SettingValue> Values { get; }

    /// <summary>A tree of values.</summary>
    public static SettingsTree Of(IEnumerable<KeyValuePair<string, SettingValue>> values) => new(Empty.Values.SetItems(values));

    /// <summary>The value at a path, or null.</summary>
    public SettingValue? this[string path] => Values.GetValueOrDefault(path);

    /// <summary>The paths and values below a path.</summary>
    public IEnumerable<KeyValuePair<string, SettingValue>> Below(string path) =>
        Values.Where(v => v.Key.Length > path.Length && v.Key[path.Length] == '.' && v.Key.StartsWith(path, StringComparison.Ordinal));

    /// <summary>This tree over a lower one.</summary>
    public SettingsTree Over(SettingsTree lower)
    {
        var result = lower.Values.ToBuilder();
        foreach (var (path, value) in Values)
        {
            // An empty section adds no value, so it hides none of the lower section's.
            if (value.Form == SettingForm.Section && lower.Below(path).Any())
                continue;
            foreach (var hidden in lower.Below(path))
                result.Remove(hidden.Key);
            for (var dot = path.LastIndexOf('.'); dot > 0; dot = path.LastIndexOf('.', dot - 1))
                result.Remove(path[..dot]);
            result[path] = value;
        }

        return new SettingsTree(result.ToImmutable());
    }
}
