using ActorNode.Keyed;
using ActorNode.Tests.Support;
using Akka.Actor;
using Akka.Cluster.Sharding;
using Akka.TestKit;
using Xunit;

namespace ActorNode.Tests.Keyed;

public sealed class KeyedSupervisorSpec : NodeSpec
{
    private readonly TestProbe _lives;
    private readonly IActorRef _region;

    public KeyedSupervisorSpec()
    {
        _lives = CreateTestProbe();
        _region = Sys.ActorOf(KeyedSupervisorActor.Props("test", new Extractor(), key => Child.Props(key, _lives), "stop"), "region");
    }

    [Fact(DisplayName = "The first message for a key starts its child, later ones go to the same child")]
    public async Task Starts_one_child_per_key()
    {
        _region.Tell(new To("a", 1));
        _region.Tell(new To("b", 2));
        _region.Tell(new To("a", 3));

        ExpectMsgAllOf(new[] { "a got 1", "b got 2", "a got 3" });
        _lives.ExpectMsgAllOf(new[] { "a started", "b started" });
        await _lives.ExpectNoMsgAsync(TimeSpan.Zero);
    }

    [Theory(DisplayName = "Any text is a key: names are escaped")]
    [InlineData("a/b")]
    [InlineData("$x")]
    [InlineData("with space, ü and 😀")]
    [InlineData("%2F")]
    [InlineData(".")]
    [InlineData("..")]
    public async Task Escapes_names(string key)
    {
        _region.Tell(new To(key, 1));

        await ExpectMsgAsync($"{key} got 1");
        Assert.Equal(Uri.EscapeDataString(key), LastSender.Path.Name);
    }

    [Fact(DisplayName = "A message without a key is unhandled")]
    public async Task Leaves_messages_without_key_unhandled()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(Akka.Event.UnhandledMessage));
        _region.Tell("no key");
        _region.Tell(new To("", 1));

        Assert.Equal("no key", (await ExpectMsgAsync<Akka.Event.UnhandledMessage>()).Message);
        Assert.Equal(new To("", 1), (await ExpectMsgAsync<Akka.Event.UnhandledMessage>()).Message);
    }

    [Fact(DisplayName = "A key that is no valid text has no child, and does the others no harm")]
    public async Task Leaves_messages_with_half_a_surrogate_pair_unhandled()
    {
        _region.Tell(new To("a", 1));
        await ExpectMsgAsync("a got 1");
        // As names both would be the same, and neither could be read back from it.
        Sys.EventStream.Subscribe(TestActor, typeof(Akka.Event.UnhandledMessage));
        foreach (var key in new[] { "\ud800", "\ud801" })
        {
            _region.Tell(new To(key, 1));
            Assert.Equal(new To(key, 1), (await ExpectMsgAsync<Akka.Event.UnhandledMessage>()).Message);
        }

        _region.Tell(GetKeyedState.Instance);
        Assert.Equal(new KeyedStateView(["a"], Pending: 0, Active: 1), View(await ExpectMsgAsync<KeyedState>()));
    }

    [Fact(DisplayName = "Messages that arrive while a child passivates reach its successor, in order and with their senders")]
    public async Task Loses_no_message_by_passivation()
    {
        var other = CreateTestProbe();
        _region.Tell(new To("a", 1));
        await ExpectMsgAsync("a got 1");

        _region.Tell(new To("a", Child.Passivate));
        await _lives.ExpectMsgAsync("a started");
        await _lives.ExpectMsgAsync("a stopping");       // it now waits for the test before it ends
        _region.Tell(new To("a", 2));
        _region.Tell(new To("a", 3), other);
        _region.Tell(new To("a", 4));
        _region.Tell(GetKeyedState.Instance);
        Assert.Equal(new KeyedStateView(["a"], Pending: 3, Active: 0), View(await ExpectMsgAsync<KeyedState>()));
        _lives.LastSender.Tell("end");

        await _lives.ExpectMsgAsync("a started");
        await ExpectMsgAsync("a got 2");
        await ExpectMsgAsync("a got 4");
        await other.ExpectMsgAsync("a got 3");
    }

    [Fact(DisplayName = "A child that passivates twice is stopped once; a key without waiting messages stays asleep")]
    public async Task Passivates_once()
    {
        _region.Tell(new To("a", Child.PassivateTwice));
        await _lives.ExpectMsgAsync("a started");
        await _lives.ExpectMsgAsync("a stopping");
        Watch(_lives.LastSender);
        _lives.LastSender.Tell("end");
        await ExpectTerminatedAsync(_lives.LastSender);

        await AwaitAssertAsync(async () =>
        {
            _region.Tell(GetKeyedState.Instance);
            Assert.Equal(new KeyedStateView([], 0, 0), View(await ExpectMsgAsync<KeyedState>()));
        });
        await _lives.ExpectNoMsgAsync(TimeSpan.Zero);
    }

    [Fact(DisplayName = "A child that fails is restarted, keeps its mailbox and disturbs no neighbour")]
    public async Task Restarts_a_failing_child()
    {
        _region.Tell(new To("b", 1));
        _region.Tell(new To("a", Child.Fail));
        _region.Tell(new To("a", 2));
        _region.Tell(new To("b", 3));

        ExpectMsgAllOf(new[] { "b got 1", "a got 2", "b got 3" });
        _region.Tell(GetKeyedState.Instance);
        Assert.Equal(new KeyedStateView(["a", "b"], 0, 2), View(await ExpectMsgAsync<KeyedState>()));
    }

    [Fact(DisplayName = "A child that was killed is gone until its next message")]
    public async Task Starts_a_killed_child_again_on_demand()
    {
        _region.Tell(new To("a", 1));
        await ExpectMsgAsync("a got 1");
        Watch(LastSender);
        LastSender.Tell(Kill.Instance);
        await ExpectTerminatedAsync(LastSender);

        await AwaitAssertAsync(async () =>
        {
            _region.Tell(new To("a", 2));
            await ExpectMsgAsync("a got 2", TimeSpan.FromMilliseconds(200));
        });
    }

    [Fact(DisplayName = "A region that shuts down stops every child by the stop message, then itself; no child is started any more")]
    public async Task Shuts_down_gracefully()
    {
        _region.Tell(new To("a", 1));
        await ExpectMsgAsync("a got 1");
        Watch(_region);
        _region.Tell(GracefulShutdown.Instance);
        await _lives.ExpectMsgAsync("a started");
        await _lives.ExpectMsgAsync("a stopping");
        _region.Tell(new To("c", 2));
        _lives.LastSender.Tell("end");

        await ExpectTerminatedAsync(_region);
        await _lives.ExpectNoMsgAsync(TimeSpan.Zero);
    }

    [Fact(DisplayName = "Under random writes and passivations every message is handled once and in order per key")]
    public async Task Keeps_order_under_random_passivation()
    {
        var random = new Random(4711);
        var region = Sys.ActorOf(KeyedSupervisorActor.Props("race", new Extractor(), key => RestlessChild.Props(key, TestActor), "stop"));
        const int Messages = 5_000;
        var next = new int[10];
        for (var i = 0; i < Messages; i++)
        {
            var key = random.Next(next.Length);
            region.Tell(new To($"k{key}", next[key]++));
        }

        var seen = new int[next.Length];
        for (var i = 0; i < Messages; i++)
        {
            var got = await ExpectMsgAsync<To>(TimeSpan.FromSeconds(20));
            Assert.Equal(seen[int.Parse(got.Key[1..])]++, got.Value);
        }
    }

    private sealed record KeyedStateView(string[] Keys, int Pending, int Active)
    {
        public bool Equals(KeyedStateView? other) => other is not null && Keys.SequenceEqual(other.Keys) && (Pending, Active) == (other.Pending, other.Active);

        public override int GetHashCode() => HashCode.Combine(Pending, Active);
    }

    private static KeyedStateView View(KeyedState state) => new([.. state.Keys], state.Pending, state.Active);

    private sealed record To(string Key, int Value);

    private sealed class Extractor() : HashCodeMessageExtractor(10)
    {
        public override string? EntityId(object message) => (message as To)?.Key;
    }

    /// <summary>Echoes; when told to stop it says so and waits for "end".</summary>
    private sealed class Child : UntypedActor
    {
        public const int Passivate = -1, PassivateTwice = -2, Fail = -3;

        private readonly string _key;
        private readonly IActorRef _lives;

        public static Props Props(string key, IActorRef lives) => Akka.Actor.Props.Create(() => new Child(key, lives));

        public Child(string key, IActorRef lives)
        {
            _key = key;
            _lives = lives;
        }

        protected override void PreStart() => _lives.Tell($"{_key} started");

        protected override void OnReceive(object message)
        {
            switch (message)
            {
                case To { Value: Passivate }:
                    Context.Parent.Tell(new Passivate("stop"));
                    break;
                case To { Value: PassivateTwice }:
                    Context.Parent.Tell(new Passivate("stop"));
                    Context.Parent.Tell(new Passivate("stop"));
                    break;
                case To { Value: Fail }:
                    throw new InvalidOperationException("told to fail");
                case To to:
                    Sender.Tell($"{_key} got {to.Value}");
                    break;
                case "stop":
                    _lives.Tell($"{_key} stopping");
                    break;
                case "end":
                    Context.Stop(Self);
                    break;
            }
        }
    }

    /// <summary>Reports each message and asks to be passivated after every third.</summary>
    private sealed class RestlessChild : UntypedActor
    {
        private readonly IActorRef _report;
        private int _count;

        public static Props Props(string key, IActorRef report) => Akka.Actor.Props.Create(() => new RestlessChild(report));

        public RestlessChild(IActorRef report) => _report = report;

        protected override void OnReceive(object message)
        {
            switch (message)
            {
                case To to:
                    _report.Tell(to);
                    if (++_count % 3 == 0)
                        Context.Parent.Tell(new Passivate("stop"));
                    break;
                case "stop":
                    Context.Stop(Self);
                    break;
            }
        }
    }
}
