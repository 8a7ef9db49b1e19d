using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Event;
using Xunit.Abstractions;

namespace Akka.TestKit.Xunit2;

/// <summary>The base of a test class of xunit: each test has its own kit, and its own actor system unless one is given.</summary>
public class TestKit : TestKitBase, IDisposable
{
    /// <summary>Where the log of the actor system goes, if anywhere.</summary>
    protected readonly ITestOutputHelper? Output;

    private static int _lastLogger;

    private readonly bool _ownsSystem = true;
    private bool _disposed;

    /// <summary>Over an existing system, which then is the caller's to end, or over a new one.</summary>
    public TestKit(ActorSystem? system = null, ITestOutputHelper? output = null) : base(Assertions, system)
    {
        _ownsSystem = system is null;
        Output = output;
        InitializeLogger(Sys);
    }

    public TestKit(ActorSystemSetup config, string? actorSystemName = null, ITestOutputHelper? output = null)
        : base(Assertions, config, actorSystemName)
    {
        Output = output;
        InitializeLogger(Sys);
    }

    public TestKit(Config config, string? actorSystemName = null, ITestOutputHelper? output = null)
        : base(Assertions, config, actorSystemName)
    {
        Output = output;
        InitializeLogger(Sys);
    }

    public TestKit(string config, ITestOutputHelper? output = null) : base(Assertions, ConfigurationFactory.ParseString(config))
    {
        Output = output;
        InitializeLogger(Sys);
    }

    public static new Config DefaultConfig => TestKitBase.DefaultConfig;

    public static new Config FullDebugConfig => TestKitBase.FullDebugConfig;

    protected static new XunitAssertions Assertions { get; } = new();

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Ends the system after the test; override to do more, and call this.</summary>
    protected virtual void AfterAll()
    {
        if (_ownsSystem)
            Shutdown();
    }

    protected virtual void Dispose(bool disposing)
    {
        if (_disposed || !disposing)
            return;
        _disposed = true;
        AfterAll();
        EndImplicitSender();
    }

    /// <summary>Sends the log of a system to the test's output as well.</summary>
    protected void InitializeLogger(ActorSystem system) => InitializeLogger(system, "");

    protected void InitializeLogger(ActorSystem system, string prefix)
    {
        if (Output is not { } output)
            return;
        CallingThreadDispatchers.Register(system);
        var logger = ((ExtendedActorSystem)system).SystemActorOf(
            Props.Create(() => new TestOutputLogger(output, prefix)).WithDispatcher(CallingThreadDispatcher.Id),
            $"log-test-{Interlocked.Increment(ref _lastLogger)}");
        logger.Tell(new InitializeLogger(system.EventStream), ActorRefs.NoSender);
    }
}
