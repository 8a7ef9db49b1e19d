namespace Specs.EventStream;

public sealed class DeadLetterLogSpec : Spec
{
    public DeadLetterLogSpec()
        : base("""
            akka {
              loglevel = INFO
              log-dead-letters = 3
              log-dead-letters-suspend-duration = 5m
              test.filter-leeway = 300ms
            }
            """)
    {
    }

    [Fact(DisplayName = "So many dead letters are logged, then none for a while")]
    public async Task Log_is_suspended()
    {
        // Its answer tells that the listener has started, and so listens.
        Sys.ActorSelection("/system/deadLetterListener").Tell(new Identify("started"), TestActor);
        Assert.NotNull((await ExpectMsgAsync<ActorIdentity>()).Subject);

        await EventFilter.Info(contains: "dead letters encountered").ExpectAsync(3, () =>
        {
            for (var i = 0; i < 10; i++)
                Sys.DeadLetters.Tell($"lost {i}", ActorRefs.NoSender);
            return Task.CompletedTask;
        });
    }
}
