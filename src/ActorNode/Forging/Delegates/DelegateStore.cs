using System.Collections.Immutable;
using ActorNode.Forging.Watermarks;
using ActorNode.Protocol.Forging;
using ActorNode.Storage;
using Akka.Actor;

namespace ActorNode.Forging.Delegates;

/// <summary>
/// A delegate's side of its watermarks: the actor that keeps them, whether it works, when it is started anew, and who waits for what it says.
/// Part of the delegate's actor, used on its turns only.
/// </summary>
internal sealed class DelegateStore(ConsensusKeyId key, DelegateContext context, IActorContext actor) : IDisposable
{
    private ITimerScheduler? _timers;
    private IActorRef? _marks;
    private WatermarkActor.Raise? _question;
    private bool _recording;
    private int _failures;

    /// <summary>The last signature, which goes with the next mark in one write; alone when there is none.</summary>
    private MarkSigned? _signed;

    /// <summary>What others asked the marks for, in the order of the answers to come. Null of almost all keys.</summary>
    private Queue<(object Question, IActorRef Asker)>? _asked;

    /// <summary>The marks are known, and nothing was heard of their store to the contrary.</summary>
    public bool IsReady { get; private set; }

    /// <summary>Nothing is to be stored or answered.</summary>
    public bool IsIdle => _question is null && !_recording && _signed is null && _asked is null;

    /// <summary>Why nothing can be signed; null: it can, or whether it can will be known soon.</summary>
    public string? Error { get; private set; }

    /// <summary>Whether a message is of the present watermarks' actor, and not of one that was before.</summary>
    public bool Is(IActorRef sender) => sender.Equals(_marks);

    public void Start(ITimerScheduler timers)
    {
        _timers = timers;
        Reopen();
    }

    public void Reopen() => _marks ??= actor.Watch(actor.ActorOf(WatermarkActor.Props(key, context), "marks"));

    /// <summary>The answer is a <see cref="WatermarkActor.Decided"/>, or the end of the store.</summary>
    public void Raise(in MarkRequest request)
    {
        _question = new WatermarkActor.Raise(request, _signed);
        _signed = null;
        _marks!.Tell(_question);
    }

    /// <summary>False when it is no answer to what was asked last: it allows nothing.</summary>
    public bool Decided(WatermarkActor.Decided decided)
    {
        if (_question is null || decided.Question != _question)
            return false;
        _question = null;
        // Something was stored, or at least read: the next failure is the first again.
        _failures = 0;
        return true;
    }

    /// <summary>To be stored with the next mark, or in a few seconds: without it the same payload is signed again when somebody asks for it.</summary>
    public void Keep(MarkSigned signed) => _signed = signed;

    /// <summary>No mark is raised soon that the last signature could go with.</summary>
    public void Flush()
    {
        if (_signed is null || _recording || _question is not null)
            return;
        if (!IsReady)
        {
            // Its mark is stored, that is what counts; nobody should wait for a store that may never come back.
            _signed = null;
            return;
        }

        _recording = true;
        _marks!.Tell(new WatermarkActor.Record(_signed));
        _signed = null;
    }

    public void Recorded()
    {
        _recording = false;
        _failures = 0;
    }

    public void Recovered()
    {
        IsReady = true;
        if (Error is null)
            return;
        Error = null;
        ForgingMetrics.StoreLost(-1);
        actor.System.EventStream.Publish(new ForgeKeyEvents.WatermarksFound(key));
    }

    /// <summary>Said before the store's end: nothing goes there any more.</summary>
    public void Failed(string error)
    {
        IsReady = false;
        if (Error is null)
        {
            ForgingMetrics.StoreLost(1);
            actor.System.EventStream.Publish(new ForgeKeyEvents.WatermarksLost(key, error));
        }

        Error = error;
    }

    /// <summary>The store has ended and is started anew after a while. Why it ended.</summary>
    public string Ended(Func<ImmutableArray<Watermark>, ForgeReplies.KeyState> state)
    {
        if (Error is null || IsReady)
            Failed("their actor failed");
        (_marks, _question, _recording, _signed) = (null, null, false, null);
        while (_asked is not null && _asked.TryDequeue(out var asked))
            AnswerWithout(asked.Question, asked.Asker, state);
        _asked = null;
        _failures++;
        _timers!.StartSingleTimer(
            ReopenTick.Instance,
            ReopenTick.Instance,
            Backoff.Delay(_failures, context.Settings.MinBackoff, context.Settings.MaxBackoff, context.Random.NextDouble()));
        return Error!;
    }

    /// <summary>A question about the marks, or an import, for whom it is.</summary>
    public void Ask(object question, IActorRef asker, Func<ImmutableArray<Watermark>, ForgeReplies.KeyState> state)
    {
        if (Error is not null || _marks is null)
        {
            AnswerWithout(question, asker, state);
        }
        else if (question is ForgeCommands.ImportMarks import && MarkRules.Problem(import) is { } problem)
        {
            asker.Tell(new ForgeReplies.MarksFailed(key, problem, Invalid: true));
        }
        else
        {
            // They speak of the last signature too.
            Flush();
            (_asked ??= []).Enqueue((question, asker));
            _marks.Tell(question is ForgeCommands.ImportMarks ? question : WatermarkActor.GetMarks.Instance);
        }
    }

    /// <summary>The answer to the oldest question.</summary>
    public void Answer(object answer, Func<ImmutableArray<Watermark>, ForgeReplies.KeyState> state)
    {
        var (question, asker) = _asked!.Dequeue();
        if (_asked.Count == 0)
            _asked = null;
        asker.Tell(answer is not WatermarkActor.MarksAre { Marks: var marks }
            ? answer
            : question is ForgeQueries.StateOf ? state(marks) : new ForgeReplies.MarksOfKey(key, Sorted(marks)));
    }

    public void Dispose()
    {
        if (Error is not null)
            ForgingMetrics.StoreLost(-1);
        while (_asked is not null && _asked.TryDequeue(out var asked))
            asked.Asker.Tell(new ForgeReplies.MarksFailed(key, "the delegate was stopped", Invalid: false));
    }

    private void AnswerWithout(object question, IActorRef asker, Func<ImmutableArray<Watermark>, ForgeReplies.KeyState> state) =>
        asker.Tell(question is ForgeQueries.StateOf
            ? state([])
            : new ForgeReplies.MarksFailed(key, $"the watermarks cannot be read or written: {Error ?? "their actor failed"}", Invalid: false));

    private static ImmutableArray<Watermark> Sorted(ImmutableArray<Watermark> marks) =>
        [.. marks.OrderBy(mark => mark.Chain.Value, StringComparer.Ordinal).ThenBy(mark => mark.Kind)];

    public sealed class ReopenTick
    {
        public static readonly ReopenTick Instance = new();
    }
}
