using System.Collections.Immutable;
using ActorNode.Protocol.Forging;

namespace ActorNode.Forging.Delegates;

/// <summary>
/// The duties that one delegate holds: at most one active, the rest in order of arrival, within a bound. Part of the delegate's actor, used on
/// its turns only. An idle one is two null references.
/// </summary>
internal sealed class DelegateQueue(int maxPending)
{
    private Queue<ForgeTask>? _pending;

    public ForgeTask? Active { get; private set; }

    public int Count => _pending?.Count ?? 0;

    public bool IsIdle => Active is null && Count == 0;

    public ImmutableArray<ForgeDuty> Pending => _pending is null ? [] : [.. _pending.Select(task => task.Duty)];

    /// <summary>Why a task is not taken; null: it is.</summary>
    public RejectReason? Add(ForgeTask task)
    {
        if (Holds(task.Duty.Id, task.Duty.Kind))
            return RejectReason.Duplicate;
        if (Count >= maxPending)
            return RejectReason.QueueFull;
        (_pending ??= new Queue<ForgeTask>(4)).Enqueue(task);
        return null;
    }

    /// <summary>The next becomes active; false when there is none.</summary>
    public bool TryBegin()
    {
        if (_pending is null || !_pending.TryDequeue(out var next))
            return false;
        Active = next;
        return true;
    }

    /// <summary>The active one is done.</summary>
    public ForgeTask End()
    {
        var ended = Active ?? throw new InvalidOperationException("no duty is active");
        Active = null;
        return ended;
    }

    /// <summary>Takes out what waits and is covered; the rest keeps its order. The active one stays.</summary>
    public List<ForgeTask> Cancel(ForgeCommands.CancelPending scope)
    {
        var cancelled = new List<ForgeTask>();
        for (var i = Count; i > 0; i--)
        {
            var task = _pending!.Dequeue();
            if (scope.Covers(task.Duty))
                cancelled.Add(task);
            else
                _pending.Enqueue(task);
        }

        return cancelled;
    }

    private bool Holds(ForgeRequestId id, ForgeKind kind)
    {
        if (Active is { } active && active.Duty.Id == id && active.Duty.Kind == kind)
            return true;
        if (_pending is not null)
        {
            foreach (var task in _pending)
            {
                if (task.Duty.Id == id && task.Duty.Kind == kind)
                    return true;
            }
        }

        return false;
    }
}
