using System.Text.RegularExpressions;
using Akka.Event;
using Xunit.Sdk;

namespace Specs.TestKits;

public sealed class EventFilterSpec : Spec
{
    public EventFilterSpec() : base("akka.loglevel = DEBUG")
    {
    }

    [Fact(DisplayName = "A filter by level and text counts the events that fit")]
    public async Task By_level_and_text()
    {
        EventFilter.Info("exact").ExpectOne(() => Sys.Log.Info("exact"));
        EventFilter.Warning(start: "begin").ExpectOne(() => Sys.Log.Warning("begins so"));
        EventFilter.Error(contains: "middle").ExpectOne(() => Sys.Log.Error("the middle of it"));
        EventFilter.Debug(new Regex("^a+$")).Expect(2, () =>
        {
            Sys.Log.Debug("a");
            Sys.Log.Debug("b");
            Sys.Log.Debug("aa");
        });
        await EventFilter.ForLogLevel(LogLevel.InfoLevel, "level").ExpectOneAsync(() => Sys.Log.Info("level"));
    }

    [Fact(DisplayName = "A filter by exception takes the type and its subtypes")]
    public async Task By_exception()
    {
        await EventFilter.Exception<Exception>().ExpectOneAsync(() => Sys.Log.Error(new Boom("x"), "failed"));
        await EventFilter.Exception<Boom>("the cause").ExpectOneAsync(() => Sys.Log.Error(new Boom("the cause"), "failed"));
        await Assert.ThrowsAnyAsync<XunitException>(() =>
            EventFilter.Exception<ArgumentException>().ExpectAsync(1, Ms(100), () => Sys.Log.Error(new Boom("x"), "failed")));
    }

    [Fact(DisplayName = "Too few events fail, and too many")]
    public void Wrong_counts()
    {
        Assert.ThrowsAny<XunitException>(() => EventFilter.Info("x").Expect(2, Ms(100), () => Sys.Log.Info("x")));
        Assert.ThrowsAny<XunitException>(() => EventFilter.Info("x").Expect(0, () => Sys.Log.Info("x")));
        EventFilter.Info("x").Expect(0, Ms(100), () => Sys.Log.Info("y"));
    }

    [Fact(DisplayName = "An event that comes after the block is waited for")]
    public async Task Later_events_count() =>
        await EventFilter.Info("later").ExpectOneAsync(() =>
            Sys.Scheduler.Advanced.ScheduleOnce(Ms(50), () => Sys.Log.Info("later")));

    [Fact(DisplayName = "A filter by source takes the events of one actor")]
    public async Task By_source()
    {
        var one = Sys.ActorOf(Quiet.Props, "one");
        var other = Sys.ActorOf(Quiet.Props, "other");
        await EventFilter.Info("hello", source: one.Path.ToString()).ExpectOneAsync(() =>
        {
            one.Tell(new Do(context => context.GetLogger().Info("hello")));
            other.Tell(new Do(context => context.GetLogger().Info("hello")));
        });
    }

    [Fact(DisplayName = "Dead letters can be expected by type")]
    public async Task Dead_letters()
    {
        await EventFilter.DeadLetter<string>().ExpectOneAsync(() => Sys.DeadLetters.Tell("x"));
        await EventFilter.DeadLetter<string>(m => m == "y").ExpectOneAsync(() =>
        {
            Sys.DeadLetters.Tell("x");
            Sys.DeadLetters.Tell("y");
            Sys.DeadLetters.Tell(1);
        });
    }

    [Fact(DisplayName = "A custom filter decides itself")]
    public async Task Custom() =>
        await EventFilter.Custom(e => e is Warning w && w.Message.ToString() == "custom").ExpectOneAsync(() => Sys.Log.Warning("custom"));

    [Fact(DisplayName = "Filters joined by And take what any of them takes")]
    public async Task And() =>
        await EventFilter.Info("a").And.Warning("b").ExpectAsync(2, TestKitSettings.TestEventFilterLeeway, () =>
        {
            Sys.Log.Info("a");
            Sys.Log.Warning("b");
        });

    [Fact(DisplayName = "Expect gives the result of its block")]
    public async Task Results()
    {
        Assert.Equal(1, EventFilter.Info("x").ExpectOne(() =>
        {
            Sys.Log.Info("x");
            return 1;
        }));
        Assert.Equal(2, await EventFilter.Info("x").ExpectOneAsync(() =>
        {
            Sys.Log.Info("x");
            return Task.FromResult(2);
        }));
    }

    [Fact(DisplayName = "A muted filter keeps events from being expected twice, and ends with its block")]
    public async Task Muting()
    {
        var muted = EventFilter.Info("x").Mute();
        Sys.Log.Info("x");
        muted.Unmute();
        Assert.Equal(1, EventFilter.Info("x").Mute(() => 1));
        await EventFilter.Info("x").ExpectOneAsync(() => Sys.Log.Info("x"));
    }
}

public sealed class EventFilterWithinSpec : Akka.TestKit.Xunit2.TestKit
{
    public EventFilterWithinSpec() : base("akka.test.filter-leeway = 1ms")
    {
    }

    [Fact(DisplayName = "Inside of Within a filter waits as long as that leaves, instead of the leeway")]
    public async Task Waits_as_long_as_within_leaves() => await WithinAsync(TimeSpan.FromSeconds(30), async () =>
    {
        var expected = EventFilter.Info("x").ExpectOneAsync(() => Task.CompletedTask);
        await Task.Delay(50);
        Assert.False(expected.IsCompleted);
        Sys.Log.Info("x");
        await expected;
    });
}
