namespace Akka.Configuration.Hocon;

/// <summary><c>${path}</c>: stands for the value at that path of the same document, once the document is complete.</summary>
public class HoconSubstitution : IHoconElement, IMightBeAHoconObject
{
    public HoconSubstitution(string path) => Path = path;

    protected HoconSubstitution()
        : this("")
    {
    }

    public string Path { get; set; }

    /// <summary>Null until the document is complete.</summary>
    public HoconValue? ResolvedValue { get; set; }

    /// <summary>Where it stands in the source, for messages about it.</summary>
    internal int Line { get; init; }

    public bool IsString() => ResolvedValue is not null && ResolvedValue.IsString();

    public string? GetString() => Resolved.GetString();

    public bool IsArray() => ResolvedValue is not null && ResolvedValue.IsArray();

    public IList<HoconValue> GetArray() => Resolved.GetArray();

    public bool IsObject() => ResolvedValue is not null && ResolvedValue.IsObject();

    public HoconObject? GetObject() => Resolved.GetObject();

    private HoconValue Resolved => ResolvedValue ?? throw new ConfigurationException($"Substitution ${{{Path}}} is not resolved.");
}
