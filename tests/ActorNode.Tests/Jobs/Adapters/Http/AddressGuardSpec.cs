using System.Net;
using ActorNode.Configuration;
using ActorNode.Jobs.Adapters.Http;
using Xunit;

namespace ActorNode.Tests.Jobs.Adapters.Http;

public sealed class AddressGuardSpec
{
    [Theory(DisplayName = "Addresses that are not of the public internet are refused, however they are written")]
    [InlineData("0.0.0.0")]
    [InlineData("0.1.2.3")]
    [InlineData("10.0.0.1")]
    [InlineData("100.64.0.1")]
    [InlineData("100.127.255.255")]
    [InlineData("127.0.0.1")]
    [InlineData("127.255.255.254")]
    [InlineData("169.254.169.254")]
    [InlineData("172.16.0.1")]
    [InlineData("172.31.255.255")]
    [InlineData("192.0.0.8")]
    [InlineData("192.0.2.1")]
    [InlineData("192.88.99.1")]
    [InlineData("192.168.255.255")]
    [InlineData("198.18.0.1")]
    [InlineData("198.19.255.255")]
    [InlineData("198.51.100.1")]
    [InlineData("203.0.113.1")]
    [InlineData("224.0.0.1")]
    [InlineData("239.255.255.255")]
    [InlineData("240.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("::127.0.0.1")]
    [InlineData("::8.8.8.8")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::ffff:10.0.0.1")]
    [InlineData("::ffff:0:127.0.0.1")]
    [InlineData("64:ff9b::127.0.0.1")]
    [InlineData("64:ff9b::a9fe:a9fe")]
    [InlineData("64:ff9b:1::1")]
    [InlineData("2002:7f00:1::")]
    [InlineData("2002:a00:1::1")]
    [InlineData("2001::1")]
    [InlineData("2001:0:4136:e378:8000:63bf:3fff:fdd2")]
    [InlineData("2001:db8::1")]
    [InlineData("3fff::1")]
    [InlineData("100::1")]
    [InlineData("fc00::1")]
    [InlineData("fd12:3456::1")]
    [InlineData("fe80::1")]
    [InlineData("fe80::1%2")]
    [InlineData("fec0::1")]
    [InlineData("ff02::1")]
    [InlineData("4000::1")]
    public void Refuses(string address)
    {
        Assert.False(AddressGuard.IsPublic(IPAddress.Parse(address)));
        Assert.False(new AddressGuard(false, []).Allows("example.com", IPAddress.Parse(address)));
        Assert.True(new AddressGuard(true, []).Allows("example.com", IPAddress.Parse(address)));
    }

    [Theory(DisplayName = "Public addresses are allowed")]
    [InlineData("1.1.1.1")]
    [InlineData("8.8.8.8")]
    [InlineData("9.255.255.255")]
    [InlineData("11.0.0.0")]
    [InlineData("100.63.255.255")]
    [InlineData("100.128.0.0")]
    [InlineData("126.255.255.255")]
    [InlineData("128.0.0.1")]
    [InlineData("172.15.255.255")]
    [InlineData("172.32.0.0")]
    [InlineData("192.167.255.255")]
    [InlineData("192.169.0.0")]
    [InlineData("198.17.255.255")]
    [InlineData("198.20.0.0")]
    [InlineData("223.255.255.255")]
    [InlineData("::ffff:8.8.8.8")]
    [InlineData("64:ff9b::8.8.8.8")]
    [InlineData("2002:808:808::1")]
    [InlineData("2606:4700:4700::1111")]
    [InlineData("2a00:1450:4001:800::200e")]
    public void Allows(string address) => Assert.True(AddressGuard.IsPublic(IPAddress.Parse(address)));

    [Theory(DisplayName = "What the operator lists is allowed: by name, by address, by network, and no more")]
    [InlineData("feeds.internal", "10.1.2.3", true)]
    [InlineData("FEEDS.internal", "127.0.0.1", true)]
    [InlineData("evil.feeds.internal", "10.1.2.3", false)]
    [InlineData("example.com", "192.168.7.7", true)]
    [InlineData("example.com", "::ffff:192.168.7.7", true)]
    [InlineData("example.com", "192.168.7.8", false)]
    [InlineData("example.com", "172.20.255.1", true)]
    [InlineData("example.com", "172.21.0.1", false)]
    [InlineData("example.com", "fd00:1::5", true)]
    [InlineData("example.com", "fd00:2::5", false)]
    public void Lists(string host, string address, bool allowed) =>
        Assert.Equal(allowed, new AddressGuard(false, ["feeds.internal", "192.168.7.7", "172.20.0.0/16", "fd00:1::/32"]).Allows(host, IPAddress.Parse(address)));

    [Theory(DisplayName = "The list takes host names, addresses and networks only")]
    [InlineData("feeds.internal", true)]
    [InlineData("10.0.0.0/8", true)]
    [InlineData("10.0.0.1", true)]
    [InlineData("::1", true)]
    [InlineData("fd00::/8", true)]
    [InlineData("", false)]
    [InlineData("*.internal", false)]
    [InlineData("http://feeds", false)]
    [InlineData("10.0.0.0/33", false)]
    [InlineData("a b", false)]
    public void Checks_entries(string entry, bool valid) =>
        Assert.Equal(valid, !((ISettingsRules)new JobsHttpSettings { Allow = [entry] }).Problems().Any());
}
