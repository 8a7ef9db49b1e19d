using ActorNode.Ethereum.Words;
using Xunit;

namespace ActorNode.Ethereum.Tests.Words;

public sealed class EthereumAddressSpec
{
    [Theory(DisplayName = "An address is written with the letter case of EIP-55, whichever it was read with")]
    [InlineData("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed")]
    [InlineData("0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359")]
    [InlineData("0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB")]
    [InlineData("0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb")]
    [InlineData("0x52908400098527886E0F7030069857D2E4169EE7")]
    [InlineData("0xde709f2102306220921060314715629080e2fb77")]
    [InlineData("0x3cb8e3FD9d27e39a5e9e6852b0e96160061fd4ea")]
    public void Checksums(string checksummed)
    {
        var address = EthereumAddress.Parse(checksummed.ToLowerInvariant());
        Assert.Equal(checksummed, address.ToString());
        Assert.Equal(address, EthereumAddress.Parse("0x" + checksummed[2..].ToUpperInvariant()));
        Assert.Equal(address, EthereumAddress.ParseChecksummed(checksummed));
        Assert.Equal(checksummed.ToLowerInvariant(), address.ToLower());
        Assert.Equal(address, EthereumAddress.OfWord(address.ToWord()));
    }

    [Theory(DisplayName = "Where a checksum is wanted, another letter case is refused in the words of the original")]
    [InlineData("0x5aaeb6053F3E94C9b9A09f33669435E7Ef1BeAed")]
    [InlineData("0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed")]
    [InlineData("0X5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed")]
    [InlineData("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAe")]
    [InlineData("5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed")]
    [InlineData("")]
    [InlineData("nonsense")]
    public void Wrong_checksums(string text) => Assert.Equal(
        $"\"{text}\" is not a valid EIP55 formatted address", Assert.Throws<FormatException>(() => EthereumAddress.ParseChecksummed(text)).Message);

    [Theory(DisplayName = "What is no address is none")]
    [InlineData(null)]
    [InlineData("0x")]
    [InlineData("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeg")]
    [InlineData("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed00")]
    public void No_addresses(string? text) => Assert.False(EthereumAddress.TryParse(text, out _));
}
