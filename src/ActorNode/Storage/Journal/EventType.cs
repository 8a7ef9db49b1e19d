using System.Text.Json.Serialization.Metadata;

namespace ActorNode.Storage.Journal;

/// <summary>
/// How one type of event or snapshot stands in the journal: under a short name that never changes its meaning, as JSON. What is added to the
/// type later is optional; what becomes another thing gets another name, and the old one stays readable.
/// </summary>
public sealed class EventType
{
    private const int MaxManifestLength = 24;

    private EventType(string manifest, JsonTypeInfo json)
    {
        if (manifest.Length is 0 or > MaxManifestLength || !manifest.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-'))
            throw new ArgumentException($"manifest '{manifest}' is not 1 to {MaxManifestLength} of a-z, 0-9 and '-'", nameof(manifest));
        Manifest = manifest;
        Json = json;
    }

    /// <summary>The name in the journal's manifest column.</summary>
    public string Manifest { get; }

    /// <summary>The type and its JSON contract.</summary>
    public JsonTypeInfo Json { get; }

    /// <param name="manifest">1 to 24 of a-z, 0-9 and '-'.</param>
    /// <param name="json">The contract, from a source-generated context.</param>
    public static EventType Of<T>(string manifest, JsonTypeInfo<T> json)
        where T : notnull => new(manifest, json);
}
