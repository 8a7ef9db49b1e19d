using Akka.Event;

namespace Specs.EventStream;

public sealed class DeadLetterLogSpec : Akka.TestKit.Xunit2.TestKit
{
    public DeadLetterLogSpec() : base("akka.stdout-loglevel = OFF, akka.loggers = []")
    {
    }

    [Fact(DisplayName = "Ten dead letters are logged, the last with how long there will be no more, then none for five minutes")]
    public async Task Log_is_suspended()
    {
        Assert.Equal(10, Sys.Settings.LogDeadLetters);
        Assert.Equal(TimeSpan.FromMinutes(5), Sys.Settings.LogDeadLettersSuspendDuration);
        var listener = await Listener();
        Sys.EventStream.Subscribe(TestActor, typeof(Info));
        for (var i = 0; i < 25; i++)
            Sys.DeadLetters.Tell($"lost {i}", ActorRefs.NoSender);

        // Its answer comes after all that it logs of them.
        listener.Tell(new Identify("done"), TestActor);
        var lines = new List<string>();
        await FishForMessageAsync(message =>
        {
            if (message is Info info)
                lines.Add(info.Message.ToString()!);
            return message is ActorIdentity;
        });
        lines.RemoveAll(line => !line.Contains("dead letters encountered", StringComparison.Ordinal));
        Assert.Equal(10, lines.Count);
        Assert.All(lines[..9], line => Assert.DoesNotContain("no more dead letters", line, StringComparison.Ordinal));
        Assert.Contains("no more dead letters", lines[9], StringComparison.Ordinal);
    }

    /// <summary>It has started, and so listens, when it has answered.</summary>
    private async Task<IActorRef> Listener()
    {
        Sys.ActorSelection("/system/deadLetterListener").Tell(new Identify("started"), TestActor);
        var listener = (await ExpectMsgAsync<ActorIdentity>()).Subject;
        Assert.NotNull(listener);
        return listener;
    }
}
