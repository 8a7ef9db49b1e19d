using Akka.Util;
using Xunit;

namespace Akka.Embedded.Tests.Engine;

public sealed class MurmurHashSpec
{
    [Fact(DisplayName = "Texts that differ by one character have different numbers, the same text always the same")]
    public void Spreads()
    {
        var hashes = Enumerable.Range(0, 10_000).Select(i => MurmurHash.StringHash($"entity-{i}")).ToArray();
        Assert.Equal(hashes, Enumerable.Range(0, 10_000).Select(i => MurmurHash.StringHash($"entity-{i}")));
        Assert.InRange(hashes.Distinct().Count(), 9_990, 10_000);
        var shards = hashes.GroupBy(hash => Math.Abs(hash % 10)).Select(group => group.Count()).ToArray();
        Assert.All(shards, count => Assert.InRange(count, 800, 1_200));
    }

    /// <remarks>Computed by an implementation in another language from the constants of the protocol.</remarks>
    [Theory(DisplayName = "Texts have the numbers that every node of a cluster computes for them")]
    [InlineData("", -1632357289)]
    [InlineData("a", 1561762017)]
    [InlineData("ab", -2081011331)]
    [InlineData("abc", 1967728568)]
    [InlineData("entity-1", -1658304406)]
    [InlineData("tz1VSUr8wwNhLAzempoch5d6hLRiTh8Cjcjb", 1200191834)]
    [InlineData("\u00e9\u4e2d\U0001F600", 776178445)]
    public void Known_answers(string text, int expected) => Assert.Equal(expected, MurmurHash.StringHash(text));

    [Fact(DisplayName = "Arrays, bytes and sets have the numbers that every node computes for them")]
    public void Known_answers_of_collections()
    {
        Assert.Equal(63541120, MurmurHash.ArrayHash([1, 2, 3, 255]));
        Assert.Equal(63541120, MurmurHash.ByteHash([1, 2, 3, 255]));
        Assert.Equal(-1632357289, MurmurHash.ArrayHash(Array.Empty<int>()));
        Assert.Equal(-1581473149, MurmurHash.SymmetricHash([1, 2, 3], 7));
    }

    [Fact(DisplayName = "The symmetric hash does not depend on the order")]
    public void Symmetric() => Assert.Equal(MurmurHash.SymmetricHash([1, 2, 3], 7), MurmurHash.SymmetricHash([3, 1, 2], 7));
}
