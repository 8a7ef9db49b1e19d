using System.Collections.Immutable;
using ActorNode.Jobs.Runs;
using ActorNode.Protocol.Jobs;
using ActorNode.Storage;
using Akka.Actor;

namespace ActorNode.Jobs;

/// <summary>
/// Which runs of a job are at work and which wait for their turn, in the order of acceptance. Part of the job's actor, used on its turns only.
/// </summary>
internal sealed class RunSlots(JobsContext context, IActorContext actor, ITimerScheduler timers)
{
    private readonly Dictionary<RunId, Slot> _slots = [];
    private readonly Queue<RunAccepted> _waiting = [];

    /// <summary>Runs that are not listed yet.</summary>
    private readonly HashSet<RunId> _unlisted = [];
    /// <summary>What came for runs of an earlier incarnation before their turn: only their journals know what they are at.</summary>
    private readonly Dictionary<RunId, List<(object Message, IActorRef Sender)>> _held = [];
    private int _working;
    private bool _stopping;

    /// <summary>No run is at work, waits for something or waits for its turn.</summary>
    public bool IsIdle => _slots.Count == 0 && _waiting.Count == 0;

    /// <summary>No run's actor is left.</summary>
    public bool IsStopped => _slots.Values.All(slot => slot.Actor is null);

    /// <summary>Runs whose turn has come.</summary>
    public ImmutableArray<RunId> Running => [.. _slots.Keys];

    /// <summary>Runs whose turn has not come, first the next.</summary>
    public ImmutableArray<RunId> Waiting => [.. _waiting.Select(accepted => accepted.Run)];

    /// <summary>The run's actor, or null.</summary>
    public IActorRef? Find(RunId run) => _slots.GetValueOrDefault(run)?.Actor;

    /// <summary>Whether the run's turn has come and its actor is not there: it failed and is opened again, or was stopped.</summary>
    public bool IsClosed(RunId run) => _slots.TryGetValue(run, out var slot) && slot.Actor is null;

    /// <summary>Whether the run's turn has not come.</summary>
    public bool IsWaiting(RunId run) => _waiting.Any(accepted => accepted.Run == run);

    /// <summary>The run waits until it is listed, and for its turn.</summary>
    /// <param name="accepted">The run.</param>
    /// <param name="spec">Its job.</param>
    /// <param name="recovered">An earlier incarnation accepted it, and may have begun it.</param>
    public void Add(RunAccepted accepted, JobSpec spec, bool recovered)
    {
        if (recovered)
            _held[accepted.Run] = [];
        _waiting.Enqueue(spec.Ordered ? accepted with { Alone = true } : accepted);
        _unlisted.Add(accepted.Run);
    }

    /// <summary>The run is listed.</summary>
    public void Listed(RunId run) => _unlisted.Remove(run);

    /// <summary>Keeps a message for a run that may have begun, until its actor is there. False: it is none of these, or has enough.</summary>
    public bool TryHold(RunId run, object message, IActorRef sender)
    {
        if (!_held.TryGetValue(run, out var held) || held.Count == MaxHeld)
            return false;
        held.Add((message, sender));
        return true;
    }

    /// <summary>The job's actor ends: who waits for a run is told.</summary>
    public void Dispose(JobReplies.Failed reply)
    {
        foreach (var (_, sender) in _held.Values.SelectMany(held => held))
            sender.Tell(reply);
    }

    /// <summary>Starts the runs whose turn has come.</summary>
    public void Fill(JobSpec spec)
    {
        var limit = spec.MaxConcurrentRuns ?? context.Settings.MaxConcurrentRuns;
        while (!_stopping && _waiting.TryPeek(out var next) && !_unlisted.Contains(next.Run) && (next.Alone ? _slots.Count == 0 : _working < limit))
        {
            var slot = new Slot(_waiting.Dequeue(), spec);
            _slots.Add(next.Run, slot);
            _working++;
            Open(slot);
        }
    }

    /// <summary>The run is finished. False: it is none of these.</summary>
    public bool Settled(RunId run)
    {
        if (!_slots.Remove(run, out var slot))
            return false;
        slot.Actor?.Tell(RunActor.Stop.Instance);
        if (!slot.Waits)
            _working--;
        return true;
    }

    /// <summary>The run waits for something outside, or is back. One that is back goes on at once, whatever the limit.</summary>
    public void Parked(RunActor.Parked parked)
    {
        if (!_slots.TryGetValue(parked.Run, out var slot) || slot.Waits == parked.Waits)
            return;
        slot.Waits = parked.Waits;
        _working += parked.Waits ? -1 : 1;
    }

    /// <summary>An actor has ended. That of a run which is not finished failed, and is opened again after a back-off.</summary>
    public void Ended(IActorRef ended)
    {
        if (!_slots.TryGetValue(new RunId(ended.Path.Name), out var slot) || !ended.Equals(slot.Actor))
            return;
        slot.Actor = null;
        // Whether it waits, its successor says.
        if (slot.Waits)
            Parked(new RunActor.Parked(slot.Accepted.Run, false));
        if (_stopping)
            return;
        slot.Failures++;
        var retry = new Retry(slot.Accepted.Run);
        timers.StartSingleTimer(retry, retry, Backoff.Delay(
            slot.Failures, context.Settings.MinBackoff, context.Settings.MaxBackoff, context.Random.NextDouble()));
    }

    /// <summary>Opens a run again.</summary>
    public void Again(RunId run)
    {
        if (!_stopping && _slots.TryGetValue(run, out var slot) && slot.Actor is null)
            Open(slot);
    }

    /// <summary>Nothing starts any more; runs end after the task that is under way.</summary>
    public void Stop()
    {
        _stopping = true;
        foreach (var slot in _slots.Values)
            slot.Actor?.Tell(RunActor.Stop.Instance);
    }

    private void Open(Slot slot)
    {
        slot.Actor = actor.Watch(actor.ActorOf(RunActor.Props(slot.Spec, slot.Accepted, context), slot.Accepted.Run.Value));
        if (!_held.Remove(slot.Accepted.Run, out var held))
            return;
        foreach (var (message, sender) in held)
            slot.Actor.Tell(message, sender);
    }

    private const int MaxHeld = 16;

    /// <summary>Time to open a run again.</summary>
    public sealed record Retry(RunId Run);

    private sealed class Slot(RunAccepted accepted, JobSpec spec)
    {
        public RunAccepted Accepted { get; } = accepted;

        public JobSpec Spec { get; } = spec;

        public IActorRef? Actor { get; set; }

        public bool Waits { get; set; }

        public int Failures { get; set; }
    }
}
