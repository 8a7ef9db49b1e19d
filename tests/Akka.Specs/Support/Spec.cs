using Akka.Configuration;

namespace Specs.Support;

/// <summary>What the specs share: failures are part of them, so the log stays quiet.</summary>
public abstract class Spec : TestKit
{
    private static readonly Config Quietly = ConfigurationFactory.ParseString(
        """
        akka.loglevel = WARNING
        akka.stdout-loglevel = OFF
        akka.log-dead-letters = off

        # A starved machine takes its time; what comes is not waited for longer than it takes.
        akka.test.single-expect-default = 30s
        akka.test.filter-leeway = 30s
        """);

    protected Spec(string config = "") : base(ConfigurationFactory.ParseString(config).WithFallback(Quietly))
    {
    }

    protected static TimeSpan Ms(int milliseconds) => TimeSpan.FromMilliseconds(milliseconds);

    /// <summary>Waits until the actor has handled everything that this test sent it.</summary>
    protected async Task Handled(IActorRef worker)
    {
        var probe = CreateTestProbe();
        probe.Send(worker, Ping.Instance);
        await probe.ExpectMsgAsync<Pong>();
    }

    protected IActorRef StartChild(IActorRef parent, Props props, string? name = null)
    {
        var probe = CreateTestProbe();
        probe.Send(parent, new Parent.Start(props, name));
        return probe.ExpectMsg<IActorRef>();
    }

    protected async Task Stopped(IActorRef actor)
    {
        var probe = CreateTestProbe();
        probe.Watch(actor);
        Sys.Stop(actor);
        await probe.ExpectTerminatedAsync(actor);
    }
}

/// <summary>A spec on virtual time.</summary>
public abstract class TimedSpec : Spec
{
    protected TimedSpec(string config = "")
        : base($$"""
            akka.scheduler.implementation = "Akka.TestKit.TestScheduler, Akka.TestKit"
            {{config}}
            """)
    {
    }

    protected TestScheduler Scheduler => (TestScheduler)Sys.Scheduler;
}
