using Akka.TestKit;
using Xunit;

namespace Akka.Embedded.Tests.TestKits;

public sealed class DeadlineSpec
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact(DisplayName = "What is left is never negative, which would mean for ever")]
    public void Never_negative()
    {
        var deadline = Deadline.After(Second);
        var now = Deadline.Now;
        Assert.InRange(deadline.LeftAt(now), TimeSpan.Zero, Second);
        for (var late = 0; late < 5; late++)
            Assert.Equal(TimeSpan.Zero, deadline.LeftAt(now + Second + TimeSpan.FromMilliseconds(late)));
    }

    [Fact(DisplayName = "Without a deadline the rest is infinite")]
    public void Never_passes() => Assert.Equal(Timeout.InfiniteTimeSpan, Deadline.After(Timeout.InfiniteTimeSpan).LeftAt(Deadline.Now));
}
