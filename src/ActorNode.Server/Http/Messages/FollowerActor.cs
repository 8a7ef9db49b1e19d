using System.Threading.Channels;
using ActorNode.Protocol.Messages;
using Akka.Actor;

namespace ActorNode.Server.Http.Messages;

/// <summary>
/// Follows one account on behalf of one event stream. Passes on only how far the account has come: one number in a channel of one place,
/// where a newer one replaces an older one, so that a slow client costs no memory. Numbers never go back.
/// <para>
/// Signals at each beat too, and follows anew with it, so that a follower which its account forgot (it was restarted, or moved) misses
/// nothing for longer than that; when the account's actor ends, it follows anew a second later. Completes the channel when it ends.
/// </para>
/// </summary>
internal sealed class FollowerActor : UntypedActor, IWithTimers
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);

    private readonly IActorRef _accounts;
    private readonly AccountId _account;
    private readonly TimeSpan _beat;
    private readonly ChannelWriter<long> _signals;
    private IActorRef _followed = ActorRefs.Nobody;
    private long _last = -1;

    public static Props Props(IActorRef accounts, AccountId account, TimeSpan beat, ChannelWriter<long> signals) =>
        Akka.Actor.Props.Create(() => new FollowerActor(accounts, account, beat, signals));

    public FollowerActor(IActorRef accounts, AccountId account, TimeSpan beat, ChannelWriter<long> signals)
    {
        _accounts = accounts;
        _account = account;
        _beat = beat;
        _signals = signals;
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>A channel as this actor wants it.</summary>
    public static Channel<long> Signals() => Channel.CreateBounded<long>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true, SingleWriter = true });

    protected override void PreStart()
    {
        Follow();
        ArmBeat();
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case MessageReplies.Following following:
                Watch(Sender);
                Signal(following.Last);
                break;
            case MessageEvents.Committed committed:
                Signal(committed.Last);
                break;
            case Terminated ended when ended.ActorRef.Equals(_followed):
                // Not at once: the region may not know yet that its child has ended.
                _followed = ActorRefs.Nobody;
                FollowAgainSoon();
                break;
            case MessageReplies.QueryFailed:
                // The account could not be read, so it is not followed yet.
                FollowAgainSoon();
                break;
            case Again:
                Follow();
                break;
            case Beat:
                // Before the first answer there is nothing to tell.
                if (_last >= 0)
                    _signals.TryWrite(_last);
                Follow();
                ArmBeat();
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    protected override void PostStop()
    {
        _accounts.Tell(new MessageCommands.Unfollow(_account), Self);
        _signals.TryComplete();
    }

    private void Follow() => _accounts.Tell(new MessageCommands.Follow(_account), Self);

    private void FollowAgainSoon() => Timers.StartSingleTimer(Again.Instance, Again.Instance, Soon);

    private void ArmBeat() => Timers.StartSingleTimer(Beat.Instance, Beat.Instance, _beat);

    private void Signal(long last)
    {
        if (last <= _last)
            return;
        _last = last;
        _signals.TryWrite(last);
    }

    private void Watch(IActorRef account)
    {
        if (account.Equals(_followed))
            return;
        if (!_followed.IsNobody())
            Context.Unwatch(_followed);
        _followed = Context.Watch(account);
    }

    private sealed class Beat
    {
        public static readonly Beat Instance = new();

        private Beat()
        {
        }
    }

    private sealed class Again
    {
        public static readonly Again Instance = new();

        private Again()
        {
        }
    }
}
