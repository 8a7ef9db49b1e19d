using Akka.Actor;

namespace Akka.Persistence;

/// <summary>An event-sourced actor that sends messages again until they are confirmed: see <see cref="AtLeastOnceDeliverySemantic"/>.</summary>
public abstract class AtLeastOnceDeliveryActor : PersistentActor
{
    private readonly AtLeastOnceDeliverySemantic _deliveries;

    protected AtLeastOnceDeliveryActor() => _deliveries = new AtLeastOnceDeliverySemantic(Context, Extension.Settings.AtLeastOnceDelivery);

    protected AtLeastOnceDeliveryActor(PersistenceSettings.AtLeastOnceDeliverySettings settings) =>
        _deliveries = new AtLeastOnceDeliverySemantic(Context, settings);

    protected AtLeastOnceDeliveryActor(
        Func<PersistenceSettings.AtLeastOnceDeliverySettings, PersistenceSettings.AtLeastOnceDeliverySettings> overrideSettings)
    {
        ArgumentNullException.ThrowIfNull(overrideSettings);
        _deliveries = new AtLeastOnceDeliverySemantic(Context, overrideSettings(Extension.Settings.AtLeastOnceDelivery));
    }

    public TimeSpan RedeliverInterval => _deliveries.RedeliverInterval;

    public int RedeliveryBurstLimit => _deliveries.RedeliveryBurstLimit;

    public int WarnAfterNumberOfUnconfirmedAttempts => _deliveries.WarnAfterNumberOfUnconfirmedAttempts;

    public int MaxUnconfirmedMessages => _deliveries.MaxUnconfirmedMessages;

    public int UnconfirmedCount => _deliveries.UnconfirmedCount;

    /// <summary>
    /// Sends the message made for the next delivery id, again and again until that id is confirmed. Ids count up from 1 without gaps, for all
    /// destinations together.
    /// </summary>
    /// <exception cref="MaxUnconfirmedMessagesExceededException">Too many messages wait for their confirmation.</exception>
    public void Deliver(ActorPath destination, Func<long, object> deliveryMessageMapper) =>
        _deliveries.Deliver(destination, deliveryMessageMapper, IsRecovering);

    public void Deliver(ActorSelection destination, Func<long, object> deliveryMessageMapper) =>
        Deliver(AtLeastOnceDeliverySemantic.PathOf(destination), deliveryMessageMapper);

    /// <summary>Ends the attempts. False when it was confirmed before.</summary>
    public bool ConfirmDelivery(long deliveryId) => _deliveries.ConfirmDelivery(deliveryId);

    public AtLeastOnceDeliverySnapshot GetDeliverySnapshot() => _deliveries.GetDeliverySnapshot();

    /// <summary>For a snapshot that was offered in the recovery.</summary>
    public void SetDeliverySnapshot(AtLeastOnceDeliverySnapshot snapshot) => _deliveries.SetDeliverySnapshot(snapshot);

    public override void AroundPreRestart(Exception cause, object message)
    {
        _deliveries.Cancel();
        base.AroundPreRestart(cause, message);
    }

    public override void AroundPostStop()
    {
        _deliveries.Cancel();
        base.AroundPostStop();
    }

    protected override void OnReplaySuccess()
    {
        _deliveries.OnReplaySuccess();
        base.OnReplaySuccess();
    }

    protected override bool AroundReceive(Receive receive, object message) =>
        _deliveries.AroundReceive(receive, message) || base.AroundReceive(receive, message);
}
