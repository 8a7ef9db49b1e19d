using ActorNode.Tests.Support;
using ActorNode.Upkeep;
using Xunit;

namespace ActorNode.Tests.Upkeep.Persistence;

public sealed class WriterStateSpec
{
    private static readonly UpkeepPersistenceSettings Settings = new() { Retries = 2 };
    private static readonly WriterState Manager = new("manager", Critical: true);
    private static readonly WriterState Graph = new("network_graph", Critical: false);

    [Fact(DisplayName = "Dirty flag after failure: the versions say that a change is not persisted, however often its write failed")]
    public void Stays_dirty()
    {
        var state = Manager.Asked(5).Begun(5);
        for (var i = 0; i < 3; i++)
        {
            state = Fail(state);
            Assert.True(state.Dirty);
            state = state.Begun(5);
        }

        state = state.Written(10, Some.Time);
        Assert.False(state.Dirty);
        Assert.Equal((0, 3L, 10L, Some.Time), (state.FailuresInARow, state.Failures, state.LastBytes, state.LastWritten));
        Assert.Equal("disk full", state.LastError);
    }

    [Fact(DisplayName = "What is critical is tried again so often, with growing waits, and then given up; the next request has all its attempts")]
    public void Critical_gives_up()
    {
        var first = Fail(Manager.Asked(1).Begun(1));
        Assert.Equal(Some.Time + Settings.MinBackoff, first.NextAttempt);
        var second = Fail(first.Begun(1));
        Assert.Equal(Some.Time + 2 * Settings.MinBackoff, second.NextAttempt);
        var third = Fail(second.Begun(1));
        Assert.Null(third.NextAttempt);
        Assert.Equal(3, third.FailuresInARow);

        Assert.NotNull(Fail(third.Asked(2).Begun(2)).NextAttempt);
    }

    [Fact(DisplayName = "No retries are the behaviour of the original: the first failure is the end")]
    public void No_retries() =>
        Assert.Null(Manager.Asked(1).Begun(1).Failed("x", Some.Time, Settings with { Retries = 0 }, final: false, 1).NextAttempt);

    [Fact(DisplayName = "Graph and scorer persist: best effort is tried again for ever, much sooner than an hour; the final write is not")]
    public void Best_effort_never_gives_up()
    {
        var state = Graph.Asked(null);
        for (var i = 0; i < 50; i++)
        {
            state = Fail(state.Begun(1));
            Assert.InRange(state.NextAttempt!.Value - Some.Time, Settings.BestEffortMinBackoff, Settings.BestEffortMaxBackoff);
        }

        var final = Graph.Asked(null);
        for (var i = 0; i < 2; i++)
            final = final.Begun(1).Failed("x", Some.Time, Settings, final: true, 1);
        Assert.Null(final.Begun(1).Failed("x", Some.Time, Settings, final: true, 1).NextAttempt);
    }

    [Fact(DisplayName = "Changes without a version are counted; a late version never goes back")]
    public void Versions() =>
        Assert.Equal((2L, 7L, 7L), (Graph.Asked(null).Asked(null).Version, Manager.Asked(7).Version, Manager.Asked(7).Asked(3).Version));

    private static WriterState Fail(WriterState state) => state.Failed("disk full", Some.Time, Settings, final: false, random: 1);
}
