using Akka.Persistence;

namespace Specs.Persistence.Crash;

/// <summary>
/// Counts: each event is the number after the one before, written alone, several at once or asynchronously. It says what it recovered, and
/// of each write, in the handler of its last event, that it is done; it goes on when that has been passed on. So nothing but the write
/// under way can be in the journal without having been told of.
/// </summary>
internal sealed class CountingActor : ReceivePersistentActor
{
    public const int MaxBatch = 5;
    public const string Recovered = "recovered";
    public const string Written = "written";
    public const string Wrong = "wrong";

    private const int SnapshotEvery = 20;

    private readonly IActorRef _teller;
    private readonly int _key;
    private readonly Random _random;
    private long _count;
    private long _lastOfWrite;

    public CountingActor(int key, IActorRef teller)
    {
        _key = key;
        _teller = teller;
        _random = new Random(key);
        PersistenceId = $"counting-{key}";
        Recover<SnapshotOffer>(offer => _lastOfWrite = _count = (long)offer.Snapshot);
        Recover<Counted>(Follow);
        Recover<RecoveryCompleted>(_ =>
        {
            if (_count != _lastOfWrite)
                _teller.Tell(new Told(_key, $"{Wrong}: a part of a write, up to {_lastOfWrite}", _count));
            _teller.Tell(new Told(_key, Recovered, _count));
        });
        Command<Passed>(_ => Write());
        Command<SaveSnapshotSuccess>(_ =>
        {
            // A snapshot only shortens the recovery.
        });
    }

    public override string PersistenceId { get; }

    public static Props Props(int key, IActorRef teller) => Akka.Actor.Props.Create(() => new CountingActor(key, teller));

    private void Write()
    {
        var last = _count + _random.Next(1, MaxBatch + 1);
        var events = Enumerable.Range(1, (int)(last - _count)).Select(i => new Counted(_count + i, last)).ToArray();
        switch (_random.Next(3))
        {
            case 0:
                Persist(new Counted(_count + 1, _count + 1), OnWritten);
                break;
            case 1:
                PersistAll(events, OnWritten);
                break;
            default:
                PersistAllAsync(events, OnWritten);
                break;
        }
    }

    private void OnWritten(Counted e)
    {
        Follow(e);
        if (_count != _lastOfWrite)
            return;
        if (_random.Next(SnapshotEvery) == 0)
            SaveSnapshot(_count);
        _teller.Tell(new Told(_key, Written, _count));
    }

    private void Follow(Counted e)
    {
        if (e.Number != _count + 1)
            _teller.Tell(new Told(_key, $"{Wrong}: after {_count}", e.Number));
        _count = e.Number;
        _lastOfWrite = e.LastOfWrite;
    }

    /// <summary>What an actor says: one line of the program's output.</summary>
    internal sealed record Told(int Key, string What, long Number);

    /// <summary>What an actor said has been passed on.</summary>
    internal sealed record Passed
    {
        public static readonly Passed Instance = new();
    }
}

/// <summary>The event, with the number of the last one of the same write.</summary>
public sealed record Counted(long Number, long LastOfWrite);
