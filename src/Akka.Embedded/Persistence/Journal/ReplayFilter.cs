using Akka.Actor;
using Akka.Event;

namespace Akka.Persistence.Journal;

/// <summary>What is done about events of overlapping writers of one persistence id.</summary>
public enum ReplayFilterMode
{
    /// <summary>The replay fails.</summary>
    Fail,

    /// <summary>They are logged and replayed.</summary>
    Warn,

    /// <summary>Those of the older writer are logged and left out.</summary>
    RepairByDiscardOld,

    Disabled
}

/// <summary>
/// Between a journal and a recovering actor: finds events of writers that overlapped. The journal's base filters by itself; this actor is
/// for journals that are not built on it.
/// </summary>
public class ReplayFilter : ActorBase
{
    private readonly WriterFilter _filter;

    public ReplayFilter(IActorRef persistentActor, ReplayFilterMode mode, int windowSize, int maxOldWriters, bool debugEnabled)
    {
        PersistentActor = persistentActor;
        Mode = mode;
        WindowSize = windowSize;
        MaxOldWriters = maxOldWriters;
        DebugEnabled = debugEnabled;
        _filter = new WriterFilter(new ReplayFilterSettings(mode, windowSize, maxOldWriters, debugEnabled), Context.GetLogger(),
            stored => PersistentActor.Tell(new ReplayedMessage(stored), ActorRefs.NoSender));
    }

    public IActorRef PersistentActor { get; }

    public ReplayFilterMode Mode { get; }

    public int WindowSize { get; }

    public int MaxOldWriters { get; }

    public bool DebugEnabled { get; }

    public static Props Props(IActorRef persistentActor, ReplayFilterMode mode, int windowSize, int maxOldWriters, bool debugEnabled)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(windowSize);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxOldWriters);
        if (mode == ReplayFilterMode.Disabled)
            throw new ArgumentException("A replay filter must not be disabled", nameof(mode));
        return Akka.Actor.Props.Create(() => new ReplayFilter(persistentActor, mode, windowSize, maxOldWriters, debugEnabled));
    }

    protected override bool Receive(object message)
    {
        switch (message)
        {
            case ReplayedMessage replayed:
                var failed = _filter.Failure is not null;
                _filter.Add(replayed.Persistent);
                if (!failed && _filter.Failure is { } failure)
                    PersistentActor.Tell(new ReplayMessagesFailure(failure), ActorRefs.NoSender);
                return true;
            case RecoverySuccess or ReplayMessagesFailure:
                _filter.Finish();
                if (_filter.Failure is null)
                    PersistentActor.Tell(message, ActorRefs.NoSender);
                Context.Stop(Self);
                return true;
            default:
                return false;
        }
    }
}
