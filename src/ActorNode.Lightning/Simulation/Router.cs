using System.Collections.Immutable;
using ActorNode.Upkeep;

namespace ActorNode.Lightning.Simulation;

/// <summary>Finds the cheapest way to a node, where penalties of the scorer cost too. Pure.</summary>
internal static class Router
{
    private const int MostHops = 6;

    /// <summary>A route over one of the node's channels, or null.</summary>
    /// <param name="graph">The public network as far as it is known.</param>
    /// <param name="scores">What is known to fail.</param>
    /// <param name="first">The node's own channels that can carry the amount.</param>
    /// <param name="to">The recipient.</param>
    /// <param name="amountMsat">What should arrive.</param>
    public static (ChannelState Channel, PaymentPath Path, ulong TotalMsat)? Find(
        GraphState graph, ScorerState scores, IEnumerable<ChannelState> first, string to, ulong amountMsat)
    {
        var byNode = graph.Channels.Values.Where(c => !c.Disabled && c.UpdateA is not null && c.UpdateB is not null && c.CapacityMsat > amountMsat)
            .SelectMany(c => new[] { (Node: c.NodeA, Channel: c), (Node: c.NodeB, Channel: c) })
            .ToLookup(c => c.Node, c => c.Channel, StringComparer.Ordinal);
        var best = new Dictionary<string, double>(StringComparer.Ordinal);
        var open = new PriorityQueue<(string Node, ChannelState Channel, ImmutableList<(string Node, ulong Channel)> Way), double>();
        foreach (var channel in first)
            open.Enqueue((channel.Peer, channel, [(channel.Peer, channel.ShortChannelId)]), scores.Penalties.GetValueOrDefault(channel.ShortChannelId));
        while (open.TryDequeue(out var next, out var cost))
        {
            if (best.TryGetValue(next.Node, out var known) && known <= cost)
                continue;
            best[next.Node] = cost;
            if (next.Node == to)
                return Priced(next.Channel, next.Way, amountMsat);
            if (next.Way.Count >= MostHops)
                continue;
            foreach (var channel in byNode[next.Node])
            {
                var other = channel.Other(next.Node);
                open.Enqueue((other, next.Channel, next.Way.Add((other, channel.ShortChannelId))), cost + 1 + scores.Penalties.GetValueOrDefault(channel.ShortChannelId));
            }
        }

        return null;
    }

    private static (ChannelState Channel, PaymentPath Path, ulong TotalMsat) Priced(ChannelState channel, ImmutableList<(string Node, ulong Channel)> way, ulong amountMsat)
    {
        var fee = 1_000 + amountMsat / 10_000;
        var last = way.Count - 1;
        return (channel, new PaymentPath([.. way.Select((hop, i) => new PathHop(hop.Node, hop.Channel, i == last ? amountMsat : fee, 40))]), amountMsat + fee * (ulong)last);
    }
}
