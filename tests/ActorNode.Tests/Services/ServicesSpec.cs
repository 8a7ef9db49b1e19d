using ActorNode.Protocol.Services;
using ActorNode.Services;
using ActorNode.Tests.Support;
using Akka.Actor;
using Akka.TestKit;

namespace ActorNode.Tests.Services;

/// <summary>A services actor in virtual time, with services whose runs the test holds in its hands.</summary>
public abstract class ServicesSpec : NodeSpec
{
    protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    protected static readonly ServicesSettings Settings = new();

    private readonly Dictionary<string, ServiceStub> _stubs = [];
    private readonly TestProbe _states;
    private readonly TestProbe _phases;
    private readonly TestProbe _events;
    private readonly TestProbe _replies;

    protected ServicesSpec()
    {
        _states = CreateTestProbe();
        _phases = CreateTestProbe();
        _events = CreateTestProbe();
        _replies = CreateTestProbe();
        Sys.EventStream.Subscribe(_states.Ref, typeof(ServiceEvents.StateChanged));
        Sys.EventStream.Subscribe(_phases.Ref, typeof(ServiceEvents.PhaseChanged));
        foreach (var type in new[] { typeof(ServiceEvents.DependencyDown), typeof(ServiceEvents.DependencyUp), typeof(ServiceEvents.WaitingForDependencies), typeof(ServiceEvents.NodeStopAsked) })
            Sys.EventStream.Subscribe(_events.Ref, type);
        Clock = new FailingClock(new SchedulerClock(Sys.Scheduler));
        var replies = _replies;
        Services = new AskingRef(Sys.ActorOf(ServicesActor.Props(Settings, Clock, reason => NodeStops.Add(reason), new Random(1)), "services"), replies);
    }

    /// <summary>The services actor; replies go to <see cref="ReplyAsync{T}"/>.</summary>
    protected AskingRef Services { get; }

    protected FailingClock Clock { get; }

    /// <summary>The reasons for which the node was asked to stop.</summary>
    protected System.Collections.Concurrent.ConcurrentBag<string> NodeStops { get; } = [];

    protected ServiceStub Stub(string name) => _stubs[name];

    protected async Task AddAsync(string name, ServiceStub stub, ServiceOptions? options = null)
    {
        _stubs[name] = stub;
        Services.Tell(new ServicesActor.Add(stub.Definition(name, options)));
        await ReplyAsync<ServiceReplies.Added>();
    }

    protected async Task BeginAsync()
    {
        Services.Tell(ServiceCommands.Begin.Instance);
        await ReplyAsync<ServiceReplies.Begun>();
    }

    /// <summary>The next reply, which must be of this type.</summary>
    protected async Task<T> ReplyAsync<T>() => await _replies.ExpectMsgAsync<T>(Patience);

    protected async Task<ServiceReplies.Services> AllAsync()
    {
        Services.Tell(ServiceQueries.GetServices.Instance);
        return await ReplyAsync<ServiceReplies.Services>();
    }

    protected async Task<ServiceStatus> StatusAsync(string name) => (await AllAsync()).All.Single(s => s.Name == name);

    /// <summary>Waits until a service comes into a state.</summary>
    protected async Task<ServiceEvents.StateChanged> StateAsync(string name, ServiceState state) =>
        (ServiceEvents.StateChanged)await _states.FishForMessageAsync(m => m is ServiceEvents.StateChanged c && c.Name == name && c.To == state, Patience);

    /// <summary>Waits until the node comes into a phase.</summary>
    protected async Task PhaseAsync(NodePhase phase)
    {
        while (await NextPhaseAsync() != phase)
        {
        }
    }

    protected async Task<NodePhase> NextPhaseAsync() => (await _phases.ExpectMsgAsync<ServiceEvents.PhaseChanged>(Patience)).Phase;

    /// <summary>The next other event of services, which must be of this type.</summary>
    protected async Task<T> EventAsync<T>() => await _events.ExpectMsgAsync<T>(Patience);

    /// <summary>An actor whose replies go to a probe.</summary>
    public sealed class AskingRef(IActorRef actor, TestProbe replies)
    {
        public ActorPath Path => actor.Path;

        public void Tell(object message) => actor.Tell(message, replies.Ref);

        public void Tell(object message, IActorRef sender) => actor.Tell(message, sender);
    }

    /// <summary>A clock that fails when the test says so: a defect in the middle of an actor's turn.</summary>
    public sealed class FailingClock(TimeProvider inner) : TimeProvider
    {
        private int _armed;

        public bool HasFailed { get; private set; }

        public void FailOnce() => Volatile.Write(ref _armed, 1);

        public override DateTimeOffset GetUtcNow()
        {
            if (Interlocked.Exchange(ref _armed, 0) == 0)
                return inner.GetUtcNow();
            HasFailed = true;
            throw new InvalidOperationException("the clock fails once");
        }
    }
}
