using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;

namespace ActorNode.Jobs.Adapters.Http;

/// <summary>
/// Which addresses a task may reach. Jobs come from people, and their parameters from whoever may start them; without this they could read the
/// operator's own network through the node. Immutable, thread-safe.
/// </summary>
internal sealed class AddressGuard
{
    // The public part of IPv4 is what none of these holds.
    private static readonly IPNetwork[] NotPublic4 = [.. new[]
    {
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
        "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
    }.Select(IPNetwork.Parse)];

    // Of IPv6 only this is given out at all; these parts of it are tunnels, documentation and tests.
    private static readonly IPNetwork Global6 = IPNetwork.Parse("2000::/3");
    private static readonly IPNetwork[] NotPublic6 = [.. new[] { "2001::/23", "2001:db8::/32", "3fff::/20" }.Select(IPNetwork.Parse)];

    // Addresses that carry one of IPv4: what is reached is that one.
    private static readonly IPNetwork Nat64 = IPNetwork.Parse("64:ff9b::/96");
    private static readonly IPNetwork SixToFour = IPNetwork.Parse("2002::/16");

    private readonly bool _all;
    private readonly FrozenSet<string> _hosts;
    private readonly ImmutableArray<IPNetwork> _networks;

    /// <param name="all">Whether every address is fine.</param>
    /// <param name="allow">Host names, addresses and networks that are fine although they are not public.</param>
    public AddressGuard(bool all, IEnumerable<string> allow)
    {
        _all = all;
        var hosts = new List<string>();
        var networks = ImmutableArray.CreateBuilder<IPNetwork>();
        foreach (var entry in allow)
        {
            if (Network(entry) is { } network)
                networks.Add(network);
            else
                hosts.Add(entry);
        }

        _hosts = hosts.ToFrozenSet(StringComparer.OrdinalIgnoreCase);
        _networks = networks.ToImmutable();
    }

    /// <summary>Whether a text may stand in the list of what is allowed.</summary>
    public static bool IsEntry(string entry) => Network(entry) is not null || (!entry.Contains('/') && Uri.CheckHostName(entry) == UriHostNameType.Dns);

    /// <summary>Whether a task may reach this address, to which this host name or address of a URL leads.</summary>
    public bool Allows(string host, IPAddress address) =>
        _all || IsPublic(address) || _hosts.Contains(host) || _networks.Any(network => network.Contains(Plain(address)));

    /// <summary>Whether an address is one of the public internet, for whatever way it is written.</summary>
    public static bool IsPublic(IPAddress address)
    {
        var plain = Plain(address);
        if (plain.AddressFamily == AddressFamily.InterNetwork)
            return !NotPublic4.Any(network => network.Contains(plain));
        return Global6.Contains(plain) && !NotPublic6.Any(network => network.Contains(plain));
    }

    /// <summary>The address that is meant: that of IPv4 where one of IPv6 carries it.</summary>
    private static IPAddress Plain(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
            return address;
        if (address.IsIPv4MappedToIPv6)
            return address.MapToIPv4();
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        if (Nat64.Contains(address))
            return new IPAddress(bytes[12..]);
        // A scope is no part of what the networks compare.
        return SixToFour.Contains(address) ? new IPAddress(bytes[2..6]) : new IPAddress(bytes);
    }

    private static IPNetwork? Network(string entry)
    {
        if (IPNetwork.TryParse(entry, out var network))
            return network;
        return IPAddress.TryParse(entry, out var address) ? new IPNetwork(Plain(address), Plain(address).AddressFamily == AddressFamily.InterNetwork ? 32 : 128) : null;
    }
}
