using System.Collections.Immutable;

namespace ActorNode.Upkeep;

/// <summary>
/// Learns which channels pass payments on. LDK: <c>ScoreUpdate</c>. <c>sinceEpoch</c> is the time since 1970. Called from one place at a
/// time, except <see cref="Encode"/>, which any thread may call.
/// </summary>
public interface IScorer
{
    /// <summary>A payment over <paramref name="path"/> failed at <paramref name="shortChannelId"/>. LDK: <c>payment_path_failed</c>.</summary>
    void PaymentPathFailed(PaymentPath path, ulong shortChannelId, TimeSpan sinceEpoch);

    /// <summary>A payment over <paramref name="path"/> arrived. LDK: <c>payment_path_successful</c>.</summary>
    void PaymentPathSuccessful(PaymentPath path, TimeSpan sinceEpoch);

    /// <summary>A probe failed at <paramref name="shortChannelId"/>. LDK: <c>probe_failed</c>.</summary>
    void ProbeFailed(PaymentPath path, ulong shortChannelId, TimeSpan sinceEpoch);

    /// <summary>A probe, or a payment that its recipient refused, reached its end. LDK: <c>probe_successful</c>.</summary>
    void ProbeSuccessful(PaymentPath path, TimeSpan sinceEpoch);

    /// <summary>Lets what was learned fade. LDK: <c>time_passed</c>.</summary>
    void TimePassed(TimeSpan sinceEpoch);

    /// <summary>All scores, as they are now. LDK: <c>encode</c>.</summary>
    ReadOnlyMemory<byte> Encode();
}

/// <summary>The way of a payment, from the first hop to the recipient. LDK: <c>Path</c>.</summary>
public sealed record PaymentPath(ImmutableArray<PathHop> Hops);

/// <summary>One hop of a path. LDK: <c>RouteHop</c>.</summary>
/// <param name="PublicKey">The node it leads to: 33 bytes, hex.</param>
/// <param name="ShortChannelId">The channel used to reach it.</param>
/// <param name="FeeMsat">The fee taken for the next hop, in millisatoshi; for the last hop the amount.</param>
/// <param name="CltvExpiryDelta">Blocks added for the next hop.</param>
public readonly record struct PathHop(string PublicKey, ulong ShortChannelId, ulong FeeMsat, uint CltvExpiryDelta);
