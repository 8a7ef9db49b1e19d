using ActorNode.Configuration;
using Xunit;

namespace ActorNode.Tests.Configuration;

public sealed class NearestNameSpec
{
    [Theory(DisplayName = "The name with the fewest changes is meant; one too far is not")]
    [InlineData("ulrs", "urls")]
    [InlineData("url", "urls")]
    [InlineData("max-conections", "max-connections")]
    [InlineData("maxconnections", "max-connections")]
    [InlineData("zebra", null)]
    public void Nearest(string name, string? meant) => Assert.Equal(meant, NearestName.Of(name, ["urls", "max-connections", "token-file"]));

    [Theory(DisplayName = "Swapped neighbours are one change")]
    [InlineData("ab", "ba", 1)]
    [InlineData("", "abc", 3)]
    [InlineData("kitten", "sitting", 3)]
    [InlineData("same", "same", 0)]
    public void Distance(string a, string b, int distance) => Assert.Equal(distance, NearestName.Distance(a, b));
}
