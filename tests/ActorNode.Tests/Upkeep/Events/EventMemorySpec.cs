using ActorNode.Tests.Support;
using ActorNode.Tests.Upkeep.Support;
using ActorNode.Upkeep;
using Xunit;

namespace ActorNode.Tests.Upkeep.Events;

public sealed class EventMemorySpec
{
    private static readonly UpkeepEventSettings Settings = new();

    private readonly EventMemory _memory = new(Settings);

    [Fact(DisplayName = "scorer update from events: once per event id, also when ten thousand others came in between its attempts")]
    public void Decorated_once()
    {
        Assert.True(_memory.Decorate("a"));
        _memory.Failed(new SomeEvent("a"), "no", Some.Time, 1);
        for (var i = 0; i < 10_000; i++)
        {
            Assert.True(_memory.Decorate($"{i}"));
            _memory.Succeeded($"{i}");
        }

        Assert.False(_memory.Decorate("a"));
    }

    [Fact(DisplayName = "Replay -> back-off: a clock that was set back holds no event for longer than the longest back-off")]
    public void Clock_set_back()
    {
        _memory.Failed(new SomeEvent("a"), "no", Some.Time, 1);
        Assert.Equal("no", _memory.BackingOff("a", Some.Time));
        Assert.Equal("no", _memory.BackingOff("a", Some.Time - TimeSpan.FromSeconds(1)));
        Assert.Null(_memory.BackingOff("a", Some.Time - TimeSpan.FromHours(5)));
        Assert.Null(_memory.BackingOff("a", Some.Time + TimeSpan.FromHours(5)));
    }

    [Fact(DisplayName = "Failed events that their source forgot, as onion messengers do, are forgotten here too; the latest are not")]
    public void Forgets_ghosts()
    {
        for (var i = 0; i < 10_000; i++)
            _memory.Failed(new SomeEvent($"{i}"), "no", Some.Time + TimeSpan.FromSeconds(i), 1);
        Assert.Equal(1024, _memory.Failing);
        Assert.Equal((1, 2), (_memory.NextAttemptOf("0"), _memory.NextAttemptOf("9999")));
    }

    [Fact(DisplayName = "Replay -> back-off: a source is left alone until its event's time has come, but not for longer because the clock was set back")]
    public void Source_held()
    {
        var source = new EventSource(new FakeEvents(new CallLog(), "source"), isOneQueue: true) { HeldUntil = Some.Time };
        Assert.True(source.IsHeld(Some.Time - TimeSpan.FromSeconds(1), Settings.MaxBackoff));
        Assert.False(source.IsHeld(Some.Time, Settings.MaxBackoff));
        Assert.False(source.IsHeld(Some.Time - TimeSpan.FromHours(5), Settings.MaxBackoff));
    }
}
