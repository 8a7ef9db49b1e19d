using ActorNode.Tezos.Codec;
using ActorNode.Tezos.Hashes;
using Xunit;

namespace ActorNode.Tezos.Tests.Codec;

public sealed class Base58CheckSpec
{
    [Fact(DisplayName = "Text of every prefix begins with its letters, whatever the data, and reads back")]
    public void Every_prefix()
    {
        Assert.Equal(33, Base58Prefix.All.Length);
        foreach (var prefix in Base58Prefix.All)
            foreach (var fill in new byte[] { 0, 1, 127, 255 })
            {
                var data = Enumerable.Repeat(fill, prefix.DataLength).ToArray();
                var text = Base58Check.Encode(prefix, data);
                Assert.StartsWith(prefix.Text, text, StringComparison.Ordinal);
                Assert.Equal(data, Base58Check.Decode(prefix, text));
            }
    }

    [Fact(DisplayName = "Text that was changed, cut, prolonged, of another prefix or not base58 at all is refused with the rule")]
    public void Wrong_text()
    {
        var text = Base58Check.Encode(Base58Prefix.BlockHash, new byte[32]);
        AssertRefused("checksum", () => BlockHash.Parse(text[..^1] + (text[^1] == 'a' ? 'b' : 'a')));
        AssertRefused("checksum", () => BlockHash.Parse(text[..^2]));
        AssertRefused("checksum", () => BlockHash.Parse("1" + text));
        AssertRefused("must be P..., got a block hash (B...)", () => ProtocolHash.Parse(text));
        AssertRefused("does not use", () => BlockHash.Parse("0" + text));
        AssertRefused("does not use", () => BlockHash.Parse(text + "é"));
        AssertRefused("1 to 160", () => BlockHash.Parse(""));
        AssertRefused("1 to 160", () => BlockHash.Parse(new string('z', 100_000)));
        AssertRefused("too short", () => BlockHash.Parse("2"));
        AssertRefused("checksum", () => BlockHash.Parse(new string('z', 160)));
        Assert.Throws<TezosFormatException>(() => Base58Check.Encode(Base58Prefix.BlockHash, new byte[31]));
    }

    [Fact(DisplayName = "The chain id of mainnet follows from its genesis block")]
    public void Chain_id()
    {
        var chain = ChainId.OfGenesis(BlockHash.Parse("BLockGenesisGenesisGenesisGenesisGenesisf79b5d1CoW2"));
        Assert.Equal("NetXdQprcVkpaWU", chain.ToString());
        Assert.Equal(chain, ChainId.Parse("NetXdQprcVkpaWU"));
    }

    private static void AssertRefused(string rule, Action parse) =>
        Assert.Contains(rule, Assert.Throws<TezosFormatException>(parse).Message, StringComparison.Ordinal);
}
