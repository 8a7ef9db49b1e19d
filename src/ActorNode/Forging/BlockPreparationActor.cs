using ActorNode.Forging.Delegates;
using ActorNode.Protocol.Forging;
using Akka.Actor;
using Akka.Event;

namespace ActorNode.Forging;

/// <summary>
/// Has blocks prepared, several at once, and hands what is to be signed to the worker: a slow preparation holds up neither the votes of its key
/// nor other blocks.
/// <para>Ordering: none, a block that is prepared first is signed first. Restart: what was in preparation is told as failed.</para>
/// </summary>
internal sealed class BlockPreparationActor : UntypedActor, IWithTimers
{
    private readonly IBlockPreparer _preparer;
    private readonly ForgingSettings _settings;
    private readonly Dictionary<long, Preparation> _running = [];
    private long _last;

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(IBlockPreparer preparer, ForgingSettings settings) =>
        Akka.Actor.Props.Create(() => new BlockPreparationActor(preparer, settings));

    public BlockPreparationActor(IBlockPreparer preparer, ForgingSettings settings)
    {
        _preparer = preparer;
        _settings = settings;
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ForgeCommands.ForgeAndSignBlock block:
                OnBlock(block);
                break;
            case Prepared prepared:
                OnPrepared(prepared);
                break;
            case TimedOut timedOut:
                End(timedOut.Number, block => Failed(block, $"the block was not prepared within {_settings.PreparationTimeout}"));
                break;
            case Stop:
                foreach (var number in _running.Keys.ToArray())
                    End(number, block => new ForgeEvents.ForgeCancelled(ForgeTask.DutyOf(block)));
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void OnBlock(ForgeCommands.ForgeAndSignBlock block)
    {
        if (_running.Count >= _settings.MaxPreparations)
        {
            Reject(block, RejectReason.QueueFull, $"{_running.Count} blocks are in preparation, which is the limit");
            return;
        }

        if (_running.Values.Any(other => other.Block.Id == block.Id && other.Block.Key == block.Key))
        {
            Reject(block, RejectReason.Duplicate, $"the block of request {block.Id} is in preparation");
            return;
        }

        var number = ++_last;
        var cancellation = new CancellationTokenSource();
        _running.Add(number, new Preparation(block, cancellation));
        Timers.StartSingleTimer(number, new TimedOut(number), _settings.PreparationTimeout);
        Sender.Tell(new ForgeReplies.Accepted(block.Id, block.Key));
        // Not on this actor's turn, whatever the preparer does before it awaits.
        Task.Run(() => _preparer.PrepareAsync(block, cancellation.Token), cancellation.Token)
            .PipeTo(Self, success: result => new Prepared(number, result, null), failure: error => new Prepared(number, null, error));
    }

    private void Reject(ForgeCommands.ForgeAndSignBlock block, RejectReason reason, string detail)
    {
        ForgingMetrics.Rejected(reason);
        Sender.Tell(new ForgeReplies.Rejected(block.Id, block.Key, reason, detail));
    }

    private void OnPrepared(Prepared prepared)
    {
        if (!_running.TryGetValue(prepared.Number, out var running))
            // Too late, or cancelled.
            return;
        if (prepared.Result is not { } result)
            End(prepared.Number, block => Failed(block, prepared.Error?.GetBaseException().Message ?? "there is none"));
        else if (Problem(running.Block, result) is { } problem)
            End(prepared.Number, block => Failed(block, problem));
        else
            End(prepared.Number, block => ForgeTask.Of(block, result.Payload, result.Content, Context.Parent, requester: null));
    }

    private string? Problem(ForgeCommands.ForgeAndSignBlock block, PreparedBlock prepared)
    {
        if (prepared.At != block.At)
            return $"the block that was prepared is of {prepared.At}, the request of {block.At}";
        return prepared.Payload.IsEmpty || prepared.Payload.Length > _settings.MaxPayloadBytes
            ? $"the block that was prepared has {prepared.Payload.Length} bytes to sign, it must be 1 to {_settings.MaxPayloadBytes}"
            : null;
    }

    private void End(long number, Func<ForgeCommands.ForgeAndSignBlock, object> outcome)
    {
        if (!_running.Remove(number, out var running))
            return;
        Timers.Cancel(number);
        running.Cancellation.Cancel();
        running.Cancellation.Dispose();
        Context.Parent.Tell(outcome(running.Block));
    }

    private static ForgeEvents.ForgeFailed Failed(ForgeCommands.ForgeAndSignBlock block, string detail)
    {
        Context.GetLogger().Error("The block of request {RequestId} for {Key} could not be prepared: {Reason}", block.Id, block.Key, detail);
        return new(ForgeTask.DutyOf(block), ForgeFailure.PreparationFailed, detail);
    }

    protected override void PostStop()
    {
        foreach (var number in _running.Keys.ToArray())
            End(number, block => Failed(block, "the preparation was stopped"));
    }

    /// <summary>Cancel every preparation.</summary>
    public sealed class Stop
    {
        public static readonly Stop Instance = new();
    }

    private sealed record Preparation(ForgeCommands.ForgeAndSignBlock Block, CancellationTokenSource Cancellation);

    private sealed record Prepared(long Number, PreparedBlock? Result, Exception? Error);

    private sealed record TimedOut(long Number);
}
