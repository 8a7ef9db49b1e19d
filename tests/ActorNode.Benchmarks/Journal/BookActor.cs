using ActorNode.Benchmarks.Engine;
using Akka.Actor;
using Akka.Persistence;

namespace ActorNode.Benchmarks.Journal;

/// <summary>Persists what it is told to, one after the other, and counts what it recovers.</summary>
internal sealed class BookActor : UntypedPersistentActor
{
    private readonly Countdown _recovered;
    private readonly Countdown? _replayed;
    private Countdown _done = null!;
    private int _left;
    private int _together;

    public BookActor(string persistenceId, Countdown recovered, Countdown? replayed)
    {
        PersistenceId = persistenceId;
        _recovered = recovered;
        _replayed = replayed;
    }

    public override string PersistenceId { get; }

    public static Props Props(string persistenceId, Countdown recovered, Countdown? replayed = null) =>
        Akka.Actor.Props.Create(() => new BookActor(persistenceId, recovered, replayed));

    protected override void OnRecover(object message)
    {
        if (message is RecoveryCompleted)
            _recovered.CountShared();
        else
            _replayed?.CountShared();
    }

    protected override void OnCommand(object message)
    {
        switch (message)
        {
            case Work work:
                (_left, _together, _done) = (work.Events, work.Together, work.Done);
                Next();
                break;
            case Continue:
                Next();
                break;
            case Ask:
                Persist(Entry.Of(LastSequenceNr), _ => Sender.Tell(Stored.Instance, Self));
                break;
        }
    }

    private void Next()
    {
        if (_together == 1)
        {
            Persist(Entry.Of(_left), _ => OnStored());
            return;
        }

        var entries = new Entry[_together];
        for (var i = 0; i < entries.Length; i++)
            entries[i] = Entry.Of(_left - i);
        PersistAll(entries, _ => OnStored());
    }

    private void OnStored()
    {
        _left--;
        _done.CountShared();
        if (_left > 0 && _left % _together == 0)
            Self.Tell(Continue.Instance, Self);
    }

    /// <summary>Persist so many events, so many at a time.</summary>
    internal sealed record Work(int Events, int Together, Countdown Done) : INoSerializationVerificationNeeded;

    /// <summary>Persist one event and answer.</summary>
    internal sealed class Ask : INoSerializationVerificationNeeded
    {
        public static readonly Ask Instance = new();
    }

    internal sealed class Stored : INoSerializationVerificationNeeded
    {
        public static readonly Stored Instance = new();
    }

    private sealed class Continue : INoSerializationVerificationNeeded
    {
        public static readonly Continue Instance = new();
    }
}
