using System.Text;

namespace Akka.Configuration.Hocon;

/// <summary>Keys and their values, in the order in which they were first named.</summary>
public class HoconObject : IHoconElement
{
    public Dictionary<string, HoconValue> Items { get; } = new(StringComparer.Ordinal);

    /// <summary>Nested objects as dictionaries; everything else as its <see cref="HoconValue"/>.</summary>
    public IDictionary<string, object> Unwrapped =>
        Items.ToDictionary(item => item.Key, item => item.Value.GetObject()?.Unwrapped ?? (object)item.Value);

    public bool IsString() => false;

    public string GetString() => throw new ConfigurationException("An object is not text.");

    public bool IsArray() => false;

    public IList<HoconValue> GetArray() => throw new ConfigurationException("An object is not a list.");

    /// <summary>The value of a key, null when the key is absent.</summary>
    public HoconValue? GetKey(string key) => Items.GetValueOrDefault(key);

    public HoconValue GetOrCreateKey(string key)
    {
        if (!Items.TryGetValue(key, out var value))
            Items.Add(key, value = new HoconValue());
        return value;
    }

    /// <summary>Takes over what <paramref name="other"/> has and this lacks; where both have an object, key by key.</summary>
    public void Merge(HoconObject other)
    {
        foreach (var (key, theirs) in other.Items)
        {
            if (!Items.TryGetValue(key, out var ours))
                Items.Add(key, theirs);
            else if (ours.GetObject() is { } ourObject && theirs.GetObject() is { } theirObject)
                Items[key] = ours.With(ourObject.MergedWith(theirObject, adopted: false));
        }
    }

    /// <summary>A new object of both; neither is changed. What comes from <paramref name="fallback"/> alone is marked as adopted.</summary>
    internal HoconObject MergedWith(HoconObject fallback, bool adopted)
    {
        var merged = new HoconObject();
        foreach (var (key, ours) in Items)
        {
            merged.Items.Add(key, ours.GetObject() is { } ourObject && fallback.GetKey(key)?.GetObject() is { } theirObject
                ? ours.With(ourObject.MergedWith(theirObject, adopted))
                : ours);
        }

        foreach (var (key, theirs) in fallback.Items)
        {
            if (!Items.ContainsKey(key))
                merged.Items.Add(key, adopted ? theirs.Adopted() : theirs);
        }

        return merged;
    }

    public override string ToString() => ToString(0);

    /// <summary>One line a key, as text that reads as the same object again. Keys that came from a fallback are left out.</summary>
    public string ToString(int indent) => Render(indent, withAdopted: false);

    internal string Render(int indent, bool withAdopted)
    {
        var text = new StringBuilder();
        foreach (var (key, value) in Items)
        {
            if (!withAdopted && value.AdoptedFromFallback)
                continue;
            text.Append(' ', indent * 2).Append(HoconPath.Key(key)).Append(" : ").Append(value.Render(indent, withAdopted)).Append('\n');
        }

        return text.ToString();
    }
}
