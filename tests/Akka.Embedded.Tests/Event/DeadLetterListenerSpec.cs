using Akka.Actor;
using Akka.Event;
using Akka.TestKit;
using Xunit;

namespace Akka.Embedded.Tests.Event;

public sealed class DeadLetterListenerSpec : TestKit.Xunit2.TestKit
{
    public DeadLetterListenerSpec() : base(
        """
        akka.stdout-loglevel = OFF
        akka.loggers = []
        akka.scheduler.implementation = "Akka.TestKit.TestScheduler, Akka.TestKit"
        akka.test.single-expect-default = 30s
        """)
    {
    }

    [Fact(DisplayName = "The first dead letter after the suspension is logged with how many were not, and the count begins again")]
    public async Task Counts_what_it_did_not_log()
    {
        Sys.ActorSelection("/system/deadLetterListener").Tell(new Identify("started"), TestActor);
        var listener = (await ExpectMsgAsync<ActorIdentity>()).Subject;
        Lose(25);
        Assert.Equal(10, (await Logged(listener)).Count);
        ((TestScheduler)Sys.Scheduler).Advance(Sys.Settings.LogDeadLettersSuspendDuration + TimeSpan.FromSeconds(1));
        Lose(2);
        var lines = await Logged(listener);
        Assert.Contains("of which 15 were not logged", lines[0], StringComparison.Ordinal);
        Assert.Contains("[1] dead letters encountered", lines[1], StringComparison.Ordinal);
        Assert.Equal(2, lines.Count);
    }

    private void Lose(int count)
    {
        Sys.EventStream.Subscribe(TestActor, typeof(Info));
        for (var i = 0; i < count; i++)
            Sys.DeadLetters.Tell($"lost {i}", ActorRefs.NoSender);
    }

    private async Task<List<string>> Logged(IActorRef listener)
    {
        // Its answer comes after all that it logs of them.
        listener.Tell(new Identify("done"), TestActor);
        var lines = new List<string>();
        await FishForMessageAsync(message =>
        {
            if (message is Info info)
                lines.Add(info.Message.ToString()!);
            return message is ActorIdentity;
        });
        return lines.FindAll(line => line.Contains("dead letters encountered", StringComparison.Ordinal));
    }
}
