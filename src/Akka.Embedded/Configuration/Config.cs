using System.Diagnostics.CodeAnalysis;
using Akka.Configuration.Hocon;

namespace Akka.Configuration;

/// <summary>
/// A tree of settings addressed by dotted paths (<c>a.b."quoted.key"</c>). A getter returns its default where the path is absent and
/// throws, naming the path, where the value has another form. Reading is safe from any thread.
/// </summary>
public class Config
{
    public static readonly Config Empty = ConfigurationFactory.Empty;

    public Config()
        : this(new HoconRoot(new HoconValue()))
    {
    }

    public Config(HoconRoot root)
    {
        ArgumentNullException.ThrowIfNull(root);
        Root = root.Value ?? throw new ArgumentException("The document has no value.", nameof(root));
        Substitutions = root.Substitutions;
    }

    /// <summary><paramref name="source"/> over <paramref name="fallback"/>, where the latter may be absent.</summary>
    public Config(Config source, Config? fallback)
        : this(new HoconRoot(source.Over(fallback), source.Substitutions)) => Fallback = source.Behind(fallback);

    /// <summary>What stands behind this configuration; its keys are already part of <see cref="Root"/>.</summary>
    public Config? Fallback { get; private init; }

    public virtual HoconValue Root { get; }

    public virtual bool IsEmpty => Root.IsEmpty;

    public IEnumerable<HoconSubstitution> Substitutions { get; set; }

    public static Config operator +(Config config, string fallback) => config.WithFallback(ConfigurationFactory.ParseString(fallback));

    public static Config operator +(string configHocon, Config fallbackConfig) =>
        ConfigurationFactory.ParseString(configHocon).WithFallback(fallbackConfig);

    public static implicit operator Config(string str) => ConfigurationFactory.ParseString(str);

    /// <summary>
    /// A configuration with the keys of both. Where both have a key this one's value stands, except that two objects are merged key by
    /// key; lists are not concatenated. Neither side is changed.
    /// </summary>
    public virtual Config WithFallback(Config? fallback)
    {
        if (ReferenceEquals(fallback, this))
            throw new ArgumentException("A configuration cannot be its own fallback.", nameof(fallback));
        if (fallback.IsNullOrEmpty())
            return this;
        return IsEmpty ? fallback : new Config(this, fallback);
    }

    public virtual bool HasPath(string path) => Find(path) is not null;

    /// <summary>The section at a path, null when it is absent.</summary>
    public virtual Config? GetConfig(string path)
    {
        if (Find(path) is not { } section)
            return null;
        return Fallback?.GetConfig(path) is { } behind
            ? new Config(new HoconRoot(section)) { Fallback = behind }
            : new Config(new HoconRoot(section));
    }

    /// <summary>The value at a path, null when it is absent.</summary>
    public HoconValue? GetValue(string path) => Find(path);

    [return: NotNullIfNotNull(nameof(@default))]
    public virtual string? GetString(string path, string? @default = null) => Find(path) is { } value ? value.GetString()! : @default;

    public virtual bool GetBoolean(string path, bool @default = false) => Read(path, @default, value => value.GetBoolean());

    public virtual int GetInt(string path, int @default = 0) => Read(path, @default, value => value.GetInt());

    public virtual long GetLong(string path, long @default = 0) => Read(path, @default, value => value.GetLong());

    public virtual float GetFloat(string path, float @default = 0) => Read(path, @default, value => value.GetFloat());

    public virtual double GetDouble(string path, double @default = 0) => Read(path, @default, value => value.GetDouble());

    public virtual decimal GetDecimal(string path, decimal @default = 0) => Read(path, @default, value => value.GetDecimal());

    public virtual TimeSpan GetTimeSpan(string path, TimeSpan? @default = null, bool allowInfinite = true) =>
        Read(path, @default.GetValueOrDefault(), value => value.GetTimeSpan(allowInfinite));

    public virtual long? GetByteSize(string path) => GetByteSize(path, null);

    public virtual long? GetByteSize(string path, long? def = null) => Read(path, def, value => value.GetByteSize());

    public virtual IList<bool> GetBooleanList(string path) => Read(path, [], value => value.GetBooleanList());

    public virtual IList<byte> GetByteList(string path) => Read(path, [], value => value.GetByteList());

    public virtual IList<int> GetIntList(string path) => Read(path, [], value => value.GetIntList());

    public virtual IList<long> GetLongList(string path) => Read(path, [], value => value.GetLongList());

    public virtual IList<float> GetFloatList(string path) => Read(path, [], value => value.GetFloatList());

    public virtual IList<double> GetDoubleList(string path) => Read(path, [], value => value.GetDoubleList());

    public virtual IList<decimal> GetDecimalList(string path) => Read(path, [], value => value.GetDecimalList());

    public virtual IList<string> GetStringList(string path) => GetStringList(path, []);

    public virtual IList<string> GetStringList(string path, string[] defaultPaths) =>
        Read<IList<string>>(path, defaultPaths, value => value.GetStringList());

    /// <summary>The keys of the first level with their values, this configuration's and then those of the fallbacks.</summary>
    public virtual IEnumerable<KeyValuePair<string, HoconValue>> AsEnumerable() => Root.GetObject()?.Items ?? [];

    /// <summary>Text that reads as the same configuration again, without what came from fallbacks.</summary>
    public override string ToString() => ToString(false);

    public string ToString(bool includeFallback) =>
        Root.GetObject() is { } root ? root.Render(0, includeFallback) : Root.Render(0, withAdopted: true);

    protected Config Copy(Config? fallback = null) => new(this, fallback);

    /// <summary>The line of the source text that set the value at a path; null when the path is absent or has no source.</summary>
    internal int? LineOf(string path) => Find(path) is { Line: > 0 } value ? value.Line : null;

    private HoconValue? Find(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        HoconValue? value = Root;
        foreach (var key in HoconPath.Split(path))
        {
            value = value.GetChildObject(key);
            if (value is null)
                return null;
        }

        return value;
    }

    private T Read<T>(string path, T @default, Func<HoconValue, T> read)
    {
        if (Find(path) is not { } value)
            return @default;
        try
        {
            return read(value);
        }
        catch (FormatException e)
        {
            throw new FormatException(Located(path, value, e.Message), e);
        }
        catch (NotSupportedException e)
        {
            throw new NotSupportedException(Located(path, value, e.Message), e);
        }
    }

    private static string Located(string path, HoconValue value, string message) =>
        value.Line > 0 ? $"{path} (line {value.Line}): {message}" : $"{path}: {message}";

    private HoconValue Over(Config? fallback)
    {
        if (fallback is null || Root.GetObject() is not { } ours || fallback.Root.GetObject() is not { } theirs)
            return Root;
        return Root.With(ours.MergedWith(theirs, adopted: true));
    }

    private Config? Behind(Config? fallback) => Fallback is null ? fallback : fallback is null ? Fallback : new Config(Fallback, fallback);
}
