using Akka.Actor;
using Akka.Persistence.Journal;

namespace Akka.Persistence;

// From the start of an incarnation to RecoveryCompleted: a permit, a snapshot, the events.
public abstract partial class Eventsourced
{
    private Recovering? _recovering;

    public override void AroundPreStart()
    {
        Prepare();
        try
        {
            base.AroundPreStart();
        }
        catch
        {
            // This incarnation gets no other chance to return it.
            EndRecovery();
            throw;
        }

        if (_recovering!.Permit.IsGrantedAtOnce)
            StartRecovery();
    }

    public override void AroundPostRestart(Exception reason, object message)
    {
        Prepare();
        try
        {
            base.AroundPostRestart(reason, message);
        }
        catch
        {
            EndRecovery();
            throw;
        }

        if (_recovering!.Permit.IsGrantedAtOnce)
            StartRecovery();
    }

    private void Prepare()
    {
        if (PersistenceId is null)
            throw new ArgumentNullException(nameof(PersistenceId), $"PersistenceId is null in {GetType()} at {Self.Path}");
        // Missing plugins are a failure of the start, not of the first event.
        var journal = JournalPlugin;
        _ = SnapshotStore;
        _phase = Phase.AwaitsPermit;
        _recovering = new Recovering(journal.Permits.Ask(Self));
    }

    private void StartRecovery()
    {
        var recovery = Recovery;
        var recovering = _recovering!;
        recovering.ReplayMax = recovery.ReplayMax;
        if (recovery.FromSnapshot.Equals(SnapshotSelectionCriteria.None))
        {
            StartReplay(recovery.ToSequenceNr);
            return;
        }

        _phase = Phase.AwaitsSnapshot;
        recovering.StartTimeout(this);
        LoadSnapshot(SnapshotterId, recovery.FromSnapshot, recovery.ToSequenceNr);
    }

    private void StartReplay(long toSequenceNr)
    {
        _phase = Phase.Replays;
        _recovering!.StartTimeout(this);
        Journal.Tell(new ReplayMessages(LastSequenceNr + 1, toSequenceNr, _recovering.ReplayMax, PersistenceId, Self) { BatchesFor = _instanceId }, Self);
    }

    /// <summary>While recovering: true for what is part of the recovery; the rest are commands that wait.</summary>
    private bool Recovers(object message)
    {
        switch (message)
        {
            case RecoveryPermits.Permit permit:
                if (_phase == Phase.AwaitsPermit && ReferenceEquals(permit, _recovering?.Permit))
                    StartRecovery();
                return true;
            case RecoveryTimeout timeout:
                if (ReferenceEquals(timeout, _recovering?.Timeout))
                    CheckTimeout(timeout);
                return true;
            case LoadSnapshotResult loaded when _phase == Phase.AwaitsSnapshot:
                OfferSnapshot(loaded);
                return true;
            case LoadSnapshotFailed failed when _phase == Phase.AwaitsSnapshot:
                FailRecovery(failed.Cause, null);
                return true;
            case ReplayedBatch batch:
                if (_phase == Phase.Replays && batch.ActorInstanceId == _instanceId)
                    Replay(batch);
                return true;
            case ReplayedMessage replayed when _phase == Phase.Replays:
                _recovering!.Progressed = true;
                Replay(replayed.Persistent);
                return true;
            case RecoverySuccess success when _phase == Phase.Replays:
                CompleteRecovery(success);
                return true;
            case ReplayMessagesFailure failure when _phase == Phase.Replays:
                FailRecovery(failure.Cause, null);
                return true;
            default:
                return false;
        }
    }

    private void OfferSnapshot(LoadSnapshotResult loaded)
    {
        _recovering!.StopTimeout();
        if (loaded.Snapshot is { } selected)
        {
            var offer = new SnapshotOffer(selected.Metadata, selected.Snapshot);
            var before = LastSequenceNr;
            LastSequenceNr = selected.Metadata.SequenceNr;
            try
            {
                if (!ReceiveRecover(offer))
                {
                    // Then the events from the first one on are needed.
                    LastSequenceNr = before;
                    Unhandled(offer);
                }
            }
            catch (Exception e)
            {
                FailRecovery(e, offer);
                return;
            }
        }

        StartReplay(loaded.ToSequenceNr);
    }

    private void Replay(ReplayedBatch batch)
    {
        _recovering!.Progressed = true;
        while (batch.Handled < batch.Events.Count)
        {
            if (!Replay(batch.Events[batch.Handled++]))
                return;
            if (Cell.AwaitsTask)
            {
                // An asynchronous handler: the rest comes when it has ended.
                Cell.EnqueueFirst(new Envelope(batch, Self));
                return;
            }
        }

        switch (batch.End)
        {
            case RecoverySuccess success:
                CompleteRecovery(success);
                break;
            case ReplayMessagesFailure failure:
                FailRecovery(failure.Cause, null);
                break;
        }
    }

    /// <summary>False when the recovery has failed.</summary>
    private bool Replay(IPersistentRepresentation replayed)
    {
        try
        {
            LastSequenceNr = Math.Max(LastSequenceNr, replayed.SequenceNr);
            if (!ReceiveRecover(replayed.Payload))
                Unhandled(replayed.Payload);
            return true;
        }
        catch (Exception e)
        {
            FailRecovery(e, replayed.Payload);
            return false;
        }
    }

    private void CompleteRecovery(RecoverySuccess success)
    {
        var failed = true;
        try
        {
            _recovering!.StopTimeout();
            OnReplaySuccess();
            _sequenceNr = LastSequenceNr = Math.Max(success.HighestSequenceNr, LastSequenceNr);
            _phase = Phase.Processes;
            if (!ReceiveRecover(RecoveryCompleted.Instance))
                Unhandled(RecoveryCompleted.Instance);
            failed = false;
        }
        finally
        {
            // A failure from here on is the supervisor's, no longer the recovery's.
            EndRecovery();
            if (_phase == Phase.Processes)
                EndTurn(failed);
        }
    }

    /// <summary>Stops the actor: its state is not what the events say.</summary>
    private void FailRecovery(Exception cause, object? message)
    {
        _phase = Phase.Stops;
        EndRecovery();
        try
        {
            OnRecoveryFailure(cause, message);
        }
        finally
        {
            Context.Stop(Self);
        }
    }

    private void CheckTimeout(RecoveryTimeout timeout)
    {
        var recovering = _recovering!;
        if (recovering.Progressed)
        {
            recovering.Progressed = false;
            return;
        }

        var seconds = JournalPlugin.RecoveryEventTimeout.TotalSeconds;
        FailRecovery(new RecoveryTimedOutException(FormattableString.Invariant(timeout.OfSnapshot
            ? $"Recovery of [{PersistenceId}] timed out: no answer of the snapshot store within {seconds} s"
            : (FormattableString)$"Recovery of [{PersistenceId}] timed out: no event within {seconds} s, highest sequence number seen is {LastSequenceNr}")), null);
    }

    private void EndRecovery()
    {
        if (_recovering is not { } recovering)
            return;
        _recovering = null;
        recovering.StopTimeout();
        recovering.Permit.Return();
    }

    /// <summary>What only a recovery needs.</summary>
    private sealed class Recovering(RecoveryPermits.Permit permit)
    {
        private Cancelable? _timer;

        public RecoveryPermits.Permit Permit => permit;

        public RecoveryTimeout? Timeout { get; private set; }

        public long ReplayMax { get; set; }

        /// <summary>Whether events have come since the timeout was looked at last.</summary>
        public bool Progressed { get; set; }

        public void StartTimeout(Eventsourced actor)
        {
            var scheduler = actor.Cell.System.Scheduler;
            var after = actor.JournalPlugin.RecoveryEventTimeout;
            StopTimeout();
            Progressed = false;
            Timeout = new RecoveryTimeout(actor._phase == Phase.AwaitsSnapshot);
            _timer = new Cancelable(scheduler.Advanced);
            scheduler.ScheduleTellRepeatedly(after, after, actor.Self, Timeout, actor.Self, _timer);
        }

        public void StopTimeout()
        {
            _timer?.Cancel();
            (_timer, Timeout) = (null, null);
        }
    }

    private sealed class RecoveryTimeout(bool ofSnapshot) : INoSerializationVerificationNeeded, INotInfluenceReceiveTimeout, Event.IDeadLetterSuppression
    {
        public bool OfSnapshot => ofSnapshot;
    }
}
