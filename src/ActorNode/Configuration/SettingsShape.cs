using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Reflection;

namespace ActorNode.Configuration;

/// <summary>What a settings record consists of: its keys, in order of declaration.</summary>
internal sealed class SettingsShape
{
    private static readonly ConcurrentDictionary<Type, SettingsShape> Shapes = new();

    private SettingsShape(Type type) => Keys = [.. type
        .GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(p => p.SetMethod is { IsPublic: true } && !p.IsDefined(typeof(DerivedAttribute)))
        .Select(SettingKey.Of)];

    /// <summary>The record's keys.</summary>
    public ImmutableArray<SettingKey> Keys { get; }

    /// <summary>The shape of a record with a public parameterless constructor and init properties.</summary>
    public static SettingsShape Of(Type type) => Shapes.GetOrAdd(type, t => new SettingsShape(t));
}

/// <summary>
/// One key of a settings record. <see cref="Type"/> is null for a section, a nested record. <see cref="IsList"/>: several values of the type.
/// </summary>
internal sealed record SettingKey(string Name, PropertyInfo Property, SettingType? Type, bool IsList, bool Optional, bool Secret, InRangeAttribute? Range)
{
    /// <summary>True for a nested record.</summary>
    public bool IsSection => Type is null;

    /// <summary>What is expected, in words that follow "is not".</summary>
    public string Expected => IsSection ? "a section" : IsList ? $"a list, each {Type!.Expected}" : Optional ? $"{Type!.Expected}, or off" : Type!.Expected;

    /// <summary>The value of the key in a record.</summary>
    public object? In(object settings) => Property.GetValue(settings);

    public static SettingKey Of(PropertyInfo property)
    {
        var declared = property.PropertyType;
        var isList = declared == typeof(ImmutableArray<string>);
        var nullableText = declared == typeof(string)
            && new NullabilityInfoContext().Create(property).WriteState == NullabilityState.Nullable;
        var type = Nullable.GetUnderlyingType(declared);
        return new SettingKey(
            SettingType.Kebab(property.Name),
            property,
            isList ? SettingType.Text : TypeOf(type ?? declared, property.IsDefined(typeof(BytesAttribute))),
            isList,
            Optional: type is not null || nullableText,
            property.IsDefined(typeof(SecretAttribute)),
            property.GetCustomAttribute<InRangeAttribute>());
    }

    private static SettingType? TypeOf(Type type, bool bytes) =>
        type == typeof(string) ? SettingType.Text
        : type == typeof(bool) ? SettingType.Switch
        : type == typeof(int) ? bytes ? SettingType.IntBytes : SettingType.Int
        : type == typeof(long) ? bytes ? SettingType.LongBytes : SettingType.Long
        : type == typeof(double) ? SettingType.Double
        : type == typeof(TimeSpan) ? SettingType.Duration
        : type.IsEnum ? SettingType.Choice(type)
        : type.GetConstructor([]) is not null ? null
        : throw new NotSupportedException($"Settings cannot hold a {type}.");
}
