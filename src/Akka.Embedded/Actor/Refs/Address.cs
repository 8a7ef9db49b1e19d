using System.Globalization;
using Akka.Util;

namespace Akka.Actor;

/// <summary>Where an actor system is: <c>protocol://system[@host[:port]]</c>. Without a host it is this process.</summary>
public sealed class Address : IEquatable<Address>, IComparable<Address>, IComparable, ISurrogated, ICloneable
{
    public static readonly Address AllSystems = new("akka", "all-systems");

    public static readonly IComparer<Address> Comparer = Comparer<Address>.Create(Compare);

    private string? _text;

    public Address(string protocol, string system, string? host = null, int? port = null)
    {
        Protocol = protocol;
        System = system;
        Host = host?.ToLowerInvariant()!;
        Port = port;
    }

    public string Host { get; }

    public int? Port { get; }

    public string System { get; }

    public string Protocol { get; }

    public bool HasLocalScope => string.IsNullOrEmpty(Host);

    public bool HasGlobalScope => !HasLocalScope;

    public static bool operator ==(Address? left, Address? right) => Equals(left, right);

    public static bool operator !=(Address? left, Address? right) => !Equals(left, right);

    public static Address Parse(string address) =>
        TryParse(address, out Address? parsed) ? parsed! : throw new UriFormatException($"'{address}' is not an actor system address");

    public static bool TryParse(string path, out Address? address) => TryParse(path.AsSpan(), out address);

    public static bool TryParse(string path, out Address? address, out string? absolutUri)
    {
        var parsed = TryParse(path.AsSpan(), out address, out var rest);
        absolutUri = parsed ? rest.ToString() : null;
        return parsed;
    }

    public static bool TryParse(ReadOnlySpan<char> span, out Address? address) => TryParse(span, out address, out _);

    /// <summary>Reads an address; <paramref name="absolutUri"/> is the path after it, "/" when there is none.</summary>
    public static bool TryParse(ReadOnlySpan<char> span, out Address? address, out ReadOnlySpan<char> absolutUri)
    {
        address = null;
        absolutUri = default;
        var scheme = span.IndexOf("://", StringComparison.Ordinal);
        if (scheme < 4 || !span.StartsWith("akka", StringComparison.OrdinalIgnoreCase))
            return false;
        var rest = span[(scheme + 3)..];
        var slash = rest.IndexOf('/');
        var authority = slash < 0 ? rest : rest[..slash];
        var path = slash < 0 ? "/" : rest[slash..];
        var at = authority.IndexOf('@');
        var system = at < 0 ? authority : authority[..at];
        if (system.IsEmpty)
            return false;
        string? host = null;
        int? port = null;
        if (at >= 0)
        {
            var hostPort = authority[(at + 1)..];
            var colon = hostPort.LastIndexOf(':');
            if (colon >= 0 && hostPort[^1] != ']')
            {
                if (!int.TryParse(hostPort[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number > ushort.MaxValue)
                    return false;
                port = number;
                hostPort = hostPort[..colon];
            }

            if (hostPort.IsEmpty)
                return false;
            host = hostPort.ToString();
        }

        address = new Address(span[..scheme].ToString().ToLowerInvariant(), system.ToString(), host, port);
        absolutUri = path;
        return true;
    }

    public Address WithProtocol(string protocol) => new(protocol, System, Host, Port);

    public Address WithSystem(string system) => new(Protocol, system, Host, Port);

    public Address WithHost(string? host = null) => new(Protocol, System, host, Port);

    public Address WithPort(int? port = null) => new(Protocol, System, Host, port);

    /// <summary>The text after the scheme: <c>system@host:port</c>.</summary>
    public string HostPort() => ToString()[(Protocol.Length + 3)..];

    public object Clone() => new Address(Protocol, System, Host, Port);

    public int CompareTo(Address? other) => other is null ? 1 : Compare(this, other);

    public bool Equals(Address? other) =>
        ReferenceEquals(this, other)
        || (other is not null && Port == other.Port && string.Equals(Host, other.Host, StringComparison.Ordinal)
            && string.Equals(System, other.System, StringComparison.Ordinal)
            && string.Equals(Protocol, other.Protocol, StringComparison.Ordinal));

    public override bool Equals(object? obj) => obj is Address other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(Host, Port, System, Protocol);

    public override string ToString() => _text ??= HasLocalScope
        ? $"{Protocol}://{System}"
        : Port is { } port
            ? string.Create(CultureInfo.InvariantCulture, $"{Protocol}://{System}@{Host}:{port}")
            : $"{Protocol}://{System}@{Host}";

    public ISurrogate ToSurrogate(ActorSystem system) =>
        new AddressSurrogate { Host = Host, Port = Port, Protocol = Protocol, System = System };

    int IComparable.CompareTo(object? obj) => obj switch
    {
        null => 1,
        Address address => CompareTo(address),
        _ => throw new ArgumentException($"Cannot compare an address with {obj.GetType()}", nameof(obj))
    };

    private static int Compare(Address left, Address right)
    {
        var result = string.CompareOrdinal(left.Protocol, right.Protocol);
        if (result == 0)
            result = string.CompareOrdinal(left.System, right.System);
        if (result == 0)
            result = string.CompareOrdinal(left.Host ?? "", right.Host ?? "");
        return result != 0 ? result : (left.Port ?? 0).CompareTo(right.Port ?? 0);
    }

    public sealed class AddressSurrogate : ISurrogate
    {
        public string Protocol { get; set; } = "";

        public string System { get; set; } = "";

        public string? Host { get; set; }

        public int? Port { get; set; }

        public ISurrogated FromSurrogate(ActorSystem system) => new Address(Protocol, System, Host, Port);
    }
}
