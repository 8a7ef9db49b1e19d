using Akka.Persistence;

namespace Specs.Persistence;

/// <summary>Sending again until it is confirmed, on virtual time.</summary>
public sealed class AtLeastOnceDeliverySpec() : TimedSpec(
    """
    akka.persistence.snapshot-store.plugin = "akka.persistence.snapshot-store.inmem"
    akka.persistence.at-least-once-delivery {
      redeliver-interval = 1m
      redelivery-burst-limit = 2
      warn-after-number-of-unconfirmed-attempts = 2
      max-unconfirmed-messages = 3
    }
    """)
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Fact(DisplayName = "A message is sent at once and again after each interval until it is confirmed")]
    public async Task Sends_until_confirmed()
    {
        var destination = CreateTestProbe();
        var sender = await Started("sender-1", destination);
        sender.Tell("a");
        await destination.ExpectMsgAsync(new Parcel(1, "a"));
        await Advanced(sender, Minute);
        await destination.ExpectMsgAsync(new Parcel(1, "a"));
        sender.Tell(new Confirm(1));
        await ExpectMsgAsync(true);
        sender.Tell(new Confirm(1));
        await ExpectMsgAsync(false);
        await Advanced(sender, Minute);
        await destination.ExpectNoMsgAsync(Ms(100));
    }

    [Fact(DisplayName = "What was not confirmed is sent again after a restart, under its id; ids go on")]
    public async Task Survives_a_restart()
    {
        var destination = CreateTestProbe();
        var sender = await Started("sender-2", destination);
        sender.Tell("a");
        sender.Tell("b");
        await destination.ExpectMsgAsync(new Parcel(1, "a"));
        await destination.ExpectMsgAsync(new Parcel(2, "b"));
        sender.Tell(new Confirm(1));
        await ExpectMsgAsync(true);
        await Stopped(sender);
        sender = await Started("sender-2", destination);
        await destination.ExpectMsgAsync(new Parcel(2, "b"));
        sender.Tell("c");
        await destination.ExpectMsgAsync(new Parcel(3, "c"));
    }

    [Fact(DisplayName = "The state of deliveries can be kept in a snapshot")]
    public async Task Keeps_its_state_in_snapshots()
    {
        var destination = CreateTestProbe();
        var sender = await Started("sender-3", destination);
        sender.Tell("a");
        await destination.ExpectMsgAsync(new Parcel(1, "a"));
        sender.Tell("snapshot");
        await ExpectMsgAsync<SaveSnapshotSuccess>();
        await Stopped(sender);
        sender = await Started("sender-3", destination);
        await Advanced(sender, Minute);
        await destination.ExpectMsgAsync(new Parcel(1, "a"));
    }

    [Fact(DisplayName = "A turn sends no more again than the burst limit, the oldest first; after enough attempts the actor is warned")]
    public async Task Burst_limit_and_warning()
    {
        var destination = CreateTestProbe();
        var sender = await Started("sender-4", destination);
        foreach (var text in new[] { "a", "b", "c" })
            sender.Tell(text);
        foreach (var (id, text) in new[] { (1, "a"), (2, "b"), (3, "c") })
            await destination.ExpectMsgAsync(new Parcel(id, text));
        await Advanced(sender, Minute);
        await destination.ExpectMsgAsync(new Parcel(1, "a"));
        await destination.ExpectMsgAsync(new Parcel(2, "b"));
        await Advanced(sender, Minute / 2);
        await destination.ExpectMsgAsync(new Parcel(3, "c"));
        await Advanced(sender, Minute / 2);
        var warning = await ExpectMsgAsync<UnconfirmedWarning>();
        Assert.Equal([1L, 2L], warning.UnconfirmedDeliveries.Select(delivery => delivery.DeliveryId));
        Assert.All(warning.UnconfirmedDeliveries, delivery => Assert.Equal(destination.Ref.Path, delivery.Destination));
    }

    [Fact(DisplayName = "More unconfirmed messages than allowed are refused; a selection by pattern is, too")]
    public async Task Refuses()
    {
        var destination = CreateTestProbe();
        var sender = await Started("sender-5", destination);
        foreach (var text in new[] { "a", "b", "c", "d" })
            sender.Tell(text);
        await ExpectMsgAsync("MaxUnconfirmedMessagesExceededException");
        sender.Tell("pattern");
        await ExpectMsgAsync("NotSupportedException");
    }

    private async Task<IActorRef> Started(string id, TestProbe destination)
    {
        var sender = Sys.ActorOf(Props.Create(() => new Sender(id, TestActor, destination.Ref.Path)));
        await Handled(sender);
        return sender;
    }

    private async Task Advanced(IActorRef sender, TimeSpan by)
    {
        Scheduler.Advance(by);
        await Handled(sender);
    }

    private sealed record Parcel(long Id, string Text);

    private sealed record Confirm(long Id);

    private sealed class Sender : AtLeastOnceDeliveryReceiveActor
    {
        public Sender(string id, IActorRef log, ActorPath destination)
        {
            PersistenceId = id;
            Recover<string>(text => Deliver(destination, number => new Parcel(number, text)));
            Recover<Confirm>(confirm => ConfirmDelivery(confirm.Id));
            Recover<SnapshotOffer>(offer => SetDeliverySnapshot((AtLeastOnceDeliverySnapshot)offer.Snapshot));
            Command<Ping>(_ => base.Sender.Tell(Pong.Instance));
            Command<Confirm>(confirm => Persist(confirm, _ => log.Tell(ConfirmDelivery(confirm.Id))));
            Command<string>(text => text == "snapshot", _ => SaveSnapshot(GetDeliverySnapshot()));
            Command<string>(text => text == "pattern", _ => Reported(log, () => Deliver(Context.ActorSelection("/user/*"), _ => "x")));
            Command<string>(text => Persist(text, _ => Reported(log, () => Deliver(destination, number => new Parcel(number, text)))));
            CommandAny(message => log.Tell(message));
        }

        public override string PersistenceId { get; }

        private static void Reported(IActorRef log, Action action)
        {
            try
            {
                action();
            }
            catch (Exception e)
            {
                log.Tell(e.GetType().Name);
            }
        }
    }
}
