using System.Globalization;
using System.Numerics;
using System.Text;
using ActorNode.Ethereum.Words;
using Xunit;

namespace ActorNode.Ethereum.Tests.Words;

public sealed class EvmWordSpec
{
    private static readonly BigInteger Two255 = BigInteger.Pow(2, 255);

    [Fact(DisplayName = "Keccak-256 is that of Ethereum, not SHA-3")]
    public void Hashes()
    {
        Assert.Equal("0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470", Hex.Encode(Keccak256.Hash([])));
        Assert.Equal("0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef", Hex.Encode(Keccak256.Hash("Transfer("u8.ToArray(), Encoding.ASCII.GetBytes("address,address,uint256)"))));
    }

    [Theory(DisplayName = "Numbers fill a word from the right, negative ones in two's complement")]
    [InlineData("0", "0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("255", "00000000000000000000000000000000000000000000000000000000000000ff")]
    [InlineData("-1", "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff")]
    [InlineData("-123", "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff85")]
    [InlineData("1000000000000000001", "0000000000000000000000000000000000000000000000000de0b6b3a7640001")]
    public void Signed(string number, string word) =>
        Assert.Equal(word, Convert.ToHexStringLower(EvmWord.OfSigned(BigInteger.Parse(number, CultureInfo.InvariantCulture))));

    [Fact(DisplayName = "The highest and lowest numbers fit, the next ones are refused by name")]
    public void Limits()
    {
        Assert.Equal(new string('f', 64), Convert.ToHexStringLower(EvmWord.OfUnsigned(2 * Two255 - 1)));
        Assert.Equal("7" + new string('f', 63), Convert.ToHexStringLower(EvmWord.OfSigned(Two255 - 1)));
        Assert.Equal("8" + new string('0', 62) + "1", Convert.ToHexStringLower(EvmWord.OfSigned(1 - Two255)));
        Assert.Equal($"Overflow saving big.Int to EVM word: {2 * Two255}", Assert.Throws<OverflowException>(() => EvmWord.OfUnsigned(2 * Two255)).Message);
        Assert.Equal("-1 cannot be represented as uint256", Assert.Throws<OverflowException>(() => EvmWord.OfUnsigned(-1)).Message);
        Assert.Equal($"Overflow saving signed big.Int to EVM word: {Two255}", Assert.Throws<OverflowException>(() => EvmWord.OfSigned(Two255)).Message);
        Assert.Equal($"Overflow saving signed big.Int to EVM word: {-Two255}", Assert.Throws<OverflowException>(() => EvmWord.OfSigned(-Two255)).Message);
    }
}
