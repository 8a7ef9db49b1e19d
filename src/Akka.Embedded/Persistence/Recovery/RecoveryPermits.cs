using Akka.Actor;
using Akka.Event;

namespace Akka.Persistence;

/// <summary>
/// Limits how many actors recover from one journal at a time, so that a start of very many does not drown it. Who waits gets his turn
/// in order of arrival. Safe from any thread.
/// </summary>
internal sealed class RecoveryPermits
{
    private readonly Lock _gate = new();
    private readonly Queue<Permit> _waiting = new();
    private int _left;

    public RecoveryPermits(int permits)
    {
        if (permits <= 0)
            throw new ArgumentOutOfRangeException(nameof(permits), permits, "max-concurrent-recoveries must be at least 1");
        _left = permits;
    }

    /// <summary>A permit that is valid at once, or that is told to the asker when its turn comes.</summary>
    public Permit Ask(IActorRef asker)
    {
        var permit = new Permit(this, asker);
        lock (_gate)
        {
            if (_left == 0)
            {
                _waiting.Enqueue(permit);
            }
            else
            {
                _left--;
                permit.State = PermitState.Granted;
                permit.IsGrantedAtOnce = true;
            }
        }

        return permit;
    }

    private void Return(Permit permit)
    {
        Permit? next = null;
        lock (_gate)
        {
            var held = permit.State == PermitState.Granted;
            permit.State = PermitState.Returned;
            if (!held)
                return;
            while (next is null && _waiting.TryDequeue(out var first))
            {
                if (first.State == PermitState.Waits)
                    next = first;
            }

            if (next is null)
                _left++;
            else
                next.State = PermitState.Granted;
        }

        next?.TellAsker();
    }

    internal enum PermitState : byte
    {
        Waits,
        Granted,
        Returned
    }

    /// <summary>A permit, or the wait for one. Given back once, however often it is returned.</summary>
    internal sealed class Permit(RecoveryPermits permits, IActorRef asker) : INoSerializationVerificationNeeded, INotInfluenceReceiveTimeout,
        IDeadLetterSuppression
    {
        /// <summary>Guarded by the lock of the permits.</summary>
        internal PermitState State;

        /// <summary>Whether nobody had to wait: then nothing is told.</summary>
        public bool IsGrantedAtOnce { get; internal set; }

        /// <summary>Gives the permit back, or gives up the wait.</summary>
        public void Return() => permits.Return(this);

        internal void TellAsker() => asker.Tell(this, ActorRefs.NoSender);
    }
}
