using ActorNode.Tezos.Codec;
using Xunit;

namespace ActorNode.Tezos.Tests.Codec;

public sealed class Base58Spec
{
    [Fact(DisplayName = "Bytes of every length, with and without zeros before them, have the text that another implementation gives, and read back")]
    public void Against_another_implementation()
    {
        var random = new Random(58);
        for (var length = 0; length <= 110; length++)
            for (var zeros = 0; zeros <= Math.Min(length, 6); zeros++)
                foreach (var fill in new[] { -1, 0, 1, 255 })
                {
                    var bytes = new byte[length];
                    if (fill < 0)
                        random.NextBytes(bytes);
                    else
                        Array.Fill(bytes, (byte)fill);
                    bytes.AsSpan(..zeros).Clear();
                    var text = Base58.Encode(bytes);
                    Assert.Equal(SimpleBase.Base58.Bitcoin.Encode(bytes), text);
                    var decoded = new byte[Math.Max(1, text.Length)];
                    Assert.True(Base58.TryDecode(text, decoded, out var written));
                    Assert.Equal(bytes, decoded[..written]);
                    Assert.True(Base58.TryDecode(text, decoded.AsSpan(..length), out _));
                    Assert.False(length > 0 && Base58.TryDecode(text, decoded.AsSpan(..(length - 1)), out _));
                }
    }

    [Fact(DisplayName = "Text of the highest letters fits its buffers at every length")]
    public void Highest_letters()
    {
        var decoded = new byte[160];
        for (var length = 0; length <= 160; length++)
        {
            var text = new string('z', length);
            Assert.True(Base58.TryDecode(text, decoded, out var written));
            Assert.Equal(text, Base58.Encode(decoded.AsSpan(..written)));
        }
    }

    [Fact(DisplayName = "Every character but the 58 is refused, wherever it stands")]
    public void Other_characters()
    {
        const string Letters = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
        var decoded = new byte[16];
        for (var character = 0; character <= char.MaxValue; character++)
            foreach (var text in new[] { $"{(char)character}2345678", $"234567{(char)character}" })
                Assert.Equal(Letters.Contains((char)character), Base58.TryDecode(text, decoded, out _));
    }
}
