using System.Collections.Immutable;

namespace ActorNode.Lightning.Simulation;

/// <summary>
/// What happens outside the node: blocks, payments on their way through the network, what peers say. Guarded by <see cref="Gate"/>, which
/// guards everything simulated; random only in steps.
/// </summary>
internal sealed class World
{
    public const ulong CapacityMsat = 2_000_000_000;
    private const ulong OnChainFeeMsat = 1_000_000;
    private const int FundingDepth = 2;
    private const int OutputDelay = 3;

    /// <summary>Blocks after which what happened on chain is not looked at any more.</summary>
    public const int SettledDepth = 6;

    public World(WorldState state, SimulationSettings settings, Random random)
    {
        (State, Settings, Random) = (state, settings, random);
    }

    public Lock Gate { get; } = new();

    public WorldState State { get; set; }

    public SimulationSettings Settings { get; }

    public Random Random { get; }

    public ViolationLog Violations { get; init; } = new(null);

    /// <summary>A new world: nodes, their channels, and money for the node and its peers.</summary>
    public static WorldState Create(SimulationSettings settings, Random random)
    {
        var peers = Enumerable.Range(0, settings.Peers).Select(_ => NodeId(random)).ToImmutableArray();
        ImmutableArray<string> nodes = [.. peers, .. Enumerable.Range(0, settings.Nodes).Select(_ => NodeId(random))];
        var network = ImmutableSortedDictionary.CreateBuilder<ulong, NetworkChannel>();
        void Connect(string a, string b)
        {
            var id = ShortChannelId(700_000 + network.Count, network.Count, 0);
            var capacity = (ulong)random.NextInt64(1_000_000_000, 5_000_000_000);
            network.Add(id, new NetworkChannel(id, a, b, capacity, (ulong)(capacity * random.NextDouble())));
        }

        for (var i = 0; i < nodes.Length; i++)
            Connect(nodes[i], nodes[(i + 1) % nodes.Length]);
        for (var i = 0; i < nodes.Length; i++)
        {
            var (a, b) = (random.Next(nodes.Length), random.Next(nodes.Length));
            if (a != b)
                Connect(nodes[a], nodes[b]);
        }

        var wallet = CapacityMsat * (ulong)settings.Peers * 4;
        return new WorldState(NodeId(random), peers)
        {
            TotalMsat = wallet * 2,
            NodeWalletMsat = wallet,
            PeersWalletMsat = wallet,
            Network = network.ToImmutable(),
        };
    }

    public static ulong ShortChannelId(int block, int transaction, int output) => ((ulong)block << 40) | ((ulong)transaction << 16) | (uint)output;

    /// <summary>A number that was never given out before.</summary>
    public long NextNumber()
    {
        State = State with { Counter = State.Counter + 1 };
        return State.Counter;
    }

    /// <summary>A peer learns of an operation: it has the next commitment, and repeats no more what that acknowledges.</summary>
    public void Apply(MonitorOperation operation, DateTimeOffset now)
    {
        if (operation.Update is ChannelUpdate.Funded { Channel: var channel })
        {
            if (!State.Channels.ContainsKey(channel.Id))
                Fund(channel);
            return;
        }

        if (!State.Channels.TryGetValue(operation.Channel, out var known))
        {
            Violations.Add($"channel {operation.Channel}: an update of a channel that its peer does not know");
            return;
        }

        if (operation.CommitmentNumber <= known.CommitmentNumber)
            return;
        if (operation.CommitmentNumber != known.CommitmentNumber + 1)
        {
            Violations.Add($"channel {operation.Channel}: the peer has commitment {known.CommitmentNumber} and got {operation.CommitmentNumber}");
            return;
        }

        var next = known.Apply(operation.Update);
        State = State with
        {
            Channels = State.Channels.SetItem(next.Id, next),
            Outbox = operation.Acks is { } acked ? State.Outbox.RemoveAll(m => m.Id == acked) : State.Outbox,
        };
        switch (operation.Update)
        {
            case ChannelUpdate.HtlcAdded { Htlc: { Outgoing: true } htlc } added:
                State = State with
                {
                    Journeys = State.Journeys.Add(new Journey(next.Id, htlc, added.Route, added.Probe, now + TimeSpan.FromMilliseconds(Random.Next(20, 200)))),
                };
                break;
            case ChannelUpdate.Closed closed:
                State = State with { Mempool = State.Mempool.SetItem(next.Id, new Closing(next.Id, closed.Force ? 0 : 5)) };
                break;
        }
    }

    /// <summary>Payments whose time has come arrive or fail; peers will say so.</summary>
    public void EndJourneys(DateTimeOffset now)
    {
        foreach (var journey in State.Journeys.Where(j => j.Due <= now))
        {
            var message = Outcome(journey, now);
            State = State with { Journeys = State.Journeys.Remove(journey), Outbox = State.Outbox.Add(message) };
        }
    }

    /// <summary>A block: fundings get deeper, closing transactions that pay enough and all sweeps are in it.</summary>
    public void Mine()
    {
        var height = State.Height + 1;
        var leastFeerate = Random.Next(1, 5);
        var next = State with { Height = height };
        foreach (var closing in State.Mempool.Values.Where(c => c.Feerate >= leastFeerate))
            next = Settle(next, State.Channels[closing.Channel], height);
        foreach (var output in State.Outputs.Values.Where(o => o is { SweepBroadcast: true, SweptAt: null }))
        {
            next = next with
            {
                Outputs = next.Outputs.SetItem(output.Id, output with { SweptAt = height }),
                NodeWalletMsat = next.NodeWalletMsat + output.AmountMsat - OnChainFeeMsat,
                FeesMsat = next.FeesMsat + OnChainFeeMsat,
            };
        }

        // What is deep enough is history.
        State = next with
        {
            Channels = next.Channels.RemoveRange(next.SettledAt.Where(s => s.Value < height - 10 * SettledDepth).Select(s => s.Key)),
            SettledAt = next.SettledAt.RemoveRange(next.SettledAt.Where(s => s.Value < height - 10 * SettledDepth).Select(s => s.Key)),
            FundedAt = next.FundedAt.RemoveRange(next.FundedAt.Keys.Where(id => !next.Channels.ContainsKey(id))),
            Outputs = next.Outputs.RemoveRange(next.Outputs.Values.Where(o => o.SweptAt < height - 10 * SettledDepth).Select(o => o.Id)),
        };
    }

    /// <summary>Whether a channel's funding is deep enough in the chain.</summary>
    public bool IsFunded(string channel) => State.FundedAt.TryGetValue(channel, out var at) && State.Height >= at + FundingDepth;

    /// <summary>A peer pays this node, or somebody behind another peer, if it can.</summary>
    public void Offer(ChannelState channel, string? forwardTo, ulong amountMsat)
    {
        var offered = State.Outbox.OfType<PeerMessage.Offer>().Where(o => o.Channel == channel.Id).Aggregate(0UL, (sum, o) => sum + o.Htlc.AmountMsat);
        var theirs = State.Channels[channel.Id];
        if (theirs.Stage != ChannelStage.Open || theirs.RemoteMsat < offered + amountMsat)
            return;
        var number = NextNumber();
        State = State with { Outbox = State.Outbox.Add(new PeerMessage.Offer($"m{number}", channel.Id, new Htlc($"in{number}", Outgoing: false, amountMsat), forwardTo)) };
    }

    private void Fund(ChannelState channel)
    {
        State = State with
        {
            Channels = State.Channels.Add(channel.Id, channel),
            FundedAt = State.FundedAt.SetItem(channel.Id, State.Height + 1),
            NodeWalletMsat = State.NodeWalletMsat - channel.LocalMsat,
            PeersWalletMsat = State.PeersWalletMsat - channel.RemoteMsat,
        };
    }

    private static WorldState Settle(WorldState state, ChannelState channel, int height)
    {
        var fee = Math.Min(OnChainFeeMsat, channel.LocalMsat);
        var mine = channel.LocalMsat - fee;
        var settled = state with
        {
            SettledAt = state.SettledAt.SetItem(channel.Id, height),
            Mempool = state.Mempool.Remove(channel.Id),
            Outbox = state.Outbox.RemoveAll(m => m.Channel == channel.Id),
            PeersWalletMsat = state.PeersWalletMsat + channel.RemoteMsat,
            FeesMsat = state.FeesMsat + fee,
        };
        // An output that is not worth its sweep is left to the miners.
        return !channel.ClosedByForce ? settled with { NodeWalletMsat = settled.NodeWalletMsat + mine }
            : mine <= OnChainFeeMsat ? settled with { FeesMsat = settled.FeesMsat + mine }
            : settled with { Outputs = settled.Outputs.SetItem(channel.Id, new Output(channel.Id, mine, height + OutputDelay, SweptAt: null, SweepBroadcast: false)) };
    }

    private PeerMessage Outcome(Journey journey, DateTimeOffset now)
    {
        var id = $"m{NextNumber()}";
        PeerMessage Fail(ulong? at, bool gone) => new PeerMessage.Fail(id, journey.Channel, journey.Htlc.Id, at, gone);
        if (journey.Route is not { } route)
            return Random.NextDouble() < 0.9 ? new PeerMessage.Fulfill(id, journey.Channel, journey.Htlc.Id) : Fail(null, gone: false);

        var network = State.Network;
        var from = route.Hops[0].PublicKey;
        var amount = journey.Htlc.AmountMsat - route.Hops[0].FeeMsat;
        foreach (var hop in route.Hops.Skip(1))
        {
            if (!network.TryGetValue(hop.ShortChannelId, out var channel))
                return Fail(hop.ShortChannelId, gone: true);
            if (channel.BrokenUntil > now || channel.BalanceOf(from) < amount)
                return Fail(hop.ShortChannelId, gone: false);
            network = network.SetItem(hop.ShortChannelId, channel.Pay(from, amount));
            (from, amount) = (hop.PublicKey, amount - Math.Min(hop.FeeMsat, amount));
        }

        // Nobody can take a probe, and now and then somebody does not want a payment: both came all the way.
        if (journey.Probe || Random.NextDouble() < 0.05)
            return Fail(null, gone: false);
        State = State with { Network = network };
        return new PeerMessage.Fulfill(id, journey.Channel, journey.Htlc.Id);
    }

    private static string NodeId(Random random)
    {
        var bytes = new byte[32];
        random.NextBytes(bytes);
        return "02" + Convert.ToHexStringLower(bytes);
    }
}
