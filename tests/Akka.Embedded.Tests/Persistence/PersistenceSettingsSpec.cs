using Akka.Actor;
using Akka.Persistence;
using Xunit;

namespace Akka.Embedded.Tests.Persistence;

/// <summary>The defaults of <c>akka.persistence</c> are Akka.NET's.</summary>
public sealed class PersistenceSettingsSpec
{
    [Fact(DisplayName = "Every default that the engine reads is the documented one")]
    public void Defaults()
    {
        var config = Akka.Persistence.Persistence.DefaultConfig().GetConfig("akka.persistence")!;
        Assert.Equal("akka.persistence.journal.inmem", config.GetString("journal.plugin"));
        Assert.Equal("akka.persistence.snapshot-store.local", config.GetString("snapshot-store.plugin"));
        Assert.Empty(config.GetStringList("journal.auto-start-journals"));
        Assert.Empty(config.GetStringList("snapshot-store.auto-start-snapshot-stores"));
        Assert.Equal(50, config.GetInt("max-concurrent-recoveries"));
        Assert.Equal("Akka.Persistence.ThrowExceptionConfigurator, Akka.Persistence", config.GetString("internal-stash-overflow-strategy"));
        Assert.Equal("snapshots", config.GetString("snapshot-store.local.dir"));
        Assert.Equal(3, config.GetInt("snapshot-store.local.load-attempts"));

        var journal = config.GetConfig("journal-plugin-fallback")!;
        Assert.Equal(TimeSpan.FromSeconds(30), journal.GetTimeSpan("recovery-event-timeout"));
        Assert.Equal(200, journal.GetInt("max-message-batch-size"));
        Assert.Equal((10, 10, 30), Breaker("journal-plugin-fallback"));
        Assert.Equal("repair-by-discard-old", journal.GetString("replay-filter.mode"));
        Assert.Equal((100, 10, false),
            (journal.GetInt("replay-filter.window-size"), journal.GetInt("replay-filter.max-old-writers"), journal.GetBoolean("replay-filter.debug")));
        Assert.Equal((5, 20, 60), Breaker("snapshot-store-plugin-fallback"));

        (int Failures, double CallSeconds, double ResetSeconds) Breaker(string section) =>
            (config.GetInt($"{section}.circuit-breaker.max-failures"), config.GetTimeSpan($"{section}.circuit-breaker.call-timeout").TotalSeconds,
                config.GetTimeSpan($"{section}.circuit-breaker.reset-timeout").TotalSeconds);
    }

    [Fact(DisplayName = "The settings of deliveries are read from at-least-once-delivery and can be changed one by one")]
    public async Task Deliveries()
    {
        using var system = ActorSystem.Create("deliveries", "akka.loglevel = OFF");
        var settings = Akka.Persistence.Persistence.Instance.Apply(system).Settings.AtLeastOnceDelivery;
        Assert.Equal((TimeSpan.FromSeconds(5), 10_000, 5, 100_000), Values(settings));
        Assert.Equal((TimeSpan.FromSeconds(1), 2, 3, 4), Values(settings.WithRedeliverInterval(TimeSpan.FromSeconds(1)).WithRedeliveryBurstLimit(2)
            .WithUnconfirmedAttemptsToWarn(3).WithMaxUnconfirmedMessages(4)));
        await system.Terminate();

        static (TimeSpan, int, int, int) Values(PersistenceSettings.AtLeastOnceDeliverySettings settings) => (settings.RedeliverInterval,
            settings.RedeliveryBurstLimit, settings.WarnAfterNumberOfUnconfirmedAttempts, settings.MaxUnconfirmedMessages);
    }
}
