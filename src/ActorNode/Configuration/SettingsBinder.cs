using System.Collections.Immutable;

namespace ActorNode.Configuration;

/// <summary>
/// Turns a section of a configuration into a settings record: each key is an init property in kebab-case. Whatever has no property, is of
/// another type or breaks a rule is refused; all problems are reported together. A key that is missing keeps the record's default.
/// </summary>
public sealed class SettingsBinder
{
    private readonly SettingsTree _tree;
    private readonly ImmutableArray<string>.Builder _problems = ImmutableArray.CreateBuilder<string>();
    private readonly List<string> _knownPaths = [];

    private SettingsBinder(SettingsTree tree) => _tree = tree;

    /// <summary>Binds a section.</summary>
    /// <exception cref="SettingsException">The section breaks rules.</exception>
    public static T Bind<T>(SettingsTree tree, string section)
        where T : class, new()
    {
        var binder = new SettingsBinder(tree);
        binder.Collect(typeof(T), section);
        var settings = (T)binder.Bind(typeof(T), section);
        return binder._problems.Count == 0 ? settings : throw new SettingsException(binder._problems.ToImmutable());
    }

    private void Collect(Type type, string section)
    {
        foreach (var key in SettingsShape.Of(type).Keys)
        {
            var path = $"{section}.{key.Name}";
            _knownPaths.Add(path);
            if (key.IsSection)
                Collect(key.Property.PropertyType, path);
        }
    }

    private object Bind(Type type, string section)
    {
        var settings = Activator.CreateInstance(type)!;
        var shape = SettingsShape.Of(type);
        var before = _problems.Count;
        foreach (var key in shape.Keys)
            BindKey(settings, key, $"{section}.{key.Name}");
        RefuseUnknown(shape, section);

        // Rules over several values say something only where each value is right by itself.
        if (_problems.Count == before && settings is ISettingsRules rules)
        {
            foreach (var (key, rule) in rules.Problems())
                Refuse($"{section}.{key}", rule);
        }

        return settings;
    }

    private void BindKey(object settings, SettingKey key, string path)
    {
        var value = _tree[path];
        if (key.IsSection)
        {
            if (value is { Form: not SettingForm.Section })
                RefuseValue(path, key, value);
            else
                key.Property.SetValue(settings, Bind(key.Property.PropertyType, path));
            return;
        }

        if (_tree.Below(path).FirstOrDefault() is { Key: not null } below)
            Problem(path, below.Value.Origin, $"is a section, but should be {key.Expected}");
        else if (value is { Form: SettingForm.Section } || (value is { Form: SettingForm.List } && !key.IsList))
            RefuseValue(path, key, value);
        else if (value is not null)
            BindValue(settings, key, path, value);
    }

    private void BindValue(object settings, SettingKey key, string path, SettingValue value)
    {
        if (key.IsList)
        {
            // A single text may stand for a list, as on the command line and in the environment.
            var items = value.Form == SettingForm.List
                ? value.Items
                : [.. value.Items[0].Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];
            key.Property.SetValue(settings, items);
            return;
        }

        var text = value.Items[0];
        if (key.Optional && SettingType.IsOff(text))
            key.Property.SetValue(settings, null);
        else if (key.Type!.Parse(text) is not { } parsed)
            RefuseValue(path, key, value);
        else if (!InRange(key, (IComparable)parsed))
            Problem(path, value.Origin, $"{Shown(key, value)} is out of range: {key.Range!.Min} to {key.Range.Max}");
        else
            key.Property.SetValue(settings, parsed);
    }

    private static bool InRange(SettingKey key, IComparable value) =>
        key.Range is not { } range
        || (value.CompareTo(key.Type!.Parse(range.Min)) >= 0 && value.CompareTo(key.Type.Parse(range.Max)) <= 0);

    private void RefuseUnknown(SettingsShape shape, string section)
    {
        var unknown = _tree.Below(section)
            .Select(v => (Name: v.Key[(section.Length + 1)..].Split('.')[0], v.Value.Origin))
            .Where(v => shape.Keys.All(k => k.Name != v.Name))
            .DistinctBy(v => v.Name);
        foreach (var (name, origin) in unknown)
        {
            var meant = NearestName.Of(name, shape.Keys.Select(k => k.Name))
                ?? _knownPaths.Find(path => path.EndsWith("." + name, StringComparison.Ordinal));
            Problem($"{section}.{name}", origin, meant is null ? "unknown key" : $"unknown key; did you mean '{meant}'?");
        }
    }

    private void RefuseValue(string path, SettingKey key, SettingValue value) =>
        Problem(path, value.Origin, $"{Shown(key, value)} is not {key.Expected}");

    private static string Shown(SettingKey key, SettingValue value) => key.Secret ? "the value" : value.Shown;

    private void Refuse(string path, string rule) => Problem(path, _tree[path]?.Origin, rule);

    private void Problem(string path, string? origin, string rule) =>
        _problems.Add(origin is null ? $"{path}: {rule}" : $"{path} ({origin}): {rule}");
}
