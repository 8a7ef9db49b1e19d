using Akka.TestKit;
using Akka.TestKit.Xunit2;
using Xunit.Abstractions;

namespace ActorNode.Tests.Support;

/// <summary>An actor system in virtual time.</summary>
public abstract class NodeSpec(ITestOutputHelper? output = null) : TestKit(
    """
    akka.scheduler.implementation = "Akka.TestKit.TestScheduler, Akka.TestKit"
    akka.loglevel = DEBUG
    """, output)
{
    protected TestScheduler Scheduler => (TestScheduler)Sys.Scheduler;
}
