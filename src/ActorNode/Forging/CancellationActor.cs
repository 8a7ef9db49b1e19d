using System.Collections.Immutable;
using ActorNode.Forging.Delegates;
using ActorNode.Protocol.Forging;
using Akka.Actor;

namespace ActorNode.Forging;

/// <summary>Gathers what the delegates say to one cancellation, answers it, and ends: after the last of them, or when the time is up.</summary>
internal sealed class CancellationActor : UntypedActor, IWithTimers
{
    private readonly IActorRef _requester;
    private readonly TimeSpan _timeout;
    private readonly HashSet<ConsensusKeyId> _waitsFor;
    private readonly List<ForgeReplies.CancelledKey> _counts = [];

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(IActorRef requester, ImmutableArray<ConsensusKeyId> keys, TimeSpan timeout) =>
        Akka.Actor.Props.Create(() => new CancellationActor(requester, keys, timeout));

    public CancellationActor(IActorRef requester, ImmutableArray<ConsensusKeyId> keys, TimeSpan timeout)
    {
        _requester = requester;
        _timeout = timeout;
        _waitsFor = [.. keys];
    }

    protected override void PreStart() => Timers.StartSingleTimer(TimeIsUp.Instance, TimeIsUp.Instance, _timeout);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case TasksCancelled cancelled when _waitsFor.Remove(cancelled.Key):
                if (cancelled.Count > 0)
                    _counts.Add(new ForgeReplies.CancelledKey(cancelled.Key, cancelled.Count));
                if (_waitsFor.Count == 0)
                    End();
                break;
            case TimeIsUp:
                End();
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void End()
    {
        _requester.Tell(new ForgeReplies.Cancelled(
            [.. _counts.OrderBy(count => count.Key.Value, StringComparer.Ordinal)],
            [.. _waitsFor.OrderBy(key => key.Value, StringComparer.Ordinal)]));
        Context.Stop(Self);
    }

    private sealed class TimeIsUp
    {
        public static readonly TimeIsUp Instance = new();
    }
}
