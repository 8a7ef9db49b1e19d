using System.Text;
using ActorNode.Server.Http;
using Xunit;

namespace ActorNode.Server.Tests.Http;

public sealed class PathTextSpec
{
    [Theory(DisplayName = "A segment is decoded once, and what is no valid encoding is refused")]
    [InlineData("a", "a", null)]
    [InlineData("a+b", "a+b", null)]
    [InlineData("%41%e2%82%AC", "A€", null)]
    [InlineData("%252F", "%2F", null)]
    [InlineData("%2F", "/", null)]
    [InlineData("%", null, "has a broken percent escape at position 0")]
    [InlineData("a%4", null, "has a broken percent escape at position 1")]
    [InlineData("%4G", null, "has a broken percent escape at position 0")]
    [InlineData("%FF", null, "is not valid UTF-8 once its percent escapes are decoded")]
    [InlineData("%C0%AF", null, "is not valid UTF-8 once its percent escapes are decoded")]
    [InlineData("%ED%A0%80", null, "is not valid UTF-8 once its percent escapes are decoded")]
    [InlineData("ä%41", null, "has a character at position 0 that must be percent-encoded")]
    public void Decodes(string segment, string? text, string? problem)
    {
        Assert.Equal(problem, PathText.TryDecode(segment, out var decoded));
        if (problem is null)
            Assert.Equal(text, decoded);
    }

    [Fact(DisplayName = "Any text survives its encoding, and random segments never throw")]
    public void Round_trips()
    {
        var random = new Random(7);
        for (var i = 0; i < 5_000; i++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(20)).Select(_ => new Rune(random.Next(2) == 0 ? random.Next(128) : random.Next(0xE000, 0x10FFFF)).ToString()));
            Assert.Null(PathText.TryDecode(Uri.EscapeDataString(text), out var decoded));
            Assert.Equal(text, decoded);
            PathText.TryDecode(new string([.. Enumerable.Range(0, random.Next(12)).Select(_ => "%%%0aF8cä"[random.Next(9)])]), out _);
        }
    }

    [Theory(DisplayName = "The path is what stands before query and after the authority, as it was sent")]
    [InlineData("/a/b?c=/d", "/a/b")]
    [InlineData("/a%2Fb/../c", "/a%2Fb/../c")]
    [InlineData("http://host:1/a/b?x", "/a/b")]
    [InlineData("http://host", "/")]
    [InlineData("http://host?x=/y", "/")]
    [InlineData("*", "/")]
    [InlineData("host:443", "/")]
    [InlineData("/?http://x/y", "/")]
    [InlineData("//x/y", "//x/y")]
    public void Paths(string target, string path) => Assert.Equal(path, KeepEncodedPath.PathOf(target).Value);
}
