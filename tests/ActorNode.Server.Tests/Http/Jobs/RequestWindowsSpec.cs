using System.Net;
using ActorNode.Server.Http.Jobs;
using Xunit;

namespace ActorNode.Server.Tests.Http.Jobs;

public sealed class RequestWindowsSpec
{
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(1);
    private readonly TestClock _clock = new();

    [Fact(DisplayName = "So many requests pass in a window, the next is told to wait for its end, and then as many pass again")]
    public void Counts()
    {
        var windows = new RequestWindows(5, Length, 10, _clock);
        for (var round = 0; round < 3; round++)
        {
            for (var i = 0; i < 5; i++)
                Assert.Null(windows.Enter(Client(1)));
            _clock.Advance(Length - Moment);
            Assert.Equal(Moment, windows.Enter(Client(1)));
            _clock.Advance(Moment);
        }
    }

    [Fact(DisplayName = "Clients are counted apart: one that asks too often holds up no other")]
    public void Apart()
    {
        var windows = new RequestWindows(1, Length, 10, _clock);
        Assert.Null(windows.Enter(Client(1)));
        Assert.NotNull(windows.Enter(Client(1)));
        Assert.Null(windows.Enter(Client(2)));
    }

    [Fact(DisplayName = "A client of IPv6 is its network, and one of IPv4 the same by whichever protocol it comes")]
    public void Networks()
    {
        var windows = new RequestWindows(1, Length, 10, _clock);
        Assert.Null(windows.Enter(IPAddress.Parse("2001:db8:1:2::1")));
        Assert.NotNull(windows.Enter(IPAddress.Parse("2001:db8:1:2:ffff::9")));
        Assert.Null(windows.Enter(IPAddress.Parse("2001:db8:1:3::1")));
        Assert.Null(windows.Enter(IPAddress.Parse("192.0.2.1")));
        Assert.NotNull(windows.Enter(IPAddress.Parse("::ffff:192.0.2.1")));
    }

    [Fact(DisplayName = "Memory is bounded: clients beyond the table share one window, those in it keep theirs, and past windows make room")]
    public void Bounds()
    {
        var windows = new RequestWindows(2, Length, 100, _clock);
        for (var i = 0; i < 100; i++)
            Assert.Null(windows.Enter(Client(i)));
        Assert.Null(windows.Enter(Client(1000)));
        Assert.Null(windows.Enter(Client(1001)));
        for (var i = 0; i < 10_000; i++)
            Assert.NotNull(windows.Enter(Client(2000 + i)));
        Assert.Equal(100, windows.Clients);
        Assert.Null(windows.Enter(Client(7)));

        _clock.Advance(Length);
        Assert.Null(windows.Enter(Client(5000)));
        Assert.Equal(1, windows.Clients);
    }

    private static IPAddress Client(int i) => new([10, (byte)(i >> 16), (byte)(i >> 8), (byte)i]);
}
