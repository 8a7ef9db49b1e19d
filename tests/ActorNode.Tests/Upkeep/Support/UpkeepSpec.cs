using ActorNode.Protocol.Services;
using ActorNode.Protocol.Upkeep;
using ActorNode.Upkeep;
using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using Xunit;

namespace ActorNode.Tests.Upkeep.Support;

/// <summary>
/// Upkeep over <see cref="FakeLightning"/> in virtual time. Ports are called on upkeep's own threads, so a test waits for calls; before it
/// moves time it waits for <see cref="RestAsync"/>, when every timer is armed.
/// </summary>
public abstract class UpkeepSpec() : TestKit(
    $$"""
    akka.scheduler.implementation = "Akka.TestKit.TestScheduler, Akka.TestKit"
    akka.loglevel = DEBUG
    {{UpkeepDispatcherConfigurator.Hocon}}
    """)
{
    protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private TestProbe? _services;
    private TestProbe? _replies;

    protected FakeLightning Lightning { get; } = new();

    protected CallLog Calls => Lightning.Log;

    protected TwoClocks Clocks { get; } = new();

    protected TestScheduler Scheduler => (TestScheduler)Sys.Scheduler;

    /// <summary>What the services actor would hear.</summary>
    protected TestProbe Services => _services ??= CreateTestProbe();

    protected TestProbe Replies => _replies ??= CreateTestProbe();

    protected IActorRef Upkeep { get; private set; } = ActorRefs.Nobody;

    /// <param name="ports">What is taken care of.</param>
    /// <param name="settings">How.</param>
    /// <param name="clockError">By how much the time of day is wrong.</param>
    protected UpkeepContext Context(UpkeepPorts ports, UpkeepSettings? settings = null, TimeSpan clockError = default) =>
        new(ports, settings ?? new UpkeepSettings(), new WrongClock(new SchedulerClock(Sys.Scheduler), clockError), Clocks, Random.Shared);

    protected void Start(UpkeepPorts? ports = null, UpkeepSettings? settings = null, TimeSpan clockError = default) =>
        Upkeep = Sys.ActorOf(UpkeepActor.Props(Context(ports ?? Lightning.All, settings, clockError), Services.Ref), "upkeep");

    /// <summary>Starts and waits for the end of the first passes.</summary>
    protected async Task StartedAsync(UpkeepPorts? ports = null, UpkeepSettings? settings = null, TimeSpan clockError = default)
    {
        Start(ports, settings, clockError);
        await RestAsync();
    }

    /// <summary>Waits for the end of the turns that an actor of upkeep's family has before it by now.</summary>
    protected async Task TurnAsync(string part)
    {
        Sys.ActorSelection($"/user/upkeep/{part}").Tell(new Identify(part), Replies.Ref);
        Assert.NotNull((await Replies.ExpectMsgAsync<ActorIdentity>(Patience)).Subject);
    }

    /// <summary>
    /// Waits for the end of a pass that begins after everything that happened so far, which a signal brings about: then every timer is armed.
    /// </summary>
    protected async Task RestAsync()
    {
        var rests = Calls.Count("rest");
        Lightning.Manager.Signal();
        await Calls.WhenCalledAsync("rest", rests + 1);

        // The end of the turn in which it was called.
        Sys.ActorSelection("/user/upkeep/loop").Tell(new Identify("rest"), Replies.Ref);
        await Replies.ExpectMsgAsync<ActorIdentity>(Patience);
    }

    protected async Task AdvanceAsync(TimeSpan time)
    {
        await RestAsync();
        Scheduler.Advance(time);
        await RestAsync();
    }

    /// <summary>A query is lost with a pump that was killed at that moment, and asked again.</summary>
    protected async Task<UpkeepStatus> StatusAsync()
    {
        for (var i = 1; ; i++)
        {
            try
            {
                return await Upkeep.Ask<UpkeepStatus>(UpkeepQueries.GetUpkeep.Instance, TimeSpan.FromSeconds(1));
            }
            catch (AskTimeoutException) when (i < 60)
            {
            }
        }
    }

    /// <summary>Waits until the status is like that.</summary>
    protected async Task<UpkeepStatus> StatusAsync(Func<UpkeepStatus, bool> condition, string what)
    {
        using var timeout = new CancellationTokenSource(Patience);
        while (true)
        {
            var status = await StatusAsync();
            if (condition(status))
                return status;
            if (timeout.IsCancellationRequested)
                throw new TimeoutException($"{what} did not happen; upkeep is {status}");
            await Task.Delay(1);
        }
    }

    protected async Task<UpkeepReplies.Stopped> StopAsync()
    {
        Upkeep.Tell(UpkeepCommands.Stop.Instance, Replies.Ref);
        return await Replies.ExpectMsgAsync<UpkeepReplies.Stopped>(Patience);
    }

    /// <summary>The next report of this state to the services actor; others before it are read over.</summary>
    protected async Task<ServiceCommands.Report> ReportAsync(ServiceState state) =>
        (ServiceCommands.Report)await Services.FishForMessageAsync(message => message is ServiceCommands.Report report && report.State == state, Patience);

    private sealed class WrongClock(TimeProvider clock, TimeSpan error) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => clock.GetUtcNow() + error;
    }
}
