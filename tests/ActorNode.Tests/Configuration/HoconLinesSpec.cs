using ActorNode.Configuration;
using Xunit;

namespace ActorNode.Tests.Configuration;

public sealed class HoconLinesSpec
{
    [Fact(DisplayName = "Every way to write a key is found on its line")]
    public void Finds_lines()
    {
        var lines = HoconLines.Of(
            """"
            # a { comment = 1 }
            a {
              b = 1, c = 2   // d = 3
              "quoted key" : "text with } and { and = and # in it"
              list = [ 1,
                       2 ]
              after-list = 3
              long =
                4
              text = """
                x = 5
              """
              e.f.g = ${a.b}
            }
            h { i { j = 1 } }
            a.b = 6
            k = { l = 7 } { m = 8 }
            """");

        Assert.Equal(
            new Dictionary<string, int>
            {
                ["a"] = 16,
                ["a.b"] = 16,
                ["a.c"] = 3,
                ["a.quoted key"] = 4,
                ["a.list"] = 5,
                ["a.after-list"] = 7,
                ["a.long"] = 8,
                ["a.text"] = 10,
                ["a.e"] = 13,
                ["a.e.f"] = 13,
                ["a.e.f.g"] = 13,
                ["h"] = 15,
                ["h.i"] = 15,
                ["h.i.j"] = 15,
                ["k"] = 17,
                ["k.l"] = 17,
                ["k.m"] = 17,
            }.OrderBy(l => l.Key, StringComparer.Ordinal),
            lines.OrderBy(l => l.Key, StringComparer.Ordinal));
    }

    [Theory(DisplayName = "Malformed text ends the scan, it does not hang or throw")]
    [InlineData("a = \"never closed")]
    [InlineData("a { b = [1, 2")]
    [InlineData("} } =")]
    [InlineData("= = = .")]
    [InlineData("a = ${b")]
    [InlineData("\\")]
    [InlineData("a..b = 1\n.c")]
    public void Malformed(string text) => Assert.NotNull(HoconLines.Of(text));
}
