using Akka.Actor;
using Akka.Configuration;

namespace Akka.Persistence;

/// <summary>The settings of <c>akka.persistence</c> that belong to no plugin.</summary>
public sealed class PersistenceSettings : Settings
{
    public PersistenceSettings(ActorSystem system, Config config) : base(system, config)
    {
        View = new ViewSettings(config);
        AtLeastOnceDelivery = new AtLeastOnceDeliverySettings(config);
        Internal = new InternalSettings(config);
    }

    public ViewSettings View { get; }

    public AtLeastOnceDeliverySettings AtLeastOnceDelivery { get; set; }

    public InternalSettings Internal { get; }

    /// <summary>Kept for compatibility: there are no views.</summary>
    public sealed class ViewSettings
    {
        public ViewSettings(Config config)
        {
            AutoUpdate = config.GetBoolean("view.auto-update");
            AutoUpdateInterval = config.GetTimeSpan("view.auto-update-interval");
            AutoUpdateReplayMax = config.GetLong("view.auto-update-replay-max") is var max and >= 0 ? max : long.MaxValue;
        }

        public bool AutoUpdate { get; }

        public TimeSpan AutoUpdateInterval { get; }

        public long AutoUpdateReplayMax { get; }
    }

    public sealed class AtLeastOnceDeliverySettings
    {
        public AtLeastOnceDeliverySettings(TimeSpan redeliverInterval, int redeliveryBurstLimit, int warnAfterNumberOfUnconfirmedAttempts,
            int maxUnconfirmedMessages)
        {
            RedeliverInterval = redeliverInterval;
            RedeliveryBurstLimit = redeliveryBurstLimit;
            WarnAfterNumberOfUnconfirmedAttempts = warnAfterNumberOfUnconfirmedAttempts;
            MaxUnconfirmedMessages = maxUnconfirmedMessages;
        }

        public AtLeastOnceDeliverySettings(Config config) : this(
            config.GetTimeSpan("at-least-once-delivery.redeliver-interval"),
            config.GetInt("at-least-once-delivery.redelivery-burst-limit"),
            config.GetInt("at-least-once-delivery.warn-after-number-of-unconfirmed-attempts"),
            config.GetInt("at-least-once-delivery.max-unconfirmed-messages"))
        {
        }

        public TimeSpan RedeliverInterval { get; }

        /// <summary>Most messages that are sent again in one turn.</summary>
        public int RedeliveryBurstLimit { get; }

        /// <summary>After so many attempts the actor gets an <see cref="UnconfirmedWarning"/>.</summary>
        public int WarnAfterNumberOfUnconfirmedAttempts { get; }

        /// <summary>Most messages that may wait for a confirmation.</summary>
        public int MaxUnconfirmedMessages { get; }

        public AtLeastOnceDeliverySettings WithRedeliverInterval(TimeSpan redeliverInterval) =>
            new(redeliverInterval, RedeliveryBurstLimit, WarnAfterNumberOfUnconfirmedAttempts, MaxUnconfirmedMessages);

        public AtLeastOnceDeliverySettings WithRedeliveryBurstLimit(int redeliveryBurstLimit) =>
            new(RedeliverInterval, redeliveryBurstLimit, WarnAfterNumberOfUnconfirmedAttempts, MaxUnconfirmedMessages);

        public AtLeastOnceDeliverySettings WithUnconfirmedAttemptsToWarn(int unconfirmedAttemptsToWarn) =>
            new(RedeliverInterval, RedeliveryBurstLimit, unconfirmedAttemptsToWarn, MaxUnconfirmedMessages);

        public AtLeastOnceDeliverySettings WithMaxUnconfirmedMessages(int maxUnconfirmedMessages) =>
            new(RedeliverInterval, RedeliveryBurstLimit, WarnAfterNumberOfUnconfirmedAttempts, maxUnconfirmedMessages);
    }

    public sealed class InternalSettings
    {
        public InternalSettings(Config config)
        {
            PublishPluginCommands = config.GetBoolean("publish-plugin-commands");
            PublishConfirmations = config.GetBoolean("publish-confirmations");
        }

        /// <summary>Plugins publish the requests that they have served on the event stream, for tests.</summary>
        public bool PublishPluginCommands { get; }

        public bool PublishConfirmations { get; }
    }
}
