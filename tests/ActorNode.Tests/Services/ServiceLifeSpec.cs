using ActorNode.Protocol.Services;
using ActorNode.Services;
using ActorNode.Tests.Support;
using Xunit;

namespace ActorNode.Tests.Services;

public sealed class ServiceLifeSpec
{
    private static readonly ServicesSettings Settings = new() { MaxRestarts = 2, MinBackoff = TimeSpan.FromSeconds(1), MaxBackoff = TimeSpan.FromMinutes(1) };
    private static readonly LifeInput.Dependencies AllReady = new([], null);

    private readonly List<LifeEvent> _events = [];
    private DateTimeOffset _now = Some.Time;
    private ServiceLife _life = New();

    [Fact(DisplayName = "C.2 dependencies: a service waits until the last dependency is ready, and then starts once")]
    public void Waits()
    {
        On(new LifeInput.Dependencies(["a", "b"], null));
        On(new LifeInput.Dependencies(["b"], null));
        Assert.Equal(ServiceState.Waiting, _life.State);
        On(AllReady);
        On(AllReady);
        Assert.Equal((ServiceState.Starting, 1), (_life.State, _life.Run));
    }

    [Fact(DisplayName = "C.2 dependencies: a wait that takes too long is a failure that names what is missing, and ends when that comes all the same")]
    public void Wait_over()
    {
        On(new LifeInput.Dependencies(["a", "b"], null));
        _now += TimeSpan.FromSeconds(300);
        On(new LifeInput.WaitOver());
        Assert.Equal((ServiceState.Failed, "waited 300 s for a, b"), (_life.State, _life.LastError));
        On(AllReady);
        Assert.Equal(ServiceState.Starting, _life.State);
    }

    [Fact(DisplayName = "C.2 dependencies: a dependency that failed for good fails who waits for it, by policy the node as well")]
    public void Dependency_failed()
    {
        _life = New(new ServiceOptions { OnFailure = EndPolicy.StopNode });
        On(new LifeInput.Dependencies(["a"], "dependency 'a' failed: disk full"));
        Assert.Equal((ServiceState.Failed, "dependency 'a' failed: disk full"), (_life.State, _life.LastError));
        Assert.Contains(new LifeEvent.NodeStopAsked("dependency 'a' failed: disk full"), _events);
    }

    [Fact(DisplayName = "C.2 dependencies: a wait ends at once when the service is told to stop, and it never starts")]
    public void Wait_is_cancelled()
    {
        On(new LifeInput.Dependencies(["a"], null));
        On(Stop());
        On(AllReady);
        Assert.Equal((ServiceState.Stopped, 0), (_life.State, _life.Run));
    }

    [Fact(DisplayName = "C.2 start: a run that returns is complete under Ignore, runs again after a wait under Restart, ends the node under StopNode")]
    public void Completion()
    {
        Running(new ServiceOptions { OnCompletion = EndPolicy.Ignore });
        On(new LifeInput.RunEnded(1, null));
        Assert.Equal((ServiceState.Completed, true), (_life.State, _life.Up));

        Running(new ServiceOptions { OnCompletion = EndPolicy.Restart });
        On(new LifeInput.RunEnded(1, null));
        Assert.Equal((ServiceState.Restarting, _now + TimeSpan.FromSeconds(0.75)), (_life.State, _life.RestartAt));
        On(new LifeInput.RestartDue());
        Assert.Equal((ServiceState.Starting, 2, 1), (_life.State, _life.Run, _life.Restarts));

        Running(new ServiceOptions { OnCompletion = EndPolicy.StopNode });
        On(new LifeInput.RunEnded(1, null));
        Assert.Contains(new LifeEvent.NodeStopAsked("completed"), _events);
    }

    [Fact(DisplayName = "C.2 start: one run per incarnation; what an earlier run still says is ignored")]
    public void Stale_runs()
    {
        Running(new ServiceOptions());
        On(new LifeInput.RunEnded(1, "boom"));
        On(new LifeInput.RestartDue());
        On(new LifeInput.Ready(1));
        On(new LifeInput.Unready(1, "old"));
        On(new LifeInput.RunEnded(1, "old"));
        Assert.Equal((ServiceState.Starting, "boom", 2), (_life.State, _life.LastError, _life.Run));
    }

    [Fact(DisplayName = "C.2 panic: a run that throws is restarted with growing waits, and after so many in a row it has failed")]
    public void Restarts()
    {
        Running(new ServiceOptions());
        On(new LifeInput.RunEnded(1, "boom"));
        Assert.Equal(TimeSpan.FromSeconds(0.75), _life.RestartAt - _now);
        On(new LifeInput.RestartDue());
        On(new LifeInput.RunEnded(2, "boom"));
        Assert.Equal(TimeSpan.FromSeconds(1.5), _life.RestartAt - _now);
        On(new LifeInput.RestartDue());
        On(new LifeInput.RunEnded(3, "boom"));
        Assert.Equal((ServiceState.Failed, "given up after 2 restarts in a row: boom", false), (_life.State, _life.LastError, _life.Up));
        Assert.DoesNotContain(_events, e => e is LifeEvent.NodeStopAsked);
    }

    [Fact(DisplayName = "C.2 panic: a run that was stable for long ends the row of restarts")]
    public void Stable()
    {
        Running(new ServiceOptions());
        for (var run = 1; run <= 10; run++)
        {
            _now += Settings.StableAfter;
            On(new LifeInput.RunEnded(run, "boom"));
            Assert.Equal(TimeSpan.FromSeconds(0.75), _life.RestartAt - _now);
            On(new LifeInput.RestartDue());
        }
    }

    [Fact(DisplayName = "C.2 panic: Ignore leaves it dead, StopNode ends the node, and so does giving up where the options say so")]
    public void Failure_policies()
    {
        Running(new ServiceOptions { OnFailure = EndPolicy.Ignore });
        On(new LifeInput.RunEnded(1, "boom"));
        Assert.Equal(ServiceState.Failed, _life.State);
        Assert.DoesNotContain(_events, e => e is LifeEvent.NodeStopAsked);

        Running(new ServiceOptions { OnFailure = EndPolicy.StopNode });
        On(new LifeInput.RunEnded(1, "boom"));
        Assert.Contains(new LifeEvent.NodeStopAsked("boom"), _events);

        Running(new ServiceOptions { MaxRestarts = 0, StopNodeWhenGivenUp = true });
        On(new LifeInput.RunEnded(1, "boom"));
        Assert.Contains(new LifeEvent.NodeStopAsked("given up after 0 restarts in a row: boom"), _events);
    }

    [Theory(DisplayName = "C.2 ready notifier: a run that ended without Ready releases its dependents under Ready, and fails under FailDependents")]
    [InlineData(ReadyOnDrop.Ready, null, ServiceState.Completed, true)]
    [InlineData(ReadyOnDrop.Ready, "boom", ServiceState.Failed, true)]
    [InlineData(ReadyOnDrop.FailDependents, null, ServiceState.Failed, false)]
    [InlineData(ReadyOnDrop.FailDependents, "boom", ServiceState.Failed, false)]
    public void Ready_on_drop(ReadyOnDrop policy, string? error, ServiceState state, bool up)
    {
        _life = New(new ServiceOptions { ReadyOnDrop = policy, OnFailure = EndPolicy.Ignore });
        On(AllReady);
        On(new LifeInput.RunEnded(1, error));
        Assert.Equal((state, up), (_life.State, _life.Up));
    }

    [Fact(DisplayName = "C.2 ready notifier: ready on drop is for runs that never were ready; one that was and failed takes its dependents' dependency away")]
    public void Failed_after_ready()
    {
        Running(new ServiceOptions { ReadyOnDrop = ReadyOnDrop.Ready, OnFailure = EndPolicy.Ignore });
        On(new LifeInput.RunEnded(1, "boom"));
        Assert.False(_life.Up);
    }

    [Fact(DisplayName = "C.2 ready notifier: Ready twice is once; un-ready and ready again work at any time")]
    public void Unready()
    {
        Running(new ServiceOptions());
        var since = _life.Since;
        _now += TimeSpan.FromSeconds(1);
        On(new LifeInput.Ready(1));
        Assert.Equal(since, _life.Since);
        On(new LifeInput.Unready(1, "no peers"));
        Assert.Equal((ServiceState.Degraded, "no peers", false), (_life.State, _life.LastError, _life.Up));
        On(new LifeInput.Ready(1));
        Assert.True(_life.Up);
    }

    [Fact(DisplayName = "C.2 panic: who runs hears of each dependency that is lost or back; who waits does not")]
    public void Dependency_down()
    {
        On(new LifeInput.Dependencies(["a"], null));
        Assert.DoesNotContain(_events.OfType<LifeEvent.DependenciesChanged>(), e => !e.Down.IsEmpty);
        On(AllReady);
        On(new LifeInput.Dependencies(["a", "b"], null));
        On(new LifeInput.Dependencies(["b"], null));
        var changes = _events.OfType<LifeEvent.DependenciesChanged>().TakeLast(2).ToArray();
        Assert.Equal(["a", "b"], changes[0].Down.AsEnumerable());
        Assert.Equal(["a"], changes[1].Up.AsEnumerable());
        Assert.Equal(ServiceState.Starting, _life.State);
    }

    [Fact(DisplayName = "C.2 shutdown watch: a graceful stop becomes fast at its deadline, a fast one is given up at its own")]
    public void Deadlines()
    {
        Running(new ServiceOptions());
        On(Stop());
        _now += TimeSpan.FromSeconds(30);
        On(new LifeInput.DeadlineOver());
        Assert.Equal((ShutdownKind.Fast, _now + Settings.FastTimeout), (_life.Shutdown!.Kind, _life.Shutdown.Deadline));
        On(new LifeInput.DeadlineOver());
        Assert.Equal((ServiceState.Stopped, true), (_life.State, _life.LeftBehind));
        On(new LifeInput.RunEnded(1, null));
        Assert.Equal(ServiceState.Stopped, _life.State);
    }

    [Fact(DisplayName = "C.2 shutdown watch: a second request is passed on only when it is faster")]
    public void Faster()
    {
        Running(new ServiceOptions());
        On(Stop());
        _events.Clear();
        On(Stop());
        Assert.Empty(_events);
        On(Stop(ShutdownKind.Fast));
        On(Stop(ShutdownKind.Fast));
        Assert.Single(_events);
    }

    [Fact(DisplayName = "A service that stops is neither restarted nor complete, and a failure on the way is kept")]
    public void Fails_while_stopping()
    {
        Running(new ServiceOptions { OnFailure = EndPolicy.StopNode, OnCompletion = EndPolicy.Restart });
        On(Stop());
        On(new LifeInput.RunEnded(1, "could not flush"));
        Assert.Equal((ServiceState.Stopped, "could not flush"), (_life.State, _life.LastError));
        Assert.DoesNotContain(_events, e => e is LifeEvent.NodeStopAsked);

        Running(new ServiceOptions());
        On(Stop());
        On(new LifeInput.RunEnded(1, "was cancelled", Cancelled: true));
        Assert.Null(_life.LastError);
    }

    [Fact(DisplayName = "Whatever happens in whatever order: never two runs at once, none after a stop, up only when it may be (2,000 lives)")]
    public void Any_life()
    {
        for (var seed = 0; seed < 2_000; seed++)
        {
            var random = new Random(seed);
            _life = New(new ServiceOptions
            {
                OnCompletion = (EndPolicy)random.Next(3),
                OnFailure = (EndPolicy)random.Next(3),
                ReadyOnDrop = (ReadyOnDrop)random.Next(2),
                MaxRestarts = random.Next(4),
            });
            var running = 0;
            var stopped = false;
            for (var step = 0; step < 60; step++)
            {
                _now += TimeSpan.FromSeconds(random.Next(400));
                var input = AnyInput(random);
                stopped |= input is LifeInput.Stop;
                _events.Clear();
                On(input);
                foreach (var @event in _events)
                {
                    if (@event is LifeEvent.Started started)
                    {
                        Assert.True(running == 0, $"seed {seed}: run {started.Run} beside run {running}");
                        Assert.False(stopped, $"seed {seed}: started after a stop");
                        Assert.True(_life.Dependencies.Missing.IsEmpty, $"seed {seed}: started without {string.Join(", ", _life.Dependencies.Missing)}");
                        running = started.Run;
                    }
                    else if (@event is LifeEvent.Abandoned)
                    {
                        running = 0;
                    }
                }

                if (input is LifeInput.RunEnded ended && ended.Run == running)
                    running = 0;
                Assert.Equal(running != 0, _life.Running);
                Assert.True(!stopped || _life.State is ServiceState.Stopping or ServiceState.Stopped, $"seed {seed}: {_life.State} after a stop");
                Assert.True(_life.State != ServiceState.Restarting || _life.RestartAt is not null, $"seed {seed}: nothing would wake it");
                Assert.True(_life.State is not (ServiceState.Degraded or ServiceState.Stopping or ServiceState.Stopped or ServiceState.Waiting) || !_life.Up, $"seed {seed}: up while {_life.State}");
            }

            // Whatever state it is in, a stop and its two deadlines end it.
            On(Stop());
            On(new LifeInput.DeadlineOver());
            On(new LifeInput.DeadlineOver());
            Assert.Equal(ServiceState.Stopped, _life.State);
        }
    }

    private static ServiceLife New(ServiceOptions? options = null) => ServiceLife.New(new ServicePolicy(options ?? new ServiceOptions(), Settings), Some.Time);

    private LifeInput AnyInput(Random random)
    {
        var run = random.Next(4) == 0 ? random.Next(5) : _life.Run;
        return random.Next(16) switch
        {
            0 or 1 or 2 => AllReady,
            3 => new LifeInput.Dependencies(["a"], null),
            4 => new LifeInput.Dependencies(["a", "b"], "dependency 'b' failed: x"),
            5 => new LifeInput.WaitOver(),
            6 or 7 => new LifeInput.Ready(run),
            8 => new LifeInput.Unready(run, "x"),
            9 => new LifeInput.RunEnded(run, null),
            10 => new LifeInput.RunEnded(run, "x", random.Next(2) == 0),
            11 or 12 or 13 => new LifeInput.RestartDue(),
            14 => new LifeInput.DeadlineOver(),
            _ => random.Next(8) == 0 ? Stop((ShutdownKind)random.Next(2)) : AllReady,
        };
    }

    private LifeInput.Stop Stop(ShutdownKind kind = ShutdownKind.Graceful) => new(new ShutdownRequest(kind, "test", _now + TimeSpan.FromSeconds(30)));

    /// <summary>A service of these options that runs and is ready.</summary>
    private void Running(ServiceOptions options)
    {
        _events.Clear();
        _life = New(options);
        On(AllReady);
        On(new LifeInput.Ready(1));
    }

    private void On(LifeInput input)
    {
        foreach (var @event in _life.Decide(input, _now, random: 0.5))
        {
            _life = _life.Apply(@event, _now);
            _events.Add(@event);
        }
    }
}
