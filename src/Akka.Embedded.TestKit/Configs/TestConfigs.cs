using Akka.Configuration;

namespace Akka.TestKit.Configs;

public static class TestConfigs
{
    private static readonly Lazy<Config> Reference = new(() =>
        ConfigurationFactory.FromResource("Akka.Embedded.TestKit.reference.conf", typeof(TestConfigs).Assembly));

    private static readonly Lazy<Config> VirtualTime = new(() => ConfigurationFactory.ParseString(
        """akka.scheduler.implementation = "Akka.TestKit.TestScheduler, Akka.TestKit" """));

    /// <summary>What a test system falls back to.</summary>
    public static Config DefaultConfig => Reference.Value;

    /// <summary>Time that only moves by <see cref="TestScheduler.Advance"/>.</summary>
    public static Config TestSchedulerConfig => VirtualTime.Value;
}
