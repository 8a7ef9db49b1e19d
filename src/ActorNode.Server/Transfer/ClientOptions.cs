namespace ActorNode.Server.Transfer;

/// <summary>Which node a command speaks to, and how patiently.</summary>
public sealed record ClientOptions(Uri Url)
{
    /// <summary>The bearer token, or null.</summary>
    public string? Token { get; init; }

    /// <summary>How long one request may take.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(100);

    /// <summary>When nothing succeeded for so long, a command fails.</summary>
    public TimeSpan GiveUpAfter { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The wait before a first repeat.</summary>
    public TimeSpan MinBackoff { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The longest wait before a repeat, unless the node asks for a longer one.</summary>
    public TimeSpan MaxBackoff { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Never shows the token.</summary>
    public override string ToString() => Url.ToString();
}
