using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Event;
using Akka.TestKit.Configs;

namespace Akka.TestKit;

/// <summary>
/// A test's view of an actor system: a test actor that receives for it, and expectations over what was received.
/// Not thread safe: one test uses one kit. The test actor runs on the thread that sends to it, so what an actor told it before the
/// actor told somebody else is there when that somebody acts.
/// </summary>
public abstract partial class TestKitBase : IActorRefFactory
{
    private static int _lastTestActor;

    private readonly ITestKitAssertions _assertions;
    private readonly Inbox _inbox = new();
    private readonly ImplicitSender _implicitSender = new();
    private ActorSystem? _system;
    private IActorRef? _testActor;
    private TestKitSettings? _settings;
    private ILoggingAdapter? _log;
    private EventFilterFactory? _eventFilter;
    private MessageEnvelope _last = NullMessageEnvelope.Instance;

    // The end of the innermost Within, on the clock of Now.
    private TimeSpan? _end;

    // Whether the last expectation was that nothing comes: such a block may use its whole time.
    private bool _lastWasNoMessage;

    protected TestKitBase(ITestKitAssertions assertions, ActorSystem? system = null, string? testActorName = null)
        : this(assertions, system, ActorSystemSetup.Empty, null, testActorName)
    {
    }

    protected TestKitBase(ITestKitAssertions assertions, ActorSystemSetup setup, string? actorSystemName = null, string? testActorName = null)
        : this(assertions, null, setup, actorSystemName, testActorName)
    {
    }

    protected TestKitBase(ITestKitAssertions assertions, Config config, string? actorSystemName = null, string? testActorName = null)
        : this(assertions, null, SetupOf(config), actorSystemName, testActorName)
    {
    }

    /// <summary>Everything is set up by <see cref="InitializeTest(ActorSystem, ActorSystemSetup, string, string)"/>, which a kit may override to
    /// do later.</summary>
    protected TestKitBase(ITestKitAssertions assertions, ActorSystem? system, ActorSystemSetup config, string? actorSystemName,
        string? testActorName)
    {
        _assertions = assertions ?? throw new ArgumentNullException(nameof(assertions), "A test kit needs the assertions of its test framework");
        if (this is not TestProbe)
            _implicitSender.Install();
        InitializeTest(system, config, actorSystemName, testActorName);
    }

    public static Config DefaultConfig => TestConfigs.DefaultConfig;

    /// <summary>Everything that an actor system can log about what it does, at level Debug.</summary>
    public static Config FullDebugConfig { get; } = ConfigurationFactory.ParseString(
        """
        akka {
          loglevel = DEBUG
          stdout-loglevel = DEBUG
          log-dead-letters = on
          log-dead-letters-during-shutdown = on
          actor.debug {
            receive = on
            autoreceive = on
            lifecycle = on
            event-stream = on
            unhandled = on
          }
        }
        """);

    /// <summary>The monotonic clock that expectations are measured by.</summary>
    public static TimeSpan Now => Deadline.Now;

    public ActorSystem Sys => Initialized(_system);

    public IActorRef TestActor => Initialized(_testActor);

    public TestKitSettings TestKitSettings => Initialized(_settings);

    public ILoggingAdapter Log => Initialized(_log);

    public EventFilterFactory EventFilter => Initialized(_eventFilter);

    public EventFilterFactory CreateEventFilter(ActorSystem system) => new(this, system);

    /// <summary>The message of the last receive; throws when that returned none.</summary>
    public object LastMessage => _last.Message;

    /// <summary>The sender of the last received message; throws when the last receive returned none.</summary>
    public IActorRef LastSender => _last.Sender;

    public bool HasMessages => !_inbox.IsEmpty;

    internal ITestKitAssertions Assertions => _assertions;

    protected virtual void InitializeTest(ActorSystem? system, ActorSystemSetup? config, string? actorSystemName, string? testActorName)
    {
        _system = system ?? ActorSystem.Create(actorSystemName ?? "test", WithTestDefaults(config ?? ActorSystemSetup.Empty));
        _system.RegisterExtension(new TestKitExtension());
        _system.RegisterExtension(new TestKitAssertionsExtension(_assertions));
        _settings = TestKitExtension.For(_system);
        _log = Logging.GetLogger(_system, GetType());
        _eventFilter = new EventFilterFactory(this);
        CallingThreadDispatchers.Register(_system);
        _testActor = CreateTestActor(testActorName ?? $"testActor{Interlocked.Increment(ref _lastTestActor)}");
        if (this is not INoImplicitSender)
            _implicitSender.Use(_testActor);
    }

    protected void InitializeTest(ActorSystem? system, Config config, string? actorSystemName, string? testActorName) =>
        InitializeTest(system, SetupOf(config), actorSystemName, testActorName);

    /// <summary>A further actor that receives into this kit's inbox.</summary>
    public IActorRef CreateTestActor(string name) =>
        ((ExtendedActorSystem)Sys).SystemActorOf(
            Props.Create(() => new InboxActor(_inbox)).WithDispatcher(CallingThreadDispatchers.TestActorDispatcherId), name);

    public virtual TestProbe CreateTestProbe(string? name = null) => new(Sys, _assertions, name);

    public virtual TestProbe CreateTestProbe(ActorSystem system, string? name = null) => new(system, _assertions, name);

    public virtual TestLatch CreateTestLatch(int count = 1) =>
        new(Dilated, TestKitSettings.DefaultTimeout, count);

    public TestBarrier CreateTestBarrier(int count) => new(this, count);

    /// <summary>Ends the kit's own system and waits for it.</summary>
    public virtual void Shutdown(TimeSpan? duration = null, bool verifySystemShutdown = false) =>
        Shutdown(Sys, duration, verifySystemShutdown);

    protected virtual void Shutdown(ActorSystem system, TimeSpan? duration = null, bool verifySystemShutdown = false)
    {
        var max = duration ?? Dilated(TimeSpan.FromSeconds(5));
        if (ReferenceEquals(system, _system))
            _implicitSender.Clear();
        if (system.Terminate().Wait(max))
            return;

        var message = $"Failed to stop the actor system [{system.Name}] within {max}";
        if (verifySystemShutdown)
            throw new TimeoutException(message);
        system.Log.Warning("{0}", message);
    }

    /// <summary>Gives the thread back as it was before the kit was made.</summary>
    private protected void EndImplicitSender() => _implicitSender.Uninstall();

    private static ActorSystemSetup SetupOf(Config? config) =>
        config is null ? ActorSystemSetup.Empty : ActorSystemSetup.Create(BootstrapSetup.Create().WithConfig(config));

    private static ActorSystemSetup WithTestDefaults(ActorSystemSetup setup)
    {
        var bootstrap = setup.Get<BootstrapSetup>().GetOrElse(BootstrapSetup.Create());
        var config = bootstrap.Config.GetOrElse(ConfigurationFactory.Empty);
        return setup.WithSetup(bootstrap.WithConfig(config.WithFallback(DefaultConfig)));
    }

    private static T Initialized<T>(T? part) where T : class =>
        part ?? throw new InvalidOperationException("The test kit is not initialized yet: its actor system starts later");
}
