using System.Net;
using System.Net.Sockets;

namespace ActorNode.Server.Http.Jobs;

/// <summary>
/// Counts requests of each client in windows of a fixed length, each beginning with the client's first request after the last. Memory is
/// bounded: with too many clients in their windows, those beyond share one. Thread-safe.
/// </summary>
internal sealed class RequestWindows(int most, TimeSpan length, int maxClients, TimeProvider clock)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<IPAddress, Window> _windows = [];
    private Window _shared;
    private long _sweptAt;

    /// <summary>Clients that are counted apart now.</summary>
    public int Clients
    {
        get
        {
            lock (_lock)
                return _windows.Count;
        }
    }

    /// <summary>Counts a request. Null: it may go on; otherwise the time until the next may.</summary>
    public TimeSpan? Enter(IPAddress client)
    {
        client = Key(client);
        var now = clock.GetTimestamp();
        lock (_lock)
        {
            if (_windows.TryGetValue(client, out var window))
            {
                var left = Count(ref window, now);
                _windows[client] = window;
                return left;
            }

            if (_windows.Count >= maxClients)
                Sweep(now);
            if (_windows.Count >= maxClients)
                return Count(ref _shared, now);
            var first = default(Window);
            var wait = Count(ref first, now);
            _windows.Add(client, first);
            return wait;
        }
    }

    private TimeSpan? Count(ref Window window, long now)
    {
        var age = clock.GetElapsedTime(window.Start, now);
        if (window.Requests == 0 || age >= length)
            (window, age) = (new Window(now, 0), TimeSpan.Zero);
        if (window.Requests >= most)
            return length - age;
        window = window with { Requests = window.Requests + 1 };
        return null;
    }

    /// <summary>Not at every request of a flood: what it looks for takes time to come about.</summary>
    private void Sweep(long now)
    {
        if (_sweptAt != 0 && clock.GetElapsedTime(_sweptAt, now) < length / 10)
            return;
        _sweptAt = now;
        foreach (var (client, window) in _windows)
        {
            if (clock.GetElapsedTime(window.Start, now) >= length)
                _windows.Remove(client);
        }
    }

    /// <summary>A client of IPv6 has a network of addresses to itself.</summary>
    private static IPAddress Key(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            return address.MapToIPv4();
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
            return address;
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        bytes[8..].Clear();
        return new IPAddress(bytes);
    }

    private readonly record struct Window(long Start, int Requests);
}
