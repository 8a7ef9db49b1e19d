namespace ActorNode.Upkeep;

/// <summary>
/// Names one value of an <see cref="IUpkeepStore"/>, as LDK's <c>KVStore</c> does: three parts of at most 120 characters of
/// <c>a-z A-Z 0-9 _ -</c>. The namespaces may be empty, the secondary one alone may not be given.
/// </summary>
public sealed record UpkeepKey
{
    private const int MostCharacters = 120;

    /// <summary>The channel manager.</summary>
    public static readonly UpkeepKey Manager = new("", "", "manager");

    /// <summary>The network graph.</summary>
    public static readonly UpkeepKey NetworkGraph = new("", "", "network_graph");

    /// <summary>The scorer.</summary>
    public static readonly UpkeepKey Scorer = new("", "", "scorer");

    /// <summary>The namespace of events that no handler would take.</summary>
    public const string ParkedEvents = "parked_events";

    /// <exception cref="ArgumentException">A part breaks a rule; the message names part and rule.</exception>
    public UpkeepKey(string primaryNamespace, string secondaryNamespace, string key)
    {
        PrimaryNamespace = Checked(primaryNamespace, nameof(primaryNamespace));
        SecondaryNamespace = Checked(secondaryNamespace, nameof(secondaryNamespace));
        Key = Checked(key, nameof(key));
        if (key.Length == 0)
            throw new ArgumentException("is empty", nameof(key));
        if (primaryNamespace.Length == 0 && secondaryNamespace.Length > 0)
            throw new ArgumentException("is given without a primary namespace", nameof(secondaryNamespace));
    }

    /// <summary>The outer namespace, or empty.</summary>
    public string PrimaryNamespace { get; }

    /// <summary>The inner namespace, or empty.</summary>
    public string SecondaryNamespace { get; }

    /// <summary>The name within the namespaces.</summary>
    public string Key { get; }

    /// <inheritdoc/>
    public override string ToString() =>
        PrimaryNamespace.Length == 0 ? Key : SecondaryNamespace.Length == 0 ? $"{PrimaryNamespace}/{Key}" : $"{PrimaryNamespace}/{SecondaryNamespace}/{Key}";

    private static string Checked(string part, string name)
    {
        ArgumentNullException.ThrowIfNull(part, name);
        if (part.Length > MostCharacters)
            throw new ArgumentException($"is {part.Length} characters long, but should be at most {MostCharacters}", name);
        if (!part.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-'))
            throw new ArgumentException("should be letters, digits, '_' and '-' only", name);
        return part;
    }
}
