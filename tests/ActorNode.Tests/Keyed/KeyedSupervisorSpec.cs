using ActorNode.Keyed;
using Akka.Actor;
using Akka.Event;
using Akka.Hosting;
using Xunit;

namespace ActorNode.Tests.Keyed;

/// <summary>Entities under the local supervisor, and what it adds: its counts, and keys that are no names.</summary>
public sealed class KeyedSupervisorSpec : EntitySpec
{
    [Fact(DisplayName = "A supervisor counts what waits for children that are stopping, and those that are not")]
    public async Task Counts()
    {
        Region.Tell(new To("b", 1));
        await ExpectMsgAsync("b got 1");
        Region.Tell(new To("a", Child.Passivate));
        await Lives.ExpectMsgAsync("b started");
        await Lives.ExpectMsgAsync("a started");
        await Lives.ExpectMsgAsync("a stopping");
        for (var i = 0; i < 3; i++)
            Region.Tell(new To("a", i));

        var state = await StateAsync();
        Assert.Equal<string>(["a", "b"], state.Keys);
        Assert.Equal((Pending: 3, Active: 1), (state.Pending, state.Active));
    }

    [Fact(DisplayName = "A key that is no valid text has no child, and does the others no harm")]
    public async Task Leaves_messages_with_half_a_surrogate_pair_unhandled()
    {
        Region.Tell(new To("a", 1));
        await ExpectMsgAsync("a got 1");
        // As names both would be the same, and neither could be read back from it.
        Sys.EventStream.Subscribe(TestActor, typeof(UnhandledMessage));
        foreach (var key in new[] { "\ud800", "\ud801" })
        {
            Region.Tell(new To(key, 1));
            Assert.Equal(new To(key, 1), (await ExpectMsgAsync<UnhandledMessage>()).Message);
        }

        Assert.Equal(["a"], await KeysAsync());
    }

    protected override void StartRegion<TKey>(AkkaConfigurationBuilder builder, string name, Func<string, Props> entityProps) =>
        builder.WithActors((system, registry) =>
            registry.Register<TKey>(system.ActorOf(KeyedSupervisorActor.Props(name, new Extractor(), entityProps, StopMessage), name)));

    protected override async Task<string[]> KeysAsync() => [.. (await StateAsync()).Keys];

    private Task<KeyedState> StateAsync() => Region.Ask<KeyedState>(GetKeyedState.Instance, TestKitSettings.DefaultTimeout);
}
