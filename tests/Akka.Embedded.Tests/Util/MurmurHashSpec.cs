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

    [Fact(DisplayName = "The symmetric hash does not depend on the order")]
    public void Symmetric() => Assert.Equal(MurmurHash.SymmetricHash([1, 2, 3], 7), MurmurHash.SymmetricHash([3, 1, 2], 7));
}
