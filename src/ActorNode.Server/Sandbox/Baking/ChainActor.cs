using System.Collections.Immutable;
using ActorNode.Tezos.Baking;
using ActorNode.Tezos.Simulation;
using Akka.Actor;

namespace ActorNode.Server.Sandbox.Baking;

/// <summary>
/// The node of the simulated chain: lets its time pass, takes what is sent and tells those who watch. The chain outlives a failure of it, watchers
/// too. Ordering: each watcher hears of everything once, in the order in which it happened.
/// </summary>
internal sealed class ChainActor : UntypedActor, IWithTimers
{
    private static readonly TimeSpan Least = TimeSpan.FromMilliseconds(1);

    private readonly SimulatedChain _chain;
    private readonly TimeProvider _clock;
    private readonly HashSet<IActorRef> _watchers;

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(SimulatedChain chain, TimeProvider clock)
    {
        var watchers = new HashSet<IActorRef>();
        return Akka.Actor.Props.Create(() => new ChainActor(chain, clock, watchers));
    }

    public ChainActor(SimulatedChain chain, TimeProvider clock, HashSet<IActorRef> watchers) => (_chain, _clock, _watchers) = (chain, clock, watchers);

    protected override void PreStart()
    {
        foreach (var watcher in _watchers)
            Context.Watch(watcher);
        Pass();
    }

    protected override void OnReceive(object message)
    {
        // First what happened before this arrived.
        Tell(_chain.Advance(_clock.GetUtcNow()));
        switch (message)
        {
            case Tick:
                break;
            case ChainProtocol.InjectVote vote:
                Tell(_chain.Inject(vote.Vote, vote.Signature).News);
                break;
            case ChainProtocol.InjectBlock block:
                Tell(_chain.Inject(block.Header).News);
                break;
            case ChainProtocol.Watch:
                OnWatch();
                break;
            case ChainProtocol.GetChain:
                Sender.Tell(_chain.Status);
                break;
            case Terminated terminated:
                _watchers.Remove(terminated.ActorRef);
                break;
            default:
                Unhandled(message);
                break;
        }

        Pass();
    }

    private void OnWatch()
    {
        Context.Watch(Sender);
        _watchers.Add(Sender);
        var (predecessor, news) = _chain.Catchup();
        Sender.Tell(new ChainProtocol.Watching(predecessor, news));
    }

    private void Tell(ImmutableArray<BakerEvent> news)
    {
        foreach (var happened in news)
        {
            foreach (var watcher in _watchers)
                watcher.Tell(happened);
        }
    }

    private void Pass()
    {
        var wait = _chain.NextDue - _clock.GetUtcNow();
        Timers.StartSingleTimer(Tick.Instance, Tick.Instance, wait > Least ? wait : Least);
    }

    private sealed class Tick
    {
        public static readonly Tick Instance = new();
    }
}
