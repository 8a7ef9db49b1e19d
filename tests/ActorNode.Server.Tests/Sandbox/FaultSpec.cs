using ActorNode.Server.Sandbox;
using ActorNode.Server.Tests.Support;
using Akka.Actor;
using Xunit;

namespace ActorNode.Server.Tests.Sandbox;

public sealed class FaultSpec
{
    private readonly SkippingTime _time = new();

    [Fact(DisplayName = "A schedule has every fault once, in an order that follows from the seed, within the first two thirds of the time")]
    public void Schedule()
    {
        var faults = Enumerable.Range(0, 9).ToArray();
        Assert.Equal(faults, FaultSchedule.Order(faults, seed: 1, round: 0).Order());
        Assert.Equal(FaultSchedule.Order(faults, 1, 0).AsEnumerable(), FaultSchedule.Order(faults, 1, 0));
        Assert.NotEqual(FaultSchedule.Order(faults, 1, 0).AsEnumerable(), FaultSchedule.Order(faults, 2, 0));
        Assert.NotEqual(FaultSchedule.Order(faults, 1, 0).AsEnumerable(), FaultSchedule.Order(faults, 1, 1));

        var times = FaultSchedule.Times(9, TimeSpan.FromSeconds(30));
        Assert.Equal(FaultSchedule.First, times[0]);
        Assert.Equal(times.Order(), times);
        Assert.True(times[^1] < TimeSpan.FromSeconds(20));
        Assert.Empty(FaultSchedule.Times(0, null));
    }

    [Fact(DisplayName = "Each fault is said with what healed it and how long that took; one that does not heal, or cannot be injected, with why")]
    public async Task Outcomes()
    {
        var looks = 0;
        var runner = Runner(
            new SandboxFault(FaultKind.Kill, "heals", () => Task.FromResult<Func<Task<string?>>>(() => Task.FromResult(++looks == 3 ? "somebody" : null))),
            new SandboxFault(FaultKind.Hang, "never heals", () => Task.FromResult<Func<Task<string?>>>(() => Task.FromResult<string?>(null))),
            new SandboxFault(FaultKind.Hang, "does not answer", () => Task.FromResult<Func<Task<string?>>>(() => throw new AskTimeoutException("late"))),
            new SandboxFault(FaultKind.Fail, "cannot be injected", () => throw new InvalidOperationException("no such actor")));

        await runner.RunAsync(CancellationToken.None);

        var heals = runner.All.Single(f => f.What == "heals");
        Assert.Equal(("somebody", TimeSpan.FromMilliseconds(100), null), (heals.HealedBy, heals.HealedAfter, heals.Error));
        Assert.Equal("not healed after 120 s", runner.All.Single(f => f.What == "never heals").Error);
        Assert.Equal("not healed after 120 s", runner.All.Single(f => f.What == "does not answer").Error);
        Assert.Equal("no such actor", runner.All.Single(f => f.What == "cannot be injected").Error);
        Assert.Equal([1, 2, 3, 4], runner.All.Select(f => f.Number));
    }

    [Fact(DisplayName = "Told to stop, no further fault is injected; the one under way may heal")]
    public async Task Stops()
    {
        using var stop = new CancellationTokenSource();
        var runner = Runner([.. Enumerable.Range(0, 3).Select(i => new SandboxFault(FaultKind.Kill, $"{i}", async () =>
        {
            await stop.CancelAsync();
            return () => Task.FromResult<string?>("somebody");
        }))]);

        await runner.RunAsync(stop.Token);

        Assert.Equal([true, false, false], runner.All.Select(f => f.InjectedAt is not null));
        Assert.NotNull(runner.All[0].HealedAfter);
    }

    private FaultRunner Runner(params SandboxFault[] faults) => new(faults, new SandboxOptions { Time = TimeSpan.FromSeconds(10), Faults = true }, _time);
}
