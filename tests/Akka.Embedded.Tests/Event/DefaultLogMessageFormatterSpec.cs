using Akka.Event;
using Xunit;

namespace Akka.Embedded.Tests.Engine;

public sealed class DefaultLogMessageFormatterSpec
{
    [Theory(DisplayName = "Numbered and named holes are filled; what cannot be filled stays as it is written")]
    [InlineData("{0} of {1}", "a of 7")]
    [InlineData("{1} of {0}", "7 of a")]
    [InlineData("{Name} of {Total}", "a of 7")]
    [InlineData("{Name,4}|{Total,-4}|", "   a|7   |")]
    [InlineData("{0} {1:D3}", "a 007")]
    [InlineData("{{0}} {0}", "{0} a")]
    [InlineData("{A} {B} {C}", "a 7 {C}")]
    [InlineData("{2} and {", "{2} and {")]
    [InlineData("{} {0}", "{} a")]
    [InlineData("nothing", "nothing")]
    [InlineData("{0:Q9}", "a")]
    [InlineData("{1:Q9}", "7")]
    public void Fills_holes(string format, string expected) =>
        Assert.Equal(expected, DefaultLogMessageFormatter.Instance.Format(format, "a", 7));

    [Fact(DisplayName = "A null argument is printed as null")]
    public void Null_argument() => Assert.Equal("null", DefaultLogMessageFormatter.Instance.Format("{0}", [null!]));
}
