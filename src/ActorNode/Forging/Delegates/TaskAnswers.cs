using ActorNode.Protocol.Forging;
using Akka.Actor;

namespace ActorNode.Forging.Delegates;

/// <summary>
/// What is told of a task, to its requester and its observer, and counted: that it is accepted, or rejected; then, once, how it ended.
/// </summary>
internal static class TaskAnswers
{
    public static void Accept(ForgeTask task)
    {
        ForgingMetrics.Held(1);
        if (!task.RequesterWaits)
            task.Requester?.Tell(new ForgeReplies.Accepted(task.Duty.Id, task.Key));
    }

    public static void Reject(ForgeTask task, RejectReason reason, string detail)
    {
        ForgingMetrics.Rejected(reason);
        if (task.Requester is { } requester)
        {
            requester.Tell(new ForgeReplies.Rejected(task.Duty.Id, task.Key, reason, detail));
            task.Observer.Tell(new TaskRejected(task.Key));
            return;
        }

        // It was accepted when its preparation began.
        task.Observer.Tell(new ForgeEvents.ForgeFailed(task.Duty, reason switch
        {
            RejectReason.QueueFull => ForgeFailure.QueueFull,
            RejectReason.WatermarksUnavailable => ForgeFailure.WatermarksUnavailable,
            RejectReason.Stopping => ForgeFailure.Interrupted,
            _ => ForgeFailure.PreparationFailed,
        }, detail));
    }

    /// <summary>Of a task that was accepted.</summary>
    public static void End(ForgeTask task, IForgeEvent outcome)
    {
        ForgingMetrics.Held(-1);
        ForgingMetrics.Ended(outcome);
        if (task.RequesterWaits)
            task.Requester?.Tell(outcome);
        task.Observer.Tell(outcome);
    }

    /// <inheritdoc cref="End"/>
    public static void Interrupt(ForgeTask task) =>
        End(task, new ForgeEvents.ForgeFailed(task.Duty, ForgeFailure.Interrupted, "the delegate was stopped before this was done"));
}
