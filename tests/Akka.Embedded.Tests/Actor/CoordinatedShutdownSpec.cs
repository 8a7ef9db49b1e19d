using Akka.Actor;
using Akka.Configuration;
using Xunit;

namespace Akka.Embedded.Tests.Actor;

public sealed class CoordinatedShutdownSpec : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);
    private readonly List<ActorSystem> _systems = [];
    private readonly List<string> _ran = [];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var system in _systems)
            await system.Terminate().WaitAsync(Limit);
    }

    [Fact(DisplayName = "Phases run in their order, with the tasks of one phase side by side, and end with the system")]
    public async Task Runs_phases_in_order()
    {
        var shutdown = Shutdown();
        var meeting = new Barrier(2);
        Func<Task<Done>> Meet(string name) => () =>
        {
            Assert.True(meeting.SignalAndWait(Limit));
            return Note(name)();
        };
        shutdown.AddTask(CoordinatedShutdown.PhaseBeforeActorSystemTerminate, "late", Note("late"));
        shutdown.AddTask(CoordinatedShutdown.PhaseServiceStop, "a", Meet("stop"));
        shutdown.AddTask(CoordinatedShutdown.PhaseServiceStop, "b", Meet("stop"));
        shutdown.AddTask(CoordinatedShutdown.PhaseBeforeServiceUnbind, "early", Note("early"));

        await shutdown.Run(CoordinatedShutdown.UnknownReason.Instance).WaitAsync(Limit);
        Assert.Equal(["early", "stop", "stop", "late"], _ran);
        Assert.True(shutdown.System.WhenTerminated.IsCompleted);
    }

    [Fact(DisplayName = "It runs once: every call gets the same task and the first reason stands")]
    public async Task Runs_once()
    {
        var shutdown = Shutdown();
        Assert.Null(shutdown.ShutdownReason);
        shutdown.AddTask(CoordinatedShutdown.PhaseServiceStop, "note", Note("once"));
        var first = shutdown.Run(CoordinatedShutdown.ClusterLeavingReason.Instance);
        var second = shutdown.Run(CoordinatedShutdown.UnknownReason.Instance);
        await first.WaitAsync(Limit);
        Assert.Same(first, second);
        Assert.Same(CoordinatedShutdown.ClusterLeavingReason.Instance, shutdown.ShutdownReason);
        Assert.Equal(["once"], _ran);
    }

    [Fact(DisplayName = "Terminating the system runs it, with that reason")]
    public async Task Runs_by_terminate()
    {
        var shutdown = Shutdown();
        shutdown.AddTask(CoordinatedShutdown.PhaseServiceStop, "note", Note("ran"));
        await shutdown.System.Terminate().WaitAsync(Limit);
        Assert.Equal(["ran"], _ran);
        Assert.IsType<CoordinatedShutdown.ActorSystemTerminateReason>(shutdown.ShutdownReason);
    }

    [Fact(DisplayName = "Terminating the system does not run it where that is switched off")]
    public async Task Terminates_without_it()
    {
        var shutdown = Shutdown("akka.coordinated-shutdown.run-by-actor-system-terminate = off");
        shutdown.AddTask(CoordinatedShutdown.PhaseServiceStop, "note", Note("ran"));
        await shutdown.System.Terminate().WaitAsync(Limit);
        Assert.Empty(_ran);
        Assert.Null(shutdown.ShutdownReason);
    }

    [Fact(DisplayName = "It leaves the system running where terminating it is switched off")]
    public async Task Leaves_the_system_running()
    {
        var shutdown = Shutdown("akka.coordinated-shutdown { terminate-actor-system = off, run-by-actor-system-terminate = off }");
        await shutdown.Run(CoordinatedShutdown.UnknownReason.Instance).WaitAsync(Limit);
        Assert.False(shutdown.System.WhenTerminated.IsCompleted);
    }

    [Fact(DisplayName = "A task that fails or does not end is passed over")]
    public async Task Goes_on_after_failures()
    {
        var shutdown = Shutdown("akka.coordinated-shutdown.phases.service-unbind.timeout = 50ms");
        shutdown.AddTask(CoordinatedShutdown.PhaseBeforeServiceUnbind, "throws", () => throw new InvalidOperationException("at once"));
        shutdown.AddTask(CoordinatedShutdown.PhaseBeforeServiceUnbind, "fails", () => Task.FromException<Done>(new InvalidOperationException("later")));
        shutdown.AddTask(CoordinatedShutdown.PhaseServiceUnbind, "hangs", () => new TaskCompletionSource<Done>().Task);
        shutdown.AddTask(CoordinatedShutdown.PhaseServiceStop, "note", Note("went on"));
        await shutdown.Run(CoordinatedShutdown.UnknownReason.Instance).WaitAsync(Limit);
        Assert.Equal(["went on"], _ran);
    }

    [Theory(DisplayName = "A phase that may not be recovered fails the run, which stops there")]
    [InlineData(true, typeof(InvalidOperationException))]
    [InlineData(false, typeof(TimeoutException))]
    public async Task Stops_at_a_failure(bool throws, Type failure)
    {
        var shutdown = Shutdown($$"""
            akka.coordinated-shutdown {
              run-by-actor-system-terminate = off
              phases.service-unbind { recover = off, timeout = {{(throws ? "1 minute" : "50ms")}} }
            }
            """);
        shutdown.AddTask(CoordinatedShutdown.PhaseServiceUnbind, "bad", () =>
            throws ? throw new InvalidOperationException("bad") : new TaskCompletionSource<Done>().Task);
        shutdown.AddTask(CoordinatedShutdown.PhaseServiceStop, "note", Note("too far"));
        await Assert.ThrowsAsync(failure, () => shutdown.Run(CoordinatedShutdown.UnknownReason.Instance).WaitAsync(Limit));
        Assert.Empty(_ran);
    }

    [Fact(DisplayName = "A disabled phase is passed over, and a run may begin at a phase")]
    public async Task Skips_phases()
    {
        var shutdown = Shutdown("akka.coordinated-shutdown.phases.service-stop.enabled = off");
        shutdown.AddTask(CoordinatedShutdown.PhaseBeforeServiceUnbind, "before", Note("before"));
        shutdown.AddTask(CoordinatedShutdown.PhaseServiceStop, "disabled", Note("disabled"));
        shutdown.AddTask(CoordinatedShutdown.PhaseClusterLeave, "after", Note("after"));
        await shutdown.Run(CoordinatedShutdown.UnknownReason.Instance, CoordinatedShutdown.PhaseServiceRequestsDone).WaitAsync(Limit);
        Assert.Equal(["after"], _ran);
    }

    [Fact(DisplayName = "A task may add tasks to later phases")]
    public async Task Accepts_tasks_while_running()
    {
        var shutdown = Shutdown();
        shutdown.AddTask(CoordinatedShutdown.PhaseServiceStop, "adds", () =>
        {
            shutdown.AddTask(CoordinatedShutdown.PhaseClusterLeave, "later", Note("later"));
            shutdown.AddTask(CoordinatedShutdown.PhaseServiceUnbind, "too late", Note("too late"));
            return Note("adds")();
        });
        await shutdown.Run(CoordinatedShutdown.UnknownReason.Instance).WaitAsync(Limit);
        Assert.Equal(["adds", "later"], _ran);
    }

    [Fact(DisplayName = "Times of phases are configured, 5 s by default and 10 s for those that wait for actors")]
    public void Knows_times()
    {
        var shutdown = Shutdown();
        Assert.Equal(TimeSpan.FromSeconds(5), shutdown.Timeout(CoordinatedShutdown.PhaseServiceStop));
        Assert.Equal(TimeSpan.FromSeconds(10), shutdown.Timeout(CoordinatedShutdown.PhaseClusterShardingShutdownRegion));
        Assert.Equal(TimeSpan.FromSeconds(10), shutdown.Timeout(CoordinatedShutdown.PhaseClusterExiting));
        Assert.Equal(TimeSpan.FromSeconds(10), shutdown.Timeout(CoordinatedShutdown.PhaseActorSystemTerminate));
        Assert.Equal(TimeSpan.FromSeconds(10), shutdown.TotalTimeout);
        shutdown.AddTask(CoordinatedShutdown.PhaseServiceStop, "note", Note("never"));
        Assert.Equal(TimeSpan.FromSeconds(15), shutdown.TotalTimeout);
    }

    [Fact(DisplayName = "Unknown phases are refused by name")]
    public void Refuses_unknown_phases()
    {
        var shutdown = Shutdown();
        Assert.Contains("[nowhere]", Assert.Throws<ConfigurationException>(() => shutdown.AddTask("nowhere", "t", Note(""))).Message, StringComparison.Ordinal);
        Assert.Throws<ConfigurationException>(() => { _ = shutdown.Run(CoordinatedShutdown.UnknownReason.Instance, "nowhere"); });
        Assert.Throws<ArgumentException>(() => shutdown.Timeout("nowhere"));
        Assert.Throws<ArgumentException>(() => shutdown.AddTask(CoordinatedShutdown.PhaseServiceStop, "", Note("")));
    }

    [Fact(DisplayName = "The phases are sorted by what they depend on")]
    public void Sorts_phases()
    {
        var phases = CoordinatedShutdownPhases.FromConfig("""
            phases {
              z {}
              a { depends-on = [c] }
              c { depends-on = [z, only-named], timeout = 1s, recover = off }
            }
            """);
        Assert.Equal(["only-named", "z", "c", "a"], phases.InOrder.Select(phase => phase.Name));
        Assert.Equal(TimeSpan.FromSeconds(1), phases.Find("c")!.Timeout);
        Assert.False(phases.Find("c")!.Recover);
        Assert.Null(phases.Find("unknown"));
    }

    [Theory(DisplayName = "Phases that depend on each other in a circle are refused, naming the circle")]
    [InlineData("a { depends-on = [a] }", "a -> a")]
    [InlineData("a { depends-on = [b] }, b { depends-on = [c] }, c { depends-on = [a] }", "a -> b -> c -> a")]
    [InlineData("start { depends-on = [x] }, x { depends-on = [y] }, y { depends-on = [x] }", "x -> y -> x")]
    public void Refuses_circles(string phases, string circle)
    {
        var refusal = Assert.Throws<ConfigurationException>(() => CoordinatedShutdownPhases.FromConfig($"phases {{ {phases} }}"));
        Assert.Contains(circle, refusal.Message, StringComparison.Ordinal);
    }

    private CoordinatedShutdown Shutdown(string hocon = "")
    {
        var system = ActorSystem.Create("shutdown", ConfigurationFactory.ParseString(hocon)
            .WithFallback("akka { loglevel = OFF, stdout-loglevel = OFF, loggers = [] }"));
        _systems.Add(system);
        return CoordinatedShutdown.Get(system);
    }

    private Func<Task<Done>> Note(string name) => () =>
    {
        lock (_ran)
            _ran.Add(name);
        return Task.FromResult(Done.Instance);
    };
}
