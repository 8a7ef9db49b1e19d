namespace ActorNode.Configuration;

/// <summary>A number of bytes: takes units ("32 MiB", "64k") as well as a plain number.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class BytesAttribute : Attribute;

/// <summary>
/// Holds a secret, or text that may contain one, such as the password of a connection string. It is masked wherever settings are
/// shown, and never repeated in a problem.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SecretAttribute : Attribute;

/// <summary>The smallest and the largest value, both allowed, written as in a configuration file ("1 KiB", "500 ms").</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class InRangeAttribute(string min, string max) : Attribute
{
    /// <summary>The smallest value.</summary>
    public string Min { get; } = min;

    /// <summary>The largest value.</summary>
    public string Max { get; } = max;
}

/// <summary>A settings record with rules over several of its values, or over what no attribute can say.</summary>
public interface ISettingsRules
{
    /// <summary>The rules that the values break: the key within the section, and the rule in words that follow the key.</summary>
    IEnumerable<(string Key, string Rule)> Problems();
}
