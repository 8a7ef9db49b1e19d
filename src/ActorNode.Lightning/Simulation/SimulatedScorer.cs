using System.Collections.Immutable;
using ActorNode.Upkeep;

namespace ActorNode.Lightning.Simulation;

/// <summary>What is stored of a scorer: a penalty for each channel that failed, and the time up to which it has faded.</summary>
internal sealed record ScorerState(ImmutableSortedDictionary<ulong, double> Penalties, TimeSpan Time)
{
    public static readonly ScorerState Empty = new(ImmutableSortedDictionary<ulong, double>.Empty, TimeSpan.Zero);

    private static readonly TimeSpan HalfLife = TimeSpan.FromMinutes(10);

    public ScorerState Penalize(ulong channel, double by) => this with
    {
        Penalties = Penalties.GetValueOrDefault(channel) + by is > 0.01 and var penalty ? Penalties.SetItem(channel, Math.Min(penalty, 100)) : Penalties.Remove(channel),
    };

    public ScorerState Fade(TimeSpan now)
    {
        if (now <= Time)
            return this;
        var factor = Time == TimeSpan.Zero ? 1 : Math.Pow(0.5, (now - Time) / HalfLife);
        return new ScorerState(Penalties.Where(p => p.Value * factor > 0.01).ToImmutableSortedDictionary(p => p.Key, p => p.Value * factor), now);
    }
}

/// <summary>Learns which channels fail, and fades. Thread-safe; its state is replaced as a whole.</summary>
internal sealed class SimulatedScorer(ScorerState state) : IScorer
{
    private ScorerState _state = state;

    public ScorerState State => Volatile.Read(ref _state);

    /// <inheritdoc/>
    public void PaymentPathFailed(PaymentPath path, ulong shortChannelId, TimeSpan sinceEpoch) => Failed(path, shortChannelId);

    /// <inheritdoc/>
    public void PaymentPathSuccessful(PaymentPath path, TimeSpan sinceEpoch) => Arrived(path);

    /// <inheritdoc/>
    public void ProbeFailed(PaymentPath path, ulong shortChannelId, TimeSpan sinceEpoch) => Failed(path, shortChannelId);

    /// <inheritdoc/>
    public void ProbeSuccessful(PaymentPath path, TimeSpan sinceEpoch) => Arrived(path);

    /// <inheritdoc/>
    public void TimePassed(TimeSpan sinceEpoch) => Volatile.Write(ref _state, State.Fade(sinceEpoch));

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> Encode() => Encoding.Of(State);

    private void Arrived(PaymentPath path) =>
        Volatile.Write(ref _state, path.Hops.Aggregate(State, (state, hop) => state.Penalize(hop.ShortChannelId, -5)));

    private void Failed(PaymentPath path, ulong at)
    {
        // Whatever came before it works.
        var state = path.Hops.TakeWhile(h => h.ShortChannelId != at).Aggregate(State, (next, hop) => next.Penalize(hop.ShortChannelId, -5));
        Volatile.Write(ref _state, state.Penalize(at, 10));
    }
}
