using System.Collections.Immutable;
using ActorNode.Tezos.Keys;

namespace ActorNode.Tezos.Signers.Remote;

/// <summary>Where a remote signer is and what it may cost.</summary>
public sealed record RemoteSignerSettings
{
    /// <summary>
    /// Base addresses, the preferred one first: http or https, with a path if the signer has one. All of them must be the same signer, or
    /// share one store of watermarks.
    /// </summary>
    public required ImmutableArray<Uri> Endpoints { get; init; }

    /// <summary>The keys that are asked of it. The protocol has no call that lists them.</summary>
    public required ImmutableArray<PublicKeyHash> Keys { get; init; }

    /// <summary>Signs every request, where the signer wants to know who asks. Belongs to the caller.</summary>
    public SecretKey? Authentication { get; init; }

    /// <summary>A whole call, over all endpoints.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>One attempt to connect.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Bytes of an answer, at most.</summary>
    public int MaxResponseLength { get; init; } = 64 * 1024;

    /// <summary>An endpoint that failed is last in line for so long, and twice as long after each further failure.</summary>
    public TimeSpan MinRest { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest of these times.</summary>
    public TimeSpan MaxRest { get; init; } = TimeSpan.FromSeconds(30);

    /// <exception cref="ArgumentException">A setting cannot be used; the message names it.</exception>
    internal void Check()
    {
        if (Endpoints.IsDefaultOrEmpty)
            throw new ArgumentException("endpoints: at least one is needed");
        foreach (var endpoint in Endpoints)
            if (!endpoint.IsAbsoluteUri || endpoint.Scheme is not ("http" or "https") || endpoint.UserInfo.Length + endpoint.Query.Length + endpoint.Fragment.Length > 0)
                throw new ArgumentException("endpoints: must be http or https without user, query and fragment");
        if (Keys.IsDefault)
            throw new ArgumentException("keys: must be given");
        foreach (var (name, value) in new[] { ("timeout", Timeout), ("connect timeout", ConnectTimeout), ("min rest", MinRest), ("max rest", MaxRest) })
            if (value <= TimeSpan.Zero || value.TotalMilliseconds > int.MaxValue)
                throw new ArgumentException($"{name}: must be positive, and less than 24 days");
        if (MaxResponseLength < 1024)
            throw new ArgumentException("max response length: must be 1024 at least");
    }
}
