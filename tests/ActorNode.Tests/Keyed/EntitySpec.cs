using Akka.Actor;
using Akka.Cluster.Sharding;
using Akka.Event;
using Akka.Hosting;
using Akka.TestKit;
using Xunit;

namespace ActorNode.Tests.Keyed;

/// <summary>
/// What an entity may rely on under whatever runs one child per key: a local supervisor or a shard region. Virtual time. The children
/// tell of their lives to a probe.
/// </summary>
public abstract class EntitySpec() : Akka.Hosting.TestKit.TestKit(
    "entities", startupTimeout: TimeSpan.FromMinutes(1), logLevel: Microsoft.Extensions.Logging.LogLevel.Warning)
{
    protected const string StopMessage = "stop";

    protected TestProbe Lives { get; private set; } = null!;

    protected IActorRef Region => ActorRegistry.Get<Child>();

    protected TestScheduler Scheduler => (TestScheduler)Sys.Scheduler;

    /// <summary>Starts a region of the kind under test and registers it under the key type.</summary>
    protected abstract void StartRegion<TKey>(AkkaConfigurationBuilder builder, string name, Func<string, Props> entityProps);

    /// <summary>The keys that have a child, in ordinal order.</summary>
    protected abstract Task<string[]> KeysAsync();

    protected override void ConfigureAkka(AkkaConfigurationBuilder builder, IServiceProvider provider)
    {
        builder.AddHocon("""akka.scheduler.implementation = "Akka.TestKit.TestScheduler, Akka.TestKit" """, HoconAddMode.Prepend);
        StartRegion<Child>(builder, "region", key => Child.Props(key, Lives));
        StartRegion<RestlessChild>(builder, "restless", _ => RestlessChild.Props(TestActor));
    }

    protected override Task BeforeTestStart()
    {
        Lives = CreateTestProbe();
        return base.BeforeTestStart();
    }

    /// <summary>Children that still wait for their end get it, so that the region can hand off.</summary>
    protected override Task AfterAllAsync()
    {
        Lives.SetAutoPilot(new DelegateAutoPilot((child, _) =>
        {
            child.Tell("end");
            return AutoPilot.KeepRunning;
        }));
        return base.AfterAllAsync();
    }

    [Fact(DisplayName = "The first message for a key starts its child, later ones go to the same child")]
    public async Task Starts_one_child_per_key()
    {
        Region.Tell(new To("a", 1));
        Region.Tell(new To("b", 2));
        Region.Tell(new To("a", 3));

        ExpectMsgAllOf(new[] { "a got 1", "b got 2", "a got 3" });
        Lives.ExpectMsgAllOf(new[] { "a started", "b started" });
        await Lives.ExpectNoMsgAsync(TimeSpan.Zero);
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
        Region.Tell(new To(key, 1));

        await ExpectMsgAsync($"{key} got 1");
        Assert.Equal(Uri.EscapeDataString(key), LastSender.Path.Name);
    }

    [Fact(DisplayName = "A message without a key is unhandled")]
    public async Task Leaves_messages_without_key_unhandled()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(UnhandledMessage));
        Region.Tell("no key");
        Region.Tell(new To("", 1));

        Assert.Equal("no key", (await ExpectMsgAsync<UnhandledMessage>()).Message);
        Assert.Equal(new To("", 1), (await ExpectMsgAsync<UnhandledMessage>()).Message);
    }

    [Fact(DisplayName = "Messages that arrive while a child passivates reach its successor, in order and with their senders")]
    public async Task Loses_no_message_by_passivation()
    {
        var other = CreateTestProbe();
        Region.Tell(new To("a", 1));
        await ExpectMsgAsync("a got 1");

        Region.Tell(new To("a", Child.Passivate));
        await Lives.ExpectMsgAsync("a started");
        await Lives.ExpectMsgAsync("a stopping");       // it now waits for the test before it ends
        Region.Tell(new To("a", 2));
        Region.Tell(new To("a", 3), other);
        Region.Tell(new To("a", 4));
        Assert.Equal(["a"], await KeysAsync());
        Lives.LastSender.Tell("end");

        await Lives.ExpectMsgAsync("a started");
        await ExpectMsgAsync("a got 2");
        await ExpectMsgAsync("a got 4");
        await other.ExpectMsgAsync("a got 3");
    }

    [Fact(DisplayName = "A child that passivates twice is stopped once; a key without waiting messages stays asleep")]
    public async Task Passivates_once()
    {
        Region.Tell(new To("a", Child.PassivateTwice));
        await Lives.ExpectMsgAsync("a started");
        await Lives.ExpectMsgAsync("a stopping");
        Watch(Lives.LastSender);
        Lives.LastSender.Tell("end");
        await ExpectTerminatedAsync(Lives.LastSender);

        await AwaitAssertAsync(async () => Assert.Empty(await KeysAsync()));
        await Lives.ExpectNoMsgAsync(TimeSpan.Zero);
    }

    [Fact(DisplayName = "A child that fails is restarted, keeps its mailbox and disturbs no neighbour")]
    public async Task Restarts_a_failing_child()
    {
        Region.Tell(new To("b", 1));
        Region.Tell(new To("a", Child.Fail));
        Region.Tell(new To("a", 2));
        Region.Tell(new To("b", 3));

        ExpectMsgAllOf(new[] { "b got 1", "a got 2", "b got 3" });
        Assert.Equal(["a", "b"], await KeysAsync());
    }

    [Fact(DisplayName = "A child that was killed is gone until its next message")]
    public async Task Starts_a_killed_child_again_on_demand()
    {
        Region.Tell(new To("a", 1));
        await ExpectMsgAsync("a got 1");
        Watch(LastSender);
        LastSender.Tell(Kill.Instance);
        await ExpectTerminatedAsync(LastSender);

        await AwaitAssertAsync(async () =>
        {
            Region.Tell(new To("a", 2));
            await ExpectMsgAsync("a got 2", TimeSpan.FromMilliseconds(200));
        });
    }

    [Fact(DisplayName = "A region that shuts down stops every child by the stop message, then itself; no child is started any more")]
    public async Task Shuts_down_gracefully()
    {
        Region.Tell(new To("a", 1));
        await ExpectMsgAsync("a got 1");
        Watch(Region);
        Region.Tell(GracefulShutdown.Instance);
        await Lives.ExpectMsgAsync("a started");
        await Lives.ExpectMsgAsync("a stopping");
        Region.Tell(new To("c", 2));
        Lives.LastSender.Tell("end");

        await ExpectTerminatedAsync(Region);
        await Lives.ExpectNoMsgAsync(TimeSpan.Zero);
    }

    [Fact(DisplayName = "Under random writes and passivations every message is handled once and in order per key")]
    public async Task Keeps_order_under_random_passivation()
    {
        var random = new Random(4711);
        var region = ActorRegistry.Get<RestlessChild>();
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

    protected sealed record To(string Key, int Value);

    protected sealed class Extractor() : HashCodeMessageExtractor(10)
    {
        public override string? EntityId(object message) => (message as To)?.Key;
    }

    /// <summary>Echoes; when told to stop it says so and waits for "end".</summary>
    protected sealed class Child : UntypedActor
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
                    Context.Parent.Tell(new Passivate(StopMessage));
                    break;
                case To { Value: PassivateTwice }:
                    Context.Parent.Tell(new Passivate(StopMessage));
                    Context.Parent.Tell(new Passivate(StopMessage));
                    break;
                case To { Value: Fail }:
                    throw new InvalidOperationException("told to fail");
                case To to:
                    Sender.Tell($"{_key} got {to.Value}");
                    break;
                case StopMessage:
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

        public static Props Props(IActorRef report) => Akka.Actor.Props.Create(() => new RestlessChild(report));

        public RestlessChild(IActorRef report) => _report = report;

        protected override void OnReceive(object message)
        {
            switch (message)
            {
                case To to:
                    _report.Tell(to);
                    if (++_count % 3 == 0)
                        Context.Parent.Tell(new Passivate(StopMessage));
                    break;
                case StopMessage:
                    Context.Stop(Self);
                    break;
            }
        }
    }
}
