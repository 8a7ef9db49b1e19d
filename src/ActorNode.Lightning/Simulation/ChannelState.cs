using System.Collections.Immutable;
using System.Text.Json.Serialization;
using ActorNode.Upkeep;

namespace ActorNode.Lightning.Simulation;

/// <summary>How far a channel is.</summary>
internal enum ChannelStage
{
    /// <summary>Its funding is not confirmed.</summary>
    Funding,

    /// <summary>It carries payments.</summary>
    Open,

    /// <summary>Its closing transaction is signed.</summary>
    Closed,
}

/// <summary>A payment on its way over one channel, as the node that this is about sees it.</summary>
internal sealed record Htlc(string Id, bool Outgoing, ulong AmountMsat);

/// <summary>
/// One channel. Pure and immutable: the node and its peer each hold one and apply the same updates in the same order, so with the same
/// commitment number both are the same. Amounts are conserved: local, remote and all HTLCs make up the capacity.
/// </summary>
internal sealed record ChannelState(
    string Id, ulong ShortChannelId, string Peer, ulong CapacityMsat, ulong LocalMsat, ulong RemoteMsat, ChannelStage Stage, long CommitmentNumber)
{
    public ImmutableSortedDictionary<string, Htlc> Htlcs { get; init; } = ImmutableSortedDictionary.Create<string, Htlc>(StringComparer.Ordinal);

    public bool ClosedByForce { get; init; }

    /// <summary>The channel after an update, with the next commitment number.</summary>
    /// <exception cref="SimulationException">The update cannot be applied to this channel.</exception>
    public ChannelState Apply(ChannelUpdate update)
    {
        var next = update switch
        {
            ChannelUpdate.Opened when Stage == ChannelStage.Funding => this with { Stage = ChannelStage.Open },
            ChannelUpdate.HtlcAdded { Htlc: var htlc } when Stage == ChannelStage.Open && !Htlcs.ContainsKey(htlc.Id) => Add(htlc),
            ChannelUpdate.HtlcFulfilled { Id: var id } when Htlcs.TryGetValue(id, out var htlc) => Remove(htlc, toLocal: !htlc.Outgoing),
            ChannelUpdate.HtlcFailed { Id: var id } when Htlcs.TryGetValue(id, out var htlc) => Remove(htlc, toLocal: htlc.Outgoing),
            ChannelUpdate.Closed { Force: var force } when Stage == ChannelStage.Open && Htlcs.IsEmpty => this with { Stage = ChannelStage.Closed, ClosedByForce = force },
            _ => throw new SimulationException($"channel {Id} at commitment {CommitmentNumber} ({Stage}) got an update that does not fit: {update}"),
        };
        return next with { CommitmentNumber = CommitmentNumber + 1 };
    }

    /// <summary>Whether both sides hold the same.</summary>
    public bool IsSameAs(ChannelState other) =>
        this with { Htlcs = other.Htlcs } == other && Htlcs.Values.SequenceEqual(other.Htlcs.Values);

    /// <summary>What is wrong with the amounts; null: nothing.</summary>
    public string? Problem()
    {
        var inHtlcs = Htlcs.Values.Aggregate(0UL, (sum, htlc) => sum + htlc.AmountMsat);
        return LocalMsat + RemoteMsat + inHtlcs == CapacityMsat
            ? null
            : $"channel {Id} has {LocalMsat} + {RemoteMsat} + {inHtlcs} msat, but its capacity is {CapacityMsat}";
    }

    private ChannelState Add(Htlc htlc)
    {
        if ((htlc.Outgoing ? LocalMsat : RemoteMsat) < htlc.AmountMsat)
            throw new SimulationException($"channel {Id} cannot pay HTLC {htlc.Id} of {htlc.AmountMsat} msat");
        var added = this with { Htlcs = Htlcs.Add(htlc.Id, htlc) };
        return htlc.Outgoing ? added with { LocalMsat = LocalMsat - htlc.AmountMsat } : added with { RemoteMsat = RemoteMsat - htlc.AmountMsat };
    }

    private ChannelState Remove(Htlc htlc, bool toLocal)
    {
        var removed = this with { Htlcs = Htlcs.Remove(htlc.Id) };
        return toLocal ? removed with { LocalMsat = LocalMsat + htlc.AmountMsat } : removed with { RemoteMsat = RemoteMsat + htlc.AmountMsat };
    }
}

/// <summary>One change of a channel: what a new commitment agrees on.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(Funded), "funded")]
[JsonDerivedType(typeof(Opened), "opened")]
[JsonDerivedType(typeof(HtlcAdded), "added")]
[JsonDerivedType(typeof(HtlcFulfilled), "fulfilled")]
[JsonDerivedType(typeof(HtlcFailed), "failed")]
[JsonDerivedType(typeof(Closed), "closed")]
internal abstract record ChannelUpdate
{
    /// <summary>The channel exists.</summary>
    public sealed record Funded(ChannelState Channel) : ChannelUpdate;

    /// <summary>Its funding is deep enough in the chain.</summary>
    public sealed record Opened : ChannelUpdate;

    /// <summary>A payment enters. An outgoing one says where it goes, unless it is forwarded and its peer is the last hop.</summary>
    public sealed record HtlcAdded(Htlc Htlc, PaymentPath? Route, bool Probe) : ChannelUpdate;

    /// <summary>A payment was taken by whoever it was for.</summary>
    public sealed record HtlcFulfilled(string Id) : ChannelUpdate;

    /// <summary>A payment goes back.</summary>
    public sealed record HtlcFailed(string Id) : ChannelUpdate;

    /// <summary>The channel ends, in agreement or by force.</summary>
    public sealed record Closed(bool Force) : ChannelUpdate;
}

/// <summary>
/// A change that the chain monitor writes down and the peer then learns of, but not before the manager that knows of it is on disk.
/// <paramref name="Acks"/> is the peer's message that caused it.
/// </summary>
internal sealed record MonitorOperation(long Id, string Channel, long CommitmentNumber, ChannelUpdate Update, string? Acks);

/// <summary>The simulated world would not be possible in reality.</summary>
public sealed class SimulationException(string message) : Exception(message);
