using System.Collections.Immutable;
using ActorNode.Forging.Watermarks;
using ActorNode.Protocol.Forging;
using Akka.Actor;
using Akka.Event;
using Akka.Persistence;

namespace ActorNode.Forging.Delegates;

/// <summary>
/// The watermarks of one key, event-sourced: the only one that says that the key may sign. Child of the key's delegate, which has a queue, a
/// signer's call and callers to answer that must outlive a failing journal: this actor stops at the first failure, answers nothing more, and a
/// successor recovers what is stored.
/// <para>
/// Ordering: answers come in the order of the questions. Duplicates: a repeated request meets the mark of the first. Restart: a mark whose
/// raising was answered is in the journal; one that was not answered may be.
/// </para>
/// </summary>
internal sealed class WatermarkActor : UntypedPersistentActor
{
    private readonly ConsensusKeyId _key;
    private readonly DelegateContext _context;
    private WatermarkSet _marks = WatermarkSet.Empty;
    private long _snapshotAt;
    private bool _savesSnapshot;

    public static Props Props(ConsensusKeyId key, DelegateContext context) => Akka.Actor.Props.Create(() => new WatermarkActor(key, context));

    public WatermarkActor(ConsensusKeyId key, DelegateContext context)
    {
        _key = key;
        _context = context;
        PersistenceId = IdOf(key);
    }

    /// <inheritdoc/>
    public override string PersistenceId { get; }

    public static string IdOf(ConsensusKeyId key) => $"delegate-{key}";

    /// <inheritdoc/>
    protected override void OnRecover(object message)
    {
        switch (message)
        {
            case IMarkEvent markEvent:
                _marks = _marks.Apply(markEvent);
                break;
            case SnapshotOffer { Snapshot: MarksSnapshot snapshot } offer:
                _marks = snapshot.ToSet();
                _snapshotAt = offer.Metadata.SequenceNr;
                break;
            case RecoveryCompleted:
                Context.Parent.Tell(Recovered.Instance);
                break;
            default:
                // Whatever it is, the marks without it are not to be trusted.
                throw new InvalidOperationException($"the journal of {PersistenceId} holds a {message.GetType().Name}");
        }
    }

    /// <inheritdoc/>
    protected override void OnCommand(object message)
    {
        switch (message)
        {
            case Raise raise:
                OnRaise(raise);
                break;
            case Record record:
                Persist(record.Signed, signed =>
                {
                    Stored(signed);
                    Sender.Tell(Recorded.Instance);
                });
                break;
            case ForgeCommands.ImportMarks import:
                OnImport(import.Marks);
                break;
            case GetMarks:
                Sender.Tell(new MarksAre(_marks.Marks));
                break;
            case SaveSnapshotSuccess saved:
                OnSnapshotSaved(saved.Metadata.SequenceNr);
                break;
            case SaveSnapshotFailure failed:
                // Recovery takes longer, nothing else: the next events try again.
                _savesSnapshot = false;
                Log.Warning(failed.Cause, "The snapshot of the watermarks of {Key} could not be saved", _key);
                break;
            case DeleteMessagesSuccess or DeleteSnapshotsSuccess:
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void OnRaise(Raise raise)
    {
        // What the signer made last must be known before it is decided on the next.
        var marks = raise.Previous is null ? _marks : _marks.Apply(raise.Previous);
        var request = raise.Request;
        var decision = marks.Decide(request);
        IMarkEvent? stored = decision.Verdict switch
        {
            MarkVerdict.Raise => new MarkRaised(request.Chain.Value, request.Kind, request.At.Level, request.At.Round, request.PayloadHash, _context.Clock.GetUtcNow()) { Signed = raise.Previous },
            MarkVerdict.Force => new MarkForced(request.Chain.Value, request.Kind, request.At.Level, request.At.Round, request.PayloadHash, _context.Clock.GetUtcNow()) { Signed = raise.Previous },
            _ => raise.Previous,
        };
        if (stored is null)
        {
            Sender.Tell(new Decided(raise, decision));
            return;
        }

        Persist(stored, markEvent =>
        {
            Stored(markEvent);
            Sender.Tell(new Decided(raise, decision));
        });
    }

    private void OnImport(ImmutableArray<Watermark> marks)
    {
        var (raised, kept) = (new List<Watermark>(), new List<Watermark>());
        var (events, after) = (new List<IMarkEvent>(), _marks);
        foreach (var mark in marks)
        {
            if (after.Find(mark.Chain, mark.Kind) is { } known && known.At >= mark.At)
            {
                kept.Add(known);
                continue;
            }

            var imported = new MarkImported(
                mark.Chain.Value, mark.Kind, mark.At.Level, mark.At.Round, mark.PayloadHash, mark.Signature, _context.Clock.GetUtcNow());
            raised.Add(mark);
            events.Add(imported);
            after = after.Apply(imported);
        }

        var reply = new ForgeReplies.MarksImported(_key, [.. raised], [.. kept]);
        if (events.Count == 0)
        {
            Sender.Tell(reply);
            return;
        }

        var left = events.Count;
        PersistAll(events, imported =>
        {
            Stored(imported);
            if (--left == 0)
                Sender.Tell(reply);
        });
    }

    private void Stored(IMarkEvent markEvent)
    {
        _marks = _marks.Apply(markEvent);
        if (_savesSnapshot || LastSequenceNr - _snapshotAt < _context.Settings.SnapshotEvery)
            return;
        _savesSnapshot = true;
        SaveSnapshot(MarksSnapshot.Of(_marks));
    }

    /// <summary>Of what lies before a snapshot, only what lies before the one before it goes: the newest alone is never all that there is.</summary>
    private void OnSnapshotSaved(long sequence)
    {
        _savesSnapshot = false;
        if (_snapshotAt > 0)
        {
            DeleteMessages(_snapshotAt);
            DeleteSnapshots(new SnapshotSelectionCriteria(_snapshotAt - 1));
        }

        _snapshotAt = sequence;
    }

    /// <inheritdoc/>
    protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr)
    {
        base.OnPersistFailure(cause, @event, sequenceNr);
        Context.Parent.Tell(new StoreFailed(cause.Message));
    }

    /// <inheritdoc/>
    protected override void OnPersistRejected(Exception cause, object @event, long sequenceNr)
    {
        base.OnPersistRejected(cause, @event, sequenceNr);
        // Whoever waits for the event would wait for ever.
        Context.Parent.Tell(new StoreFailed(cause.Message));
        Context.Stop(Self);
    }

    /// <inheritdoc/>
    protected override void OnRecoveryFailure(Exception reason, object? message = null)
    {
        base.OnRecoveryFailure(reason, message);
        Context.Parent.Tell(new StoreFailed(reason.Message));
    }

    /// <summary>May this be signed? <paramref name="Previous"/>: what was signed before, stored in the same write. Reply: <see cref="Decided"/>.</summary>
    public sealed record Raise(MarkRequest Request, MarkSigned? Previous);

    /// <summary>What the marks say to a question, after what they now say is stored.</summary>
    public sealed record Decided(Raise Question, MarkDecision Decision) : INotInfluenceReceiveTimeout;

    /// <summary>Store what was signed. Reply: <see cref="Recorded"/>.</summary>
    public sealed record Record(MarkSigned Signed);

    public sealed class Recorded : INotInfluenceReceiveTimeout
    {
        public static readonly Recorded Instance = new();
    }

    /// <summary>Reply: <see cref="MarksAre"/>.</summary>
    public sealed class GetMarks
    {
        public static readonly GetMarks Instance = new();
    }

    public sealed record MarksAre(ImmutableArray<Watermark> Marks);

    /// <summary>To the parent: the marks are known.</summary>
    public sealed class Recovered
    {
        public static readonly Recovered Instance = new();
    }

    /// <summary>To the parent, before the end.</summary>
    public sealed record StoreFailed(string Error);
}
