using Akka.Actor;
using Akka.Configuration;

namespace Akka.TestKit;

public class TestKitExtension : ExtensionIdProvider<TestKitSettings>
{
    public static TestKitSettings For(ActorSystem system) => system.WithExtension<TestKitSettings, TestKitExtension>();

    /// <summary>A system that was not made by a test kit lacks its settings: they fall back to the defaults.</summary>
    public override TestKitSettings CreateExtension(ExtendedActorSystem system) =>
        new(system.Settings.Config.WithFallback(Configs.TestConfigs.DefaultConfig));
}

/// <summary>The section <c>akka.test</c>. Timeouts are undilated here.</summary>
public class TestKitSettings(Config config) : IExtension
{
    public TimeSpan DefaultTimeout { get; } = config.GetTimeSpan("akka.test.default-timeout");

    public TimeSpan SingleExpectDefault { get; } = config.GetTimeSpan("akka.test.single-expect-default");

    public TimeSpan TestEventFilterLeeway { get; } = config.GetTimeSpan("akka.test.filter-leeway");

    public double TestTimeFactor { get; } = config.GetDouble("akka.test.timefactor");
}
