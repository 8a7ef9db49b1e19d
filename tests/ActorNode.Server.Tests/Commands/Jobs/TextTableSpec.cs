using ActorNode.Server.Commands;
using Xunit;

namespace ActorNode.Server.Tests.Commands.Jobs;

public sealed class TextTableSpec
{
    [Fact(DisplayName = "Columns are as wide as what stands in them, and a table of no rows is its heads")]
    public void Widths()
    {
        Assert.Equal($"A    B{Environment.NewLine}x    yyyy{Environment.NewLine}xxx  y", TextTable.Of(["A", "B"], [["x", "yyyy"], ["xxx", "y"]]));
        Assert.Equal("A  B", TextTable.Of(["A", "B"], []));
    }

    [Fact(DisplayName = "Cells that are too long are cut, with dots for what is missing")]
    public void Cut() => Assert.Equal($"A{Environment.NewLine}12345...{Environment.NewLine}12345678", TextTable.Of(["A"], [["123456789"], ["12345678"]], widest: 8));

    [Theory(DisplayName = "What moves cursors, ends lines or turns text around is shown as its code; other text as it is")]
    [InlineData("\u001b[31mred", @"\u001b[31mred")]
    [InlineData("a\r\nb\tc", @"a\u000d\u000ab\u0009c")]
    [InlineData("\u202eevil", @"\u202eevil")]
    [InlineData("a\u2028b", @"a\u2028b")]
    [InlineData("cönfirmed ≠ \\n", "cönfirmed ≠ \\n")]
    public void Printable(string text, string shown) => Assert.Equal(shown, TextTable.Printable(text));
}
