using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Akka.TestKit;
using Xunit;

namespace Akka.Embedded.Tests.Engine;

public sealed class FailedStartSpec
{
    [Fact(DisplayName = "A system that cannot be started ends its scheduler")]
    public async Task Ends_its_scheduler()
    {
        Assert.Throws<ConfigurationException>(() => ActorSystem.Create("unstarted",
            $$"""
            akka.stdout-loglevel = OFF
            akka.actor.guardian-supervisor-strategy = "No.Such.Strategy, Nowhere"
            akka.scheduler.implementation = "{{typeof(EndingScheduler).AssemblyQualifiedName}}"
            """));
        await EndingScheduler.Ended.Task.WaitAsync(TimeSpan.FromSeconds(30));
    }

    public sealed class EndingScheduler(Config config, ILoggingAdapter log) : TestScheduler(config, log), IDisposable
    {
        internal static readonly TaskCompletionSource Ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Dispose() => Ended.TrySetResult();
    }
}
