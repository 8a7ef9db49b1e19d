using System.Reflection;
using Akka.Actor.Internal;
using Akka.Dispatch.SysMsg;
using Akka.Event;

namespace Akka.Actor;

// Birth, failure, restart and death. All of it runs on the actor's turn.
//
// Suspensions are counted: a failed actor suspends itself once and each child once (but not the child that caused it, which
// did so itself); a Resume or a restart gives one back.
internal sealed partial class ActorCell
{
    private Failure? CurrentFailure
    {
        get => _seldom?.Failure;
        set
        {
            if (value is not null || _seldom is not null)
                Rare.Failure = value;
        }
    }

    private Exception? PendingRecreation
    {
        get => _seldom?.PendingRecreation;
        set
        {
            if (value is not null || _seldom is not null)
                Rare.PendingRecreation = value;
        }
    }

    private enum Phase : byte
    {
        Unborn,
        Alive,
        Terminating,
        Dead
    }

    internal void FaultSuspend()
    {
        SuspendMailbox();
        SuspendChildren(null);
    }

    internal void FaultResume(Exception? causedByFailure)
    {
        if (_turn.Phase != Phase.Alive)
            return;
        if (_actor is null && CurrentFailure is { } failure)
        {
            // There is no state to keep: the incarnation did not come about.
            PublishConversion("Resume", causedByFailure);
            Recreate(causedByFailure ?? failure.Cause);
            return;
        }

        var perpetrator = CurrentFailure?.Perpetrator;
        ResumeMailbox();
        if (causedByFailure is not null)
        {
            CurrentFailure = null;
            if (_seldom is { AwaitedTasks: 0 })
                _seldom.ReceiveTimeout?.AfterMessage(this);
        }

        foreach (var child in ChildRefs())
            child.Resume(Equals(child, perpetrator) ? causedByFailure : null);
    }

    internal void FaultRecreate(Exception cause)
    {
        if (_turn.Phase != Phase.Alive)
            return;
        if (_actor is null && PendingRecreation is null && CurrentFailure is { AtCreation: true })
            PublishConversion("Recreate", cause);
        Recreate(cause);
    }

    private void Recreate(Exception cause)
    {
        if (_suspensions == 0)
            SuspendMailbox();
        if (PendingRecreation is not null)
        {
            // A restart is under way already: this one only gives its suspension back.
            _suspensions = Math.Max(1, _suspensions - 1);
            return;
        }

        if (_actor is { } old)
        {
            DebugLifecycle("Restarting");
            // The message that failed, and its sender, are what PreRestart sees.
            (_turn.Message, _turn.Sender) = (CurrentFailure?.Message, CurrentFailure?.Sender);
            try
            {
                old.AroundPreRestart(cause, _turn.Message!);
            }
            catch (Exception e)
            {
                Report(new PreRestartException(Self, e, cause, _turn.Message!), e.Message);
            }
            finally
            {
                (_turn.Message, _turn.Sender) = (null, null);
            }

            ClearActor();
        }
        else
        {
            // Only the constructor can have asked for a timeout and for children: both are its next run's.
            _seldom?.ReceiveTimeout?.Set(null);
            StopChildren();
        }

        if (_children is { AnyDying: true })
            PendingRecreation = cause;
        else
            FinishRecreate(cause);
    }

    internal void BeginTermination()
    {
        if (_turn.Phase is Phase.Terminating or Phase.Dead)
            return;
        DebugLifecycle("Stopping");
        _turn.Phase = Phase.Terminating;
        PendingRecreation = null;
        _seldom?.ReceiveTimeout?.Set(null);
        SuspendMailbox();
        StopChildren();
        if (_children is null or { IsEmpty: true })
            FinishTermination();
    }

    internal void HandleFailure(Exception cause, LocalActorRef? perpetrator, bool atCreation = false)
    {
        if (_turn.Phase != Phase.Alive && _turn.Phase != Phase.Unborn)
        {
            Report(cause, "Failed while terminating");
            return;
        }

        // Until the parent has decided about the first failure, a second one changes nothing.
        if (CurrentFailure is not null)
            return;
        CurrentFailure = new Failure(cause, perpetrator ?? Self, _turn.Message, _turn.Sender, atCreation);
        _seldom?.ReceiveTimeout?.Disarm();
        SuspendMailbox();
        SuspendChildren(perpetrator);
        Parent.SendSystemMessage(new Failed(Self, cause));
    }

    internal void HandleChildFailure(LocalActorRef child, Exception cause)
    {
        if (_children is null || !_children.Contains(child))
        {
            _system.PublishDebug(Self.Path.ToString(), _actor?.GetType() ?? Props.Type, $"Dropping Failed of unknown or former child {child}");
            return;
        }

        // A supervisor without an actor cannot decide: its own failure is being handled and takes its children along.
        if (_actor is null)
            return;
        _turn.Sender = child;
        try
        {
            if (_actor.Strategy.HandleFailure(this, child, cause, _children.StatsOf(child), _children.AllStats))
                return;
            HandleFailure(cause, child);
        }
        finally
        {
            _turn.Sender = null;
        }
    }

    private void Create()
    {
        _turn.Phase = Phase.Alive;
        try
        {
            _actor = NewActor();
            _actor.AroundPreStart();
            if (_system.Settings.DebugLifecycle)
                DebugLifecycle($"Started ({_actor})");
            if (_system.EmitsTelemetry)
                _system.EventStream.Publish(new ActorStarted(Self, Props.Type));
            _seldom?.ReceiveTimeout?.AfterMessage(this);
        }
        catch (Exception e)
        {
            ClearActor(releaseStash: false);
            HandleFailure(InitializationFailure(e), null, atCreation: true);
        }
    }

    private ActorBase NewActor()
    {
        _behavior = null;
        _seldom?.OuterBehaviors?.Clear();
        var actor = Props.NewActor() ?? throw new ActorInitializationException(Self, $"Props of {Self.Path} produced no actor");
        if (!ReferenceEquals(actor.Cell, this))
            throw new ActorInitializationException(Self, $"Props of {Self.Path} produced an actor that belongs to another context");
        // Handlers may be registered in the constructor only; initialising closes the table.
        (actor as IInitializableActor)?.Init();
        return actor;
    }

    private void FinishRecreate(Exception cause)
    {
        PendingRecreation = null;
        var survivors = ChildRefs();
        var neverStarted = CurrentFailure is { AtCreation: true };
        CurrentFailure = null;
        ResumeMailbox();
        if (neverStarted)
        {
            Create();
            return;
        }

        try
        {
            _actor = NewActor();
            _actor.AroundPostRestart(cause, null!);
        }
        catch (Exception e)
        {
            ClearActor(releaseStash: false);
            HandleFailure(new PostRestartException(Self, Unwrap(e), cause), null);
            return;
        }

        if (_system.Settings.DebugLifecycle)
            DebugLifecycle($"Restarted ({_actor})");
        if (_system.EmitsTelemetry)
            _system.EventStream.Publish(new ActorRestarted(Self, Props.Type, cause));
        foreach (var child in survivors)
            child.Restart(cause);
        _seldom?.ReceiveTimeout?.AfterMessage(this);
    }

    private void FinishTermination()
    {
        if (_actor is { } actor)
        {
            try
            {
                actor.AroundPostStop();
            }
            catch (Exception e)
            {
                Report(e, e.Message);
            }

            ClearActor();
        }

        // Closed and emptied first: who hears of the death finds the reference terminated and its letters dead.
        _turn.Phase = Phase.Dead;
        CloseMailbox();
        _system.EventStream.UnsubscribeTerminated(Self);
        Parent.SendSystemMessage(new DeathWatchNotification(Self, true));
        _seldom?.Watch?.Died();
        DebugLifecycle("Stopped");
        if (_system.EmitsTelemetry)
            _system.EventStream.Publish(new ActorStopped(Self, Props.Type));
        _seldom = null;
        _behavior = null;
    }

    /// <summary>Gives the incarnation up: its stash goes back to the mailbox, it is disposed of and released.</summary>
    private void ClearActor(bool releaseStash = true)
    {
        var actor = _actor;
        _actor = null;
        // A constructor that threw leaves no actor, but it may have started timers and tasks.
        if (_seldom is not null)
        {
            _seldom.Strategy = null;
            _seldom.TaskScheduler = null;
            AbandonTasks();
            Timers?.CancelAll();
            Timers = null;
        }

        if (actor is null)
            return;
        try
        {
            if (releaseStash)
                (actor as IActorStash)?.Stash?.UnstashAll();
            (actor as IDisposable)?.Dispose();
            Props.Release(actor);
        }
        catch (Exception e)
        {
            Report(e, "Disposal of the actor failed");
        }
    }

    private ActorInitializationException InitializationFailure(Exception e) => Unwrap(e) switch
    {
        ActorInitializationException { Actor: not null } known => known,
        var cause => new ActorInitializationException(Self, $"Exception during creation: {cause.Message}", cause)
    };

    private void Report(Exception e, string what) => _system.PublishError(e, Self.Path.ToString(), _actor?.GetType() ?? Props.Type, what);

    private void DebugLifecycle(string what)
    {
        if (_system.Settings.DebugLifecycle)
            _system.PublishDebug(Self.Path.ToString(), _actor?.GetType() ?? Props.Type, what);
    }

    private void PublishConversion(string what, Exception? cause) =>
        _system.EventStream.Publish(new Error(null!, Self.Path.ToString(), Props.Type, $"Changing {what} into Create after {cause}"));

    private static Exception Unwrap(Exception e) => e is TargetInvocationException { InnerException: { } inner } ? inner : e;

    /// <summary>Kept from the failure to the supervisor's decision.</summary>
    /// <param name="AtCreation">The first incarnation did not start: what follows is a start, not a restart.</param>
    private sealed record Failure(Exception Cause, IActorRef Perpetrator, object? Message, IActorRef? Sender, bool AtCreation);
}
