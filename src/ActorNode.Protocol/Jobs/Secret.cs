namespace ActorNode.Protocol.Jobs;

/// <summary>
/// A password, a token or a session's id on its way through messages. Whatever prints the message, a log of dead letters say, prints nothing of
/// it.
/// </summary>
public sealed class Secret(string value) : IEquatable<Secret>
{
    /// <summary>What a secret is printed as.</summary>
    public const string Redacted = "*REDACTED*";

    private readonly string _value = value;

    /// <summary>The text itself, for those who check or send it.</summary>
    public string Reveal() => _value;

    /// <inheritdoc/>
    public bool Equals(Secret? other) => other is not null && other._value == _value;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Secret);

    /// <inheritdoc/>
    public override int GetHashCode() => _value.GetHashCode(StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => Redacted;
}
