using System.Collections.Immutable;
using Akka.Persistence;
using Specs.Persistence.Support;

namespace Specs.Persistence;

/// <summary>What every journal must do, asked for by its protocol.</summary>
public abstract class JournalContract<TStore> : PersistenceSpec<TStore> where TStore : IStore, new()
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [StoreFact(DisplayName = "A written request is answered as a whole, then event by event in order, with the senders of the events")]
    public async Task Answers_writes()
    {
        var writer = CreateTestProbe();
        var sender = CreateTestProbe();
        Journal.Tell(new WriteMessages([Write(1, 1, sender.Ref), Write(2, 2, sender.Ref)], writer.Ref, 7), writer.Ref);
        await writer.ExpectMsgAsync<WriteMessagesSuccessful>(Patience);
        for (var n = 1; n <= 2; n++)
        {
            var success = await writer.ExpectMsgAsync<WriteMessageSuccess>(Patience);
            Assert.Equal((n, $"event {n}", 7), ((int)success.Persistent.SequenceNr, (string)success.Persistent.Payload, success.ActorInstanceId));
            Assert.Equal(sender.Ref, writer.LastSender);
        }
    }

    [StoreFact(DisplayName = "All events are replayed in order, with payload, persistence id, number and writer, then the highest number")]
    public async Task Replays_all()
    {
        await Written(5);
        var replayed = await Replay(1, long.MaxValue, long.MaxValue, 5);
        Assert.Equal([1, 2, 3, 4, 5], replayed.Select(e => (int)e.SequenceNr));
        Assert.All(replayed, e => Assert.Equal(($"event {e.SequenceNr}", Id, false), ((string)e.Payload, e.PersistenceId, e.IsDeleted)));
        Assert.All(replayed, e => Assert.True(e.Sender is null || e.Sender.IsNobody()));
    }

    [StoreFact(DisplayName = "Bounds of a replay belong to the range")]
    public async Task Replays_ranges()
    {
        await Written(5);
        Assert.Equal([2, 3, 4, 5], Numbers(await Replay(2, long.MaxValue, long.MaxValue, 5)));
        Assert.Equal([1, 2, 3], Numbers(await Replay(1, 3, long.MaxValue, 5)));
        Assert.Equal([3], Numbers(await Replay(3, 3, long.MaxValue, 5)));
        Assert.Empty(await Replay(4, 3, long.MaxValue, 5));
        Assert.Empty(await Replay(6, 9, long.MaxValue, 5));
    }

    [StoreFact(DisplayName = "A replay returns no more than it is asked for")]
    public async Task Replays_at_most()
    {
        await Written(5);
        Assert.Equal([1, 2], Numbers(await Replay(1, long.MaxValue, 2, 5)));
        Assert.Equal([2, 3, 4], Numbers(await Replay(2, 4, 9, 5)));
        Assert.Empty(await Replay(1, long.MaxValue, 0, 5));
    }

    [StoreFact(DisplayName = "A persistence id without events has the highest number 0")]
    public async Task Unknown_id() => Assert.Empty(await Replay(1, long.MaxValue, long.MaxValue, 0));

    [StoreFact(DisplayName = "Deletion takes the events up to a number, keeps the highest number, and may be repeated")]
    public async Task Deletes()
    {
        await Written(5);
        await Deleted(2);
        Assert.Equal([3, 4, 5], Numbers(await Replay(1, long.MaxValue, long.MaxValue, 5)));
        await Deleted(1);
        await Deleted(4);
        Assert.Equal([5], Numbers(await Replay(1, long.MaxValue, long.MaxValue, 5)));
        await Deleted(long.MaxValue);
        Assert.Empty(await Replay(1, long.MaxValue, long.MaxValue, 5));
    }

    [StoreFact(DisplayName = "Deletion touches no other persistence id")]
    public async Task Deletes_only_its_own()
    {
        await Written(2);
        await Written(2, Id + "-other");
        await Deleted(2);
        Assert.Equal([1, 2], Numbers(await Replay(1, long.MaxValue, long.MaxValue, 2, Id + "-other")));
    }

    [StoreFact(DisplayName = "Writes of many askers at once are all answered, each asker's in its order")]
    public async Task Concurrent_askers()
    {
        const int askers = 20;
        const int writes = 25;
        var probes = Enumerable.Range(0, askers).Select(_ => CreateTestProbe()).ToArray();
        for (var n = 1; n <= writes; n++)
        {
            for (var i = 0; i < askers; i++)
                Journal.Tell(new WriteMessages([Write(n, n, probes[i].Ref, $"{Id}-{i}")], probes[i].Ref, i), probes[i].Ref);
        }

        for (var i = 0; i < askers; i++)
        {
            for (var n = 1; n <= writes; n++)
            {
                await probes[i].ExpectMsgAsync<WriteMessagesSuccessful>(Patience);
                var success = await probes[i].ExpectMsgAsync<WriteMessageSuccess>(Patience);
                Assert.Equal((n, i), ((int)success.Persistent.SequenceNr, success.ActorInstanceId));
            }

            Assert.Equal(Enumerable.Range(1, writes), Numbers(await Replay(1, long.MaxValue, long.MaxValue, writes, $"{Id}-{i}")));
        }
    }

    [StoreFact(DisplayName = "Atomic writes of several events are stored whole, also many in one request")]
    public async Task Atomic_writes()
    {
        var writer = CreateTestProbe();
        Journal.Tell(new WriteMessages([Write(1, 3, writer.Ref), Write(4, 4, writer.Ref), Write(5, 9, writer.Ref)], writer.Ref, 1), writer.Ref);
        await writer.ExpectMsgAsync<WriteMessagesSuccessful>(Patience);
        for (var n = 1; n <= 9; n++)
            Assert.Equal(n, (await writer.ExpectMsgAsync<WriteMessageSuccess>(Patience)).Persistent.SequenceNr);
        Assert.Equal(Enumerable.Range(1, 9), Numbers(await Replay(1, long.MaxValue, long.MaxValue, 9)));
    }

    [StoreFact(DisplayName = "What no serializer can write is rejected, whole with its atomic write; the rest of the request is stored")]
    public async Task Rejects_what_cannot_be_written()
    {
        if (!Store.Serializes)
            return;
        var writer = CreateTestProbe();
        var bad = new AtomicWrite(ImmutableList.Create<IPersistentRepresentation>(
            new Persistent("event 2", 2, Id), new Persistent(new Unwritable(), 3, Id)));
        Journal.Tell(new WriteMessages([Write(1, 1, writer.Ref), bad, Write(4, 4, writer.Ref)], writer.Ref, 1), writer.Ref);
        await writer.ExpectMsgAsync<WriteMessagesSuccessful>(Patience);
        await writer.ExpectMsgAsync<WriteMessageSuccess>(Patience);
        Assert.Equal(2, (await writer.ExpectMsgAsync<WriteMessageRejected>(Patience)).Persistent.SequenceNr);
        Assert.Equal(3, (await writer.ExpectMsgAsync<WriteMessageRejected>(Patience)).Persistent.SequenceNr);
        await writer.ExpectMsgAsync<WriteMessageSuccess>(Patience);
        Assert.Equal([1, 4], Numbers(await Replay(1, long.MaxValue, long.MaxValue, 4)));
    }

    [StoreFact(DisplayName = "Of two writers of one persistence id the second never harms what the first has stored")]
    public async Task Two_writers()
    {
        await Written(2);
        var second = CreateTestProbe();
        var write = new AtomicWrite(new Persistent("late", 2, Id, writerGuid: "second"));
        Journal.Tell(new WriteMessages([write], second.Ref, 2), second.Ref);
        if (Store.RefusesSecondWriter)
        {
            await second.ExpectMsgAsync<WriteMessagesFailed>(Patience);
            await second.ExpectMsgAsync<WriteMessageFailure>(Patience);
            Assert.Equal(["event 1", "event 2"], (await Replay(1, long.MaxValue, long.MaxValue, 2)).Select(e => (string)e.Payload));
        }
        else
        {
            // It is stored, and the replay filter leaves out what the newer writer overlaps.
            await second.ExpectMsgAsync<WriteMessagesSuccessful>(Patience);
            await second.ExpectMsgAsync<WriteMessageSuccess>(Patience);
            Assert.Equal(["event 1", "late"], (await Replay(1, long.MaxValue, long.MaxValue, 2)).Select(e => (string)e.Payload));
        }

        // And the first may go on where the store refused the second.
        if (Store.RefusesSecondWriter)
            await Written(3, from: 3);
    }

    private static IEnumerable<int> Numbers(IEnumerable<IPersistentRepresentation> events) => events.Select(e => (int)e.SequenceNr);

    private AtomicWrite Write(int from, int to, IActorRef sender, string? id = null) => new(Enumerable.Range(from, to - from + 1)
        .Select(n => (IPersistentRepresentation)new Persistent($"event {n}", n, id ?? Id, sender: sender, writerGuid: "first"))
        .ToImmutableList());

    private async Task Written(int to, string? id = null, int from = 1)
    {
        var writer = CreateTestProbe();
        Journal.Tell(new WriteMessages(Enumerable.Range(from, to - from + 1).Select(n => Write(n, n, writer.Ref, id)).ToArray(), writer.Ref, 1), writer.Ref);
        await writer.ExpectMsgAsync<WriteMessagesSuccessful>(Patience);
        for (var n = from; n <= to; n++)
            await writer.ExpectMsgAsync<WriteMessageSuccess>(Patience);
    }

    private async Task Deleted(long to)
    {
        var deleter = CreateTestProbe();
        Journal.Tell(new DeleteMessagesTo(Id, to, deleter.Ref), deleter.Ref);
        await deleter.ExpectMsgAsync(new DeleteMessagesSuccess(to), Patience);
    }

    private async Task<List<IPersistentRepresentation>> Replay(long from, long to, long max, long highest, string? id = null)
    {
        var reader = CreateTestProbe();
        Journal.Tell(new ReplayMessages(from, to, max, id ?? Id, reader.Ref), reader.Ref);
        var replayed = new List<IPersistentRepresentation>();
        while (true)
        {
            switch (await reader.ExpectMsgAsync<object>(Patience))
            {
                case ReplayedMessage message:
                    replayed.Add(message.Persistent);
                    break;
                case RecoverySuccess success:
                    Assert.Equal(highest, success.HighestSequenceNr);
                    return replayed;
                case var other:
                    throw new InvalidOperationException($"The replay ended with {other}");
            }
        }
    }

    /// <summary>An object whose state throws when it is read.</summary>
    private sealed class Unwritable
    {
        public string State => throw new NotSupportedException("This has no state.");
    }
}

public sealed class InMemoryJournalSpec : JournalContract<InMemoryStore>;
