using System.Collections.Immutable;
using Akka.Persistence;
using Akka.Persistence.Journal;

namespace Specs.Persistence.Support;

/// <summary>A journal in memory that a test can hold back and break: by what its events say, and by the gates of its persistence ids.</summary>
public sealed class FaultyJournal : MemoryJournal
{
    public const string Config =
        """
        akka.persistence.journal.plugin = "akka.persistence.journal.faulty"
        akka.persistence.journal.faulty.class = "Specs.Persistence.Support.FaultyJournal, Akka.Specs"
        akka.persistence.snapshot-store.plugin = "akka.persistence.snapshot-store.inmem"
        """;

    private static readonly Dictionary<string, Task> Gates = [];

    /// <summary>Writes and replays of this persistence id wait for the gate from now on.</summary>
    public static void Hold(string persistenceId, Task gate)
    {
        lock (Gates)
            Gates[persistenceId] = gate;
    }

    public override async Task ReplayMessagesAsync(IActorContext context, string persistenceId, long fromSequenceNr, long toSequenceNr, long max,
        Action<IPersistentRepresentation> recoveryCallback)
    {
        await GateOf(persistenceId);
        if (Read(persistenceId, fromSequenceNr, toSequenceNr, max).Any(stored => stored.Payload is "unreadable"))
            throw new Boom("unreadable");
        await base.ReplayMessagesAsync(context, persistenceId, fromSequenceNr, toSequenceNr, max, recoveryCallback);
    }

    public override async Task<long> ReadHighestSequenceNrAsync(string persistenceId, long fromSequenceNr)
    {
        await GateOf(persistenceId);
        return await base.ReadHighestSequenceNrAsync(persistenceId, fromSequenceNr);
    }

    protected override async Task<IImmutableList<Exception>> WriteMessagesAsync(IEnumerable<AtomicWrite> messages)
    {
        var writes = messages.ToList();
        await GateOf(writes[0].PersistenceId);
        if (writes.Any(write => Says(write, "fail")))
            throw new Boom("store");
        await base.WriteMessagesAsync(writes.Where(write => !Says(write, "reject")));
        return writes.Select(write => Says(write, "reject") ? (Exception)new Boom("refused") : null!).ToImmutableList();
    }

    protected override Task DeleteMessagesToAsync(string persistenceId, long toSequenceNr) =>
        toSequenceNr == 13 ? throw new Boom("deletion") : base.DeleteMessagesToAsync(persistenceId, toSequenceNr);

    private static bool Says(AtomicWrite write, string what) =>
        ((IEnumerable<IPersistentRepresentation>)write.Payload).Any(e => e.Payload is string text && text.StartsWith(what, StringComparison.Ordinal));

    private static Task GateOf(string persistenceId)
    {
        lock (Gates)
            return Gates.GetValueOrDefault(persistenceId, Task.CompletedTask);
    }
}
