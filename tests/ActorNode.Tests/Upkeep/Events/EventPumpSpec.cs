using System.Text;
using ActorNode.Protocol.Upkeep;
using ActorNode.Tests.Upkeep.Support;
using ActorNode.Upkeep;
using Akka.Actor;
using Xunit;

namespace ActorNode.Tests.Upkeep.Events;

/// <summary>Events on their way from the sources to the application.</summary>
public sealed class EventPumpSpec : UpkeepSpec
{
    [Fact(DisplayName = "event handling: strict order of each source, one event at a time over all of them (A.10/7)")]
    public async Task Order()
    {
        await StartedAsync();
        foreach (var i in Enumerable.Range(0, 50))
        {
            Lightning.Manager.Events.Enqueue(new SomeEvent($"m{i}"));
            Lightning.Monitor.Events.Enqueue(new SomeEvent($"c{i}"));
            Lightning.Onion.Events.Enqueue(new SomeEvent($"o{i}"));
        }

        Lightning.Monitor.Signal();
        await Calls.WhenCalledAsync("handle o49");
        var handled = Calls.All.Where(c => c.StartsWith("handle", StringComparison.Ordinal)).ToArray();
        Assert.Equal(
            Enumerable.Range(0, 50).Select(i => $"handle m{i}").Concat(Enumerable.Range(0, 50).Select(i => $"handle c{i}")).Concat(Enumerable.Range(0, 50).Select(i => $"handle o{i}")),
            handled);
        Assert.Equal(1, Lightning.Handler.Most);
        await StatusAsync(s => s.Events.Handled == 150, "the count");
        await RestAsync();
        Assert.All(new[] { Lightning.Manager.Events, Lightning.Monitor.Events, Lightning.Onion.Events }, Assert.Empty);
    }

    [Fact(DisplayName = "A.10/8: an event that the handler refuses comes again, the same one, before the next of its source")]
    public async Task Replay()
    {
        await StartedAsync(Lightning.Least);
        Lightning.Handler.Refuse("a", 1);
        Lightning.Manager.Offer(new SomeEvent("a"), new SomeEvent("b"));
        await StatusAsync(s => s.Events is { Replays: 1, NextAttempt: not null, Current: nameof(SomeEvent), Attempt: 2, LastError: "not now" }, "the replay");
        await RestAsync();
        Scheduler.Advance(TimeSpan.FromMilliseconds(100));
        await Calls.WhenCalledAsync("handle b");
        Assert.Equal(["handle a", "handle a", "handle b"], Calls.All.Where(c => c.StartsWith("handle", StringComparison.Ordinal)));
    }

    [Fact(DisplayName = "Replay -> exponential back-off with cap: a source that signals at once is not asked in a hot loop")]
    public async Task Back_off()
    {
        await StartedAsync(Lightning.Least);
        Lightning.Handler.Refuse("a", int.MaxValue);
        Lightning.Manager.Offer(new SomeEvent("a"));
        TimeSpan[] full = [TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(200), TimeSpan.FromMilliseconds(400), TimeSpan.FromMilliseconds(800)];
        for (var i = 0; i < full.Length; i++)
        {
            var status = await StatusAsync(s => s.Events.Replays == i + 1, $"replay {i + 1}");
            Assert.InRange(status.Events.NextAttempt!.Value - Scheduler.Now, full[i] / 2, full[i]);
            await RestAsync();
            await RestAsync();
            Assert.Equal(i + 1, Calls.Count("handle a"));
            Assert.True(Calls.Count("manager.events") <= Calls.Count("rest") + 1);
            Scheduler.Advance(full[i]);
        }
    }

    [Fact(DisplayName = "A source with other queues is asked again during the back-off of one event, another source at once")]
    public async Task Others_go_on()
    {
        await StartedAsync(Lightning.Least);
        Lightning.Handler.Refuse("a", int.MaxValue);
        Lightning.Manager.Offer(new SomeEvent("a"));
        await StatusAsync(s => s.Events.Replays == 1, "the replay");
        Lightning.Monitor.Events.Enqueue(new SomeEvent("b"));
        Lightning.Monitor.Signal();
        await Calls.WhenCalledAsync("handle b");
    }

    [Fact(DisplayName = "handler crash and handler timeout: treated as a replay; the same event is not handed over while its call still runs")]
    public async Task Crash_and_timeout()
    {
        await StartedAsync(Lightning.Least);
        var hangs = new TaskCompletionSource<EventResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var calls = 0;
        Lightning.Handler.Answer = (_, token) =>
        {
            switch (Interlocked.Increment(ref calls))
            {
                case 1:
                    throw new IOException("no database");
                case 2:
                    token.Register(() => cancelled.TrySetResult());
                    return new ValueTask<EventResult>(hangs.Task);
                default:
                    return ValueTask.FromResult(EventResult.Handled);
            }
        };
        Lightning.Manager.Offer(new SomeEvent("a"));
        Assert.Equal("the handler failed: no database", (await StatusAsync(s => s.Events.Replays == 1, "the crash")).Events.LastError);
        Scheduler.Advance(TimeSpan.FromSeconds(1));
        await Calls.WhenCalledAsync("handle a", 2);
        await StatusAsync(s => s.Events.Attempt == 2 && s.Events.NextAttempt is null, "the second attempt");
        Scheduler.Advance(TimeSpan.FromMinutes(1));
        await cancelled.Task.WaitAsync(Patience);
        await StatusAsync(s => s.Events.Replays == 2, "the timeout");

        Scheduler.Advance(TimeSpan.FromSeconds(1));
        await StatusAsync(s => s.Events.Replays == 3 && s.Events.LastError!.Contains("did not return", StringComparison.Ordinal), "the refusal");
        Assert.Equal(2, Calls.Count("handle a"));
        hangs.SetResult(EventResult.Handled);
        await StatusAsync(_ => Lightning.Handler.Most == 1, "the end of the call");
        for (var i = 0; i < 3 && Calls.Count("handle a") < 3; i++)
        {
            await RestAsync();
            Scheduler.Advance(TimeSpan.FromMinutes(1));
            await RestAsync();
        }

        await Calls.WhenCalledAsync("handle a", 3);
        Assert.Equal(1, Lightning.Handler.Most);
        await StatusAsync(s => s.Events.Handled == 1, "the end");
    }

    [Fact(DisplayName = "A.10/12 and 13: five kinds of events reach the scorer, each before the handler, and each is saved; others do not")]
    public async Task Scoring()
    {
        await StartedAsync();
        Calls.Clear();
        Lightning.Manager.Offer(
            new SomePathFailed("failed", Permanently: false, Channel: 42, null),
            new SomePathFailed("refused", Permanently: true, null, null),
            new SomePathSuccessful("arrived"),
            new SomeProbeSuccessful("probed"),
            new SomeProbeFailed("lost", 43),
            new SomePathFailed("unknown", Permanently: false, null, null),
            new SomeProbeFailed("nowhere", null),
            new SomeEvent("other"));
        await Calls.WhenCalledAsync("handle other");
        Assert.Equal(
            ["scorer.payment-failed 42", "handle failed", "scorer.probe-successful", "handle refused", "scorer.payment-successful", "handle arrived",
             "scorer.probe-successful", "handle probed", "scorer.probe-failed 43", "handle lost", "handle unknown", "handle nowhere", "handle other"],
            Calls.All.Where(c => c.StartsWith("scorer.", StringComparison.Ordinal) || c.StartsWith("handle ", StringComparison.Ordinal)));

        // Coalesced: each change is covered by a write, but not each has its own.
        var scorer = (await StatusAsync(s => s.Persistence.Single(p => p.Name == "scorer") is { Writing: false, Version: 5, PersistedVersion: 5 }, "the writes")).Persistence;
        Assert.InRange(Calls.Count("store.wrote scorer"), 1, 5);
        Assert.Equal(0, scorer.Single(p => p.Name == "scorer").Failures);
    }

    [Fact(DisplayName = "scorer and graph update from events: once per event id, however often it is replayed, also after a restart of the loop")]
    public async Task No_double_scoring()
    {
        await StartedAsync();
        Lightning.Handler.Refuse("a", 2);
        Lightning.Manager.Offer(new SomePathFailed("a", Permanently: false, Channel: 42, new NetworkUpdate.ChannelFailure(42, IsPermanent: true)));
        await StatusAsync(s => s.Events.Replays == 1, "the replay");
        Sys.ActorSelection("/user/upkeep/loop").Tell(Kill.Instance, ActorRefs.NoSender);
        await StatusAsync(s => s.State == UpkeepState.BackingOff, "the back-off");
        Scheduler.Advance(TimeSpan.FromSeconds(2));
        await StatusAsync(s => s.Events.Replays == 2, "the second replay");
        await RestAsync();
        Scheduler.Advance(TimeSpan.FromSeconds(2));
        await StatusAsync(s => s.Events.Handled == 1, "the end");
        Assert.Equal((3, 1, 1), (Calls.Count("handle a"), Calls.Count("scorer.payment-failed 42"), Calls.Count("graph.update")));
        Assert.Equal(new NetworkUpdate.ChannelFailure(42, IsPermanent: true), Assert.Single(Lightning.Gossip.Updates));
    }

    [Fact(DisplayName = "after M attempts an event is parked: written before its source forgets it, and the next event is handed over")]
    public async Task Parking()
    {
        var parkedEvents = CreateTestProbe();
        Sys.EventStream.Subscribe(parkedEvents.Ref, typeof(UpkeepEvents.EventParked));
        await StartedAsync(Lightning.Least, new UpkeepSettings { Events = new UpkeepEventSettings { MaxAttempts = 2 } });
        Lightning.Handler.Refuse("a", int.MaxValue);
        Lightning.Manager.Offer(new SomeEvent("a"), new SomeEvent("b"));
        await StatusAsync(s => s.Events.Replays == 1, "the replay");
        await RestAsync();
        Lightning.Store.Hold();
        Scheduler.Advance(TimeSpan.FromMilliseconds(100));
        await Calls.WhenCalledAsync($"store.write {UpkeepKey.ParkedEvents}");
        Assert.Equal(2, Lightning.Manager.Events.Count);
        Assert.DoesNotContain("handle b", Calls.All);
        Lightning.Store.LetGo();
        await Calls.WhenCalledAsync("handle b");

        var parked = (await parkedEvents.ExpectMsgAsync<UpkeepEvents.EventParked>(Patience)).Event;
        Assert.Equal(("a", nameof(SomeEvent), 2, "not now"), (parked.Id, parked.Kind, parked.Attempts, parked.Error));
        Assert.Equal(parked, Assert.Single((await StatusAsync()).Events.Parked));
    }

    [Fact(DisplayName = "Parked events are read back after a restart of the process; an operator has them tried again, or dropped")]
    public async Task Parked_events_survive()
    {
        foreach (var id in new[] { "a/b c", "unknown", "drop" })
            await new ParkedEventStore(Lightning.Store).WriteAsync(new ParkedEvent(id, nameof(SomeEvent), Tests.Support.Some.Time, 20, "why"), Encoding.UTF8.GetBytes(id), default);
        await StartedAsync(Lightning.Least);
        await StatusAsync(s => s.Events.Parked.Length == 3, "the parked events");

        // Its source may offer it again, when the process ended between the write and the source's: it is in the operator's hands already.
        Lightning.Manager.Offer(new SomeEvent("drop"));
        await RestAsync();
        await StatusAsync(_ => Lightning.Manager.Events.IsEmpty, "the acknowledgement");
        Assert.DoesNotContain("handle drop", Calls.All);

        Assert.Equal(new UpkeepReplies.Refused("event 'nobody' is not parked"), await AskAsync(new UpkeepCommands.RetryParked("nobody")));
        Lightning.Handler.Refuse("a/b c", 1);
        Assert.Equal(new UpkeepReplies.Refused("event 'a/b c': not now"), await AskAsync(new UpkeepCommands.RetryParked("a/b c")));
        Assert.Equal(new UpkeepReplies.EventHandled("a/b c"), await AskAsync(new UpkeepCommands.RetryParked("a/b c")));
        Assert.Contains("not understood", ((UpkeepReplies.Refused)await AskAsync(new UpkeepCommands.RetryParked("unknown"))).Problem, StringComparison.Ordinal);
        Assert.Equal(new UpkeepReplies.EventDropped("drop"), await AskAsync(new UpkeepCommands.DropParked("drop")));
        Assert.Equal(new UpkeepReplies.Refused("event 'drop' is not parked"), await AskAsync(new UpkeepCommands.DropParked("drop")));
        Assert.Equal(["unknown"], (await StatusAsync()).Events.Parked.Select(p => p.Id));
        var (parked, unreadable) = await new ParkedEventStore(Lightning.Store).ListAsync(default);
        Assert.Equal("unknown", Assert.Single(parked).Id);
        Assert.Empty(unreadable);
    }

    [Theory(DisplayName = "handler timeout: one that throws or blocks when it is told to end harms nobody but itself")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Hostile_cancellation(bool blocks)
    {
        using var gate = new ManualResetEventSlim();
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Lightning.Handler.Answer = async (_, token) =>
        {
            token.Register(() =>
            {
                told.TrySetResult();
                if (!blocks)
                    throw new InvalidOperationException("not now");
                gate.Wait(Patience);
            });
            await Task.Delay(Timeout.InfiniteTimeSpan, CancellationToken.None);
            return EventResult.Handled;
        };
        await StartedAsync(Lightning.Least);
        Lightning.Manager.Offer(new SomeEvent("a"));
        await Calls.WhenCalledAsync("handle a");
        await TurnAsync("event-pump");
        Scheduler.Advance(TimeSpan.FromMinutes(1));
        await told.Task.WaitAsync(Patience);
        var status = await StatusAsync(s => s.Events.Replays == 1 && s.Persistence[0] is { Writing: false }, "the replay");
        Assert.Contains("did not return within", status.Events.LastError, StringComparison.Ordinal);
        await RestAsync();
        Assert.Equal((UpkeepState.Running, 0L), ((await StatusAsync()).State, (await StatusAsync()).Restarts));
        gate.Set();
    }

    [Fact(DisplayName = "An event of another kind that has the id of a parked one is no duplicate of it: it is handled, and when nobody takes it, neither takes the other's place")]
    public async Task Colliding_ids()
    {
        await new ParkedEventStore(Lightning.Store).WriteAsync(new ParkedEvent("a", nameof(SomeEvent), Tests.Support.Some.Time, 20, "why"), "a"u8.ToArray(), default);
        await StartedAsync(Lightning.Least, new UpkeepSettings { Events = new UpkeepEventSettings { MaxAttempts = 1 } });
        await StatusAsync(s => s.Events.Parked.Length == 1, "the parked event");
        Lightning.Handler.Refuse("a", 1);
        Lightning.Monitor.Events.Enqueue(new SomeProbeSuccessful("a"));
        Lightning.Monitor.Signal();
        await Calls.WhenCalledAsync("handle a");
        var status = await StatusAsync(s => s.Events.Replays == 1 && s.Events.NextAttempt is not null, "the refusal");
        Assert.Equal(nameof(SomeEvent), Assert.Single(status.Events.Parked).Kind);
        Assert.Single(Lightning.Monitor.Events);
        await RestAsync();
        Scheduler.Advance(TimeSpan.FromSeconds(1));
        await Calls.WhenCalledAsync("handle a", 2);
        await StatusAsync(s => s.Events.Handled == 1, "the end");
        await RestAsync();
        Assert.Single((await StatusAsync()).Events.Parked);
        Assert.Empty(Lightning.Monitor.Events);
    }

    [Fact(DisplayName = "A value among the parked events that is none is reported and left alone")]
    public async Task Damaged_value()
    {
        Lightning.Store.Put(new UpkeepKey(UpkeepKey.ParkedEvents, "", "x"), "{\"id\":\"a\"}"u8.ToArray());
        await new ParkedEventStore(Lightning.Store).WriteAsync(new ParkedEvent("b", "Kind", Tests.Support.Some.Time, 20, "why"), "b"u8.ToArray(), default);
        await StartedAsync(Lightning.Least);
        Assert.Equal("b", Assert.Single((await StatusAsync(s => s.Events.Parked.Length > 0, "the parked event")).Events.Parked).Id);
        Assert.Equal("{\"id\":\"a\"}", Lightning.Store.Text(new UpkeepKey(UpkeepKey.ParkedEvents, "", "x")));
    }

    private async Task<object> AskAsync(object command)
    {
        Upkeep.Tell(command, Replies.Ref);
        return (await Replies.ReceiveOneAsync(Patience))!;
    }
}
