using ActorNode.Messages;
using ActorNode.Storage;
using Xunit;

namespace ActorNode.Tests.Messages;

public sealed class AccountHealthSpec
{
    private static readonly MessagesSettings Settings = new()
    {
        MaxAttempts = 3,
        MinBackoff = TimeSpan.FromMilliseconds(100),
        MaxBackoff = TimeSpan.FromMilliseconds(350),
    };

    [Fact(DisplayName = "An account degrades when its tries are used up, not before")]
    public void Degrades_after_max_attempts()
    {
        var health = AccountHealth.Good;
        var history = new List<bool>();
        for (var i = 0; i < 4; i++)
            history.Add((health = health.Failed(Settings)).Degraded);

        Assert.Equal([false, false, true, true], history);
    }

    [Fact(DisplayName = "Waits double from the smallest to the cap, and randomness takes away at most half")]
    public void Waits_double_to_the_cap()
    {
        var health = AccountHealth.Good;
        var waits = new List<(double Shortest, double Longest)>();
        for (var i = 0; i < 4; i++)
        {
            health = health.Failed(Settings);
            waits.Add((health.Wait(Settings, 0).TotalMilliseconds, health.Wait(Settings, 1).TotalMilliseconds));
        }

        Assert.Equal([(50, 100), (100, 200), (175, 350), (175, 350)], waits);
    }

    [Fact(DisplayName = "Back-off does not overflow however often something failed")]
    public void Backoff_never_overflows() =>
        Assert.Equal(TimeSpan.FromSeconds(5), Backoff.Delay(int.MaxValue, TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(5), 1));
}
