using System.Text;

namespace Akka.Configuration.Hocon;

/// <summary>
/// What a key holds: a concatenation of parts. Text parts make one string, lists one list, an object stands alone; a substitution
/// counts as what it stands for. <see cref="GetString"/>, <see cref="GetArray"/> and <see cref="GetObject"/> tell which.
/// </summary>
public partial class HoconValue : IMightBeAHoconObject
{
    public HoconValue()
        : this([], adoptedFromFallback: false)
    {
    }

    public HoconValue(List<IHoconElement> values, bool adoptedFromFallback = true)
    {
        Values = values;
        AdoptedFromFallback = adoptedFromFallback;
    }

    public List<IHoconElement> Values { get; }

    public bool IsEmpty => Values.Count == 0 || Values[0] is HoconObject { Items.Count: 0 };

    /// <summary>Whether it came into its object from a fallback.</summary>
    internal bool AdoptedFromFallback { get; }

    /// <summary>The line of the source that set it last, from 1; 0 when it has no source.</summary>
    internal int Line { get; set; }

    public void AppendValue(IHoconElement value) => Values.Add(value);

    public void Clear() => Values.Clear();

    public void NewValue(IHoconElement value)
    {
        Values.Clear();
        Values.Add(value);
    }

    public Config ToConfig() => new(new HoconRoot(this));

    public Config AtKey(string key)
    {
        var parent = new HoconObject();
        parent.Items.Add(key, this);
        var root = new HoconValue();
        root.AppendValue(parent);
        return new Config(new HoconRoot(root));
    }

    public bool IsObject() => GetObject() is not null;

    /// <summary>The object, or null where the value is none.</summary>
    public HoconObject? GetObject() => Values.Count == 0 ? null : Values[0] switch
    {
        HoconObject direct => direct,
        IMightBeAHoconObject other when other.IsObject() => other.GetObject(),
        _ => null,
    };

    /// <summary>The value of a key of the object, null when the key or the object is absent.</summary>
    public HoconValue? GetChildObject(string key) => GetObject()?.GetKey(key);

    public bool IsString() => Values.Count > 0 && Values.TrueForAll(part => part.IsString());

    /// <summary>The text without white space around it; null for the word <c>null</c> and for what is not text.</summary>
    public string? GetString()
    {
        if (!IsString())
            return null;
        var text = Values.Count == 1 ? Values[0].GetString() : string.Concat(Values.Select(part => part.GetString()));
        text = text?.Trim();
        return text == "null" ? null : text;
    }

    public bool IsArray() => Values.Exists(part => part.IsArray());

    /// <summary>The elements of all lists in the value; empty where there is none.</summary>
    public IList<HoconValue> GetArray() => Values.Where(part => part.IsArray()).SelectMany(part => part.GetArray()).ToList();

    public override string ToString() => ToString(0);

    /// <summary>Text that reads as the same value again. Keys that came from a fallback are left out.</summary>
    public virtual string ToString(int indent) => Render(indent, withAdopted: false);

    internal HoconValue With(HoconObject content) => new([content], AdoptedFromFallback) { Line = Line };

    internal HoconValue Adopted() => AdoptedFromFallback ? this : new([.. Values], adoptedFromFallback: true) { Line = Line };

    internal string Render(int indent, bool withAdopted)
    {
        if (GetObject() is { } content)
        {
            // Inside an adopted value everything is adopted: it is shown whole or not at all.
            var body = content.Render(indent + 1, withAdopted || AdoptedFromFallback);
            return body.Length == 0 ? "{}" : new StringBuilder("{\n").Append(body).Append(' ', indent * 2).Append('}').ToString();
        }

        if (IsArray())
            return "[" + string.Join(", ", GetArray().Select(element => element.Render(indent, withAdopted: true))) + "]";
        if (Values.Count == 0)
            return "\"\"";
        return GetString() is { } text ? HoconPath.Text(text) : "null";
    }
}
