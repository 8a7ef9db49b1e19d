using ActorNode.Tests.Support;
using ActorNode.Upkeep;
using Xunit;

namespace ActorNode.Tests.Upkeep.Clock;

public sealed class SleepGaugeSpec
{
    private static readonly UpkeepSleepSettings Settings = new();
    private static readonly SleepGauge Before = new(Some.Time, TimeSpan.FromHours(1));

    [Theory(DisplayName = "A sleep is a heartbeat that is late by more than a second, or a time of day that went on by so much more than the monotonic clock")]
    [InlineData(1_000, 1_000, 0)]
    [InlineData(2_000, 2_000, 0)]
    [InlineData(2_001, 2_001, 1_001)]
    [InlineData(3_600_000, 1_000, 3_599_000)]
    [InlineData(3_600_000, 3_600_000, 3_599_000)]
    [InlineData(2_000, 1_000, 0)]
    [InlineData(-3_600_000, 1_000, 0)]
    public void Gap(int wall, int monotonic, int gap) => Assert.Equal(
        TimeSpan.FromMilliseconds(gap),
        Before.Gap(new SleepGauge(Some.Time + TimeSpan.FromMilliseconds(wall), Before.Monotonic + TimeSpan.FromMilliseconds(monotonic)), Settings));
}
