using Akka;
using Akka.Configuration;

namespace Specs.Shutdown;

public sealed class CoordinatedShutdownSpec : Spec
{
    public CoordinatedShutdownSpec() : base("akka.coordinated-shutdown { run-by-clr-shutdown-hook = off, exit-clr = off }")
    {
    }

    private CoordinatedShutdown Coordinated => CoordinatedShutdown.Get(Sys);

    [Fact(DisplayName = "Phases run in their order")]
    public async Task Phases_in_order()
    {
        string[] phases =
        [
            CoordinatedShutdown.PhaseBeforeServiceUnbind, CoordinatedShutdown.PhaseServiceUnbind,
            CoordinatedShutdown.PhaseServiceRequestsDone, CoordinatedShutdown.PhaseServiceStop,
            CoordinatedShutdown.PhaseBeforeClusterShutdown, CoordinatedShutdown.PhaseClusterShardingShutdownRegion,
            CoordinatedShutdown.PhaseClusterLeave, CoordinatedShutdown.PhaseClusterExiting,
            CoordinatedShutdown.PhaseClusterExitingDone, CoordinatedShutdown.PhaseClusterShutdown,
            CoordinatedShutdown.PhaseBeforeActorSystemTerminate, CoordinatedShutdown.PhaseActorSystemTerminate,
        ];
        var ran = new List<string>();
        foreach (var phase in phases.Reverse())
        {
            Add(phase, () =>
            {
                lock (ran)
                    ran.Add(phase);
            });
        }

        await Coordinated.Run(CoordinatedShutdown.UnknownReason.Instance);
        Assert.Equal(phases, ran);
        await Sys.WhenTerminated;
    }

    [Fact(DisplayName = "A run ends by terminating the actor system")]
    public async Task Terminates_the_system()
    {
        await Coordinated.Run(CoordinatedShutdown.UnknownReason.Instance);
        await Sys.WhenTerminated.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact(DisplayName = "A task that ends just as its phase times out does not fail the run")]
    public async Task Ends_at_the_limit()
    {
        for (var i = 0; i < 20; i++)
        {
            var system = ActorSystem.Create("limit", ConfigurationFactory.ParseString(
                "akka.loglevel = OFF, akka.stdout-loglevel = OFF, akka.coordinated-shutdown { run-by-clr-shutdown-hook = off, phases.service-stop.timeout = 20ms }"));
            var shutdown = CoordinatedShutdown.Get(system);
            var limit = shutdown.Timeout(CoordinatedShutdown.PhaseServiceStop);
            var actor = system.ActorOf(Quiet.Props);
            shutdown.AddTask(CoordinatedShutdown.PhaseServiceStop, "as long as its phase", async () =>
            {
                await actor.GracefulStop(limit, "not obeyed");
                return Done.Instance;
            });
            await shutdown.Run(CoordinatedShutdown.UnknownReason.Instance);
        }
    }

    [Fact(DisplayName = "The tasks of a phase run in parallel, and the next phase waits for all")]
    public async Task Parallel_in_a_phase()
    {
        var one = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var other = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var to = TestActor;
        // Each of the two ends only when the other has begun.
        AddAsync(CoordinatedShutdown.PhaseServiceUnbind, async () =>
        {
            one.SetResult();
            await other.Task;
            to.Tell("ended", ActorRefs.NoSender);
        });
        AddAsync(CoordinatedShutdown.PhaseServiceUnbind, async () =>
        {
            other.SetResult();
            await one.Task;
            to.Tell("ended", ActorRefs.NoSender);
        });
        Add(CoordinatedShutdown.PhaseServiceStop, () => to.Tell("next", ActorRefs.NoSender));
        var run = Coordinated.Run(CoordinatedShutdown.UnknownReason.Instance);
        await ExpectMsgAsync("ended");
        await ExpectMsgAsync("ended");
        await ExpectMsgAsync("next");
        await run;
    }

    [Fact(DisplayName = "It runs once: later calls give the same task, and the first reason stays")]
    public async Task Runs_once()
    {
        Assert.Null(Coordinated.ShutdownReason);
        var runs = 0;
        Add(CoordinatedShutdown.PhaseServiceStop, () => Interlocked.Increment(ref runs));
        var first = Coordinated.Run(CoordinatedShutdown.ClrExitReason.Instance);
        var second = Coordinated.Run(CoordinatedShutdown.UnknownReason.Instance);
        await first;
        await second;
        Assert.Equal(1, runs);
        Assert.Same(CoordinatedShutdown.ClrExitReason.Instance, Coordinated.ShutdownReason);
    }

    [Fact(DisplayName = "A task that fails does not keep the later phases from running")]
    public async Task Failure_goes_on()
    {
        var to = TestActor;
        AddAsync(CoordinatedShutdown.PhaseServiceUnbind, () => throw new Boom("sync"));
        AddAsync(CoordinatedShutdown.PhaseServiceUnbind, () => Task.FromException(new Boom("async")));
        Add(CoordinatedShutdown.PhaseServiceStop, () => to.Tell("next", ActorRefs.NoSender));
        await Coordinated.Run(CoordinatedShutdown.UnknownReason.Instance);
        await ExpectMsgAsync("next");
    }

    [Fact(DisplayName = "A run from a phase skips the phases before it")]
    public async Task From_a_phase()
    {
        var ran = new List<string>();
        Add(CoordinatedShutdown.PhaseServiceUnbind, () => ran.Add("unbind"));
        Add(CoordinatedShutdown.PhaseServiceStop, () => ran.Add("stop"));
        await Coordinated.Run(CoordinatedShutdown.UnknownReason.Instance, CoordinatedShutdown.PhaseServiceStop);
        Assert.Equal(["stop"], ran);
    }

    [Fact(DisplayName = "A task may be added to a later phase while it runs")]
    public async Task Added_while_running()
    {
        var to = TestActor;
        Add(CoordinatedShutdown.PhaseServiceUnbind, () =>
            Add(CoordinatedShutdown.PhaseServiceStop, () => to.Tell("added", ActorRefs.NoSender)));
        await Coordinated.Run(CoordinatedShutdown.UnknownReason.Instance);
        await ExpectMsgAsync("added");
    }

    [Fact(DisplayName = "A task for an unknown phase is refused")]
    public void Unknown_phase() =>
        Assert.Throws<ConfigurationException>(() => Add("no-such-phase", () => { }));

    [Fact(DisplayName = "Phases have the timeouts of the configuration")]
    public void Timeouts()
    {
        Assert.Equal(TimeSpan.FromSeconds(5), Coordinated.Timeout(CoordinatedShutdown.PhaseServiceStop));
        Assert.Equal(TimeSpan.FromSeconds(10), Coordinated.Timeout(CoordinatedShutdown.PhaseActorSystemTerminate));
        Assert.Equal(TimeSpan.FromSeconds(10), Coordinated.Timeout(CoordinatedShutdown.PhaseClusterShardingShutdownRegion));
        Assert.Equal(TimeSpan.FromSeconds(10), Coordinated.Timeout(CoordinatedShutdown.PhaseClusterExiting));

        // In total those of the phases that have something to do.
        var before = Coordinated.TotalTimeout;
        Add(CoordinatedShutdown.PhaseServiceStop, () => { });
        Assert.Equal(before + TimeSpan.FromSeconds(5), Coordinated.TotalTimeout);
    }

    [Fact(DisplayName = "Terminate runs the coordinated shutdown")]
    public async Task Terminate_runs_it()
    {
        var to = TestActor;
        Add(CoordinatedShutdown.PhaseServiceStop, () => to.Tell("ran", ActorRefs.NoSender));
        var terminated = Sys.Terminate();
        await ExpectMsgAsync("ran");
        await terminated;
        Assert.Same(CoordinatedShutdown.ActorSystemTerminateReason.Instance, Coordinated.ShutdownReason);
    }

    private void Add(string phase, Action task) => AddAsync(phase, () =>
    {
        task();
        return Task.CompletedTask;
    });

    private void AddAsync(string phase, Func<Task> task) => Coordinated.AddTask(phase, $"task {Guid.NewGuid()}", async () =>
    {
        await task();
        return Done.Instance;
    });
}

public sealed class ShutdownTimeoutSpec : Spec
{
    public ShutdownTimeoutSpec()
        : base("""
            akka.coordinated-shutdown {
              run-by-clr-shutdown-hook = off
              phases {
                service-unbind.timeout = 50ms
                service-stop { timeout = 50ms, recover = off }
              }
            }
            """)
    {
    }

    [Fact(DisplayName = "A task over its phase's timeout does not keep the later phases from running")]
    public async Task Timeout_goes_on()
    {
        var never = new TaskCompletionSource<Done>();
        var to = TestActor;
        var shutdown = CoordinatedShutdown.Get(Sys);
        shutdown.AddTask(CoordinatedShutdown.PhaseServiceUnbind, "never", () => never.Task);
        shutdown.AddTask(CoordinatedShutdown.PhaseServiceRequestsDone, "next", () =>
        {
            to.Tell("next", ActorRefs.NoSender);
            return Task.FromResult(Done.Instance);
        });
        await shutdown.Run(CoordinatedShutdown.UnknownReason.Instance);
        await ExpectMsgAsync("next");
    }

    [Fact(DisplayName = "With recover off a failure fails the run and the later phases do not run")]
    public async Task Recover_off_fails()
    {
        var ran = false;
        var shutdown = CoordinatedShutdown.Get(Sys);
        shutdown.AddTask(CoordinatedShutdown.PhaseServiceStop, "fails", () => Task.FromException<Done>(new Boom("no recovery")));
        shutdown.AddTask(CoordinatedShutdown.PhaseBeforeClusterShutdown, "later", () =>
        {
            ran = true;
            return Task.FromResult(Done.Instance);
        });
        await Assert.ThrowsAnyAsync<Exception>(() => shutdown.Run(CoordinatedShutdown.UnknownReason.Instance));
        Assert.False(ran);
    }

    // The shutdown of this system may have failed for good, and would not run again.
    protected override void AfterAll() => ((ExtendedActorSystem)Sys).Abort();
}

public sealed class ShutdownCycleSpec : Spec
{
    [Fact(DisplayName = "Phases that depend on each other in a circle are refused")]
    public void Cycle_throws()
    {
        var thrown = Record.Exception(() =>
        {
            using var circular = ActorSystem.Create("circular", ConfigurationFactory.ParseString(
                """
                akka { loggers = [], stdout-loglevel = OFF }
                akka.coordinated-shutdown.phases {
                  one.depends-on = [two]
                  two.depends-on = [one]
                }
                """));
            CoordinatedShutdown.Get(circular);
        });
        Assert.NotNull(thrown);
    }
}
