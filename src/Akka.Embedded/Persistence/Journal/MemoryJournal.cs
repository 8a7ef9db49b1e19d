using System.Collections.Concurrent;
using System.Collections.Immutable;
using Akka.Actor;

namespace Akka.Persistence.Journal;

/// <summary>A journal in memory, one list of events for each persistence id.</summary>
public interface IMemoryMessages
{
    IDictionary<string, LinkedList<IPersistentRepresentation>> Add(IPersistentRepresentation persistent);

    IDictionary<string, LinkedList<IPersistentRepresentation>> Update(string pid, long seqNr,
        Func<IPersistentRepresentation, IPersistentRepresentation> updater);

    IDictionary<string, LinkedList<IPersistentRepresentation>> Delete(string pid, long seqNr);

    IEnumerable<IPersistentRepresentation> Read(string pid, long fromSeqNr, long toSeqNr, long max);

    long HighestSequenceNr(string pid);
}

/// <summary>
/// Keeps events for as long as the actor system lives, also when the journal itself is restarted; for tests and examples. Writes in the
/// order of the requests, at once; two writers of one persistence id are not kept apart, as in journals without a unique index.
/// </summary>
public class MemoryJournal : AsyncWriteJournal
{
    private static readonly Task<IImmutableList<Exception>?> AllStored = Task.FromResult<IImmutableList<Exception>?>(null);

    /// <summary>Derived classes may do something else with a write.</summary>
    private readonly bool _isDerived;
    private readonly MemoryEvents _events = Persistence.Instance.Apply(Context.System).PluginOf(Context.Self).Keep<MemoryEvents>();

    public MemoryJournal() => _isDerived = GetType() != typeof(MemoryJournal);

    protected virtual ConcurrentDictionary<string, LinkedList<IPersistentRepresentation>> Messages => _events.ById;

    public IDictionary<string, LinkedList<IPersistentRepresentation>> Add(IPersistentRepresentation persistent)
    {
        ArgumentNullException.ThrowIfNull(persistent);
        var stored = persistent.Payload is Tagged tagged ? persistent.WithPayload(tagged.Payload) : persistent;
        if (stored.Timestamp == 0)
            stored = stored.WithTimestamp(DateTime.UtcNow.Ticks);
        var events = Messages.GetOrAdd(stored.PersistenceId, static _ => new LinkedList<IPersistentRepresentation>());
        lock (events)
            events.AddLast(stored);
        return Messages;
    }

    public IDictionary<string, LinkedList<IPersistentRepresentation>> Update(string pid, long seqNr,
        Func<IPersistentRepresentation, IPersistentRepresentation> updater)
    {
        ArgumentNullException.ThrowIfNull(updater);
        if (Messages.TryGetValue(pid, out var events))
        {
            lock (events)
            {
                for (var node = events.First; node is not null; node = node.Next)
                {
                    if (node.Value.SequenceNr == seqNr)
                        node.Value = updater(node.Value);
                }
            }
        }

        return Messages;
    }

    public IDictionary<string, LinkedList<IPersistentRepresentation>> Delete(string pid, long seqNr)
    {
        Remove(pid, stored => stored.SequenceNr == seqNr);
        return Messages;
    }

    public IEnumerable<IPersistentRepresentation> Read(string pid, long fromSeqNr, long toSeqNr, long max)
    {
        if (max <= 0 || !Messages.TryGetValue(pid, out var events))
            return [];
        var read = new List<IPersistentRepresentation>();
        lock (events)
        {
            for (var node = events.First; node is not null && read.Count < max; node = node.Next)
            {
                if (node.Value.SequenceNr >= fromSeqNr && node.Value.SequenceNr <= toSeqNr)
                    read.Add(node.Value);
            }
        }

        return read;
    }

    public long HighestSequenceNr(string pid)
    {
        var highest = _events.HighestDeleted.GetValueOrDefault(pid);
        if (Messages.TryGetValue(pid, out var events))
        {
            lock (events)
            {
                foreach (var stored in events)
                    highest = Math.Max(highest, stored.SequenceNr);
            }
        }

        return highest;
    }

    public override Task<long> ReadHighestSequenceNrAsync(string persistenceId, long fromSequenceNr) =>
        Task.FromResult(HighestSequenceNr(persistenceId));

    public override Task ReplayMessagesAsync(IActorContext context, string persistenceId, long fromSequenceNr, long toSequenceNr, long max,
        Action<IPersistentRepresentation> recoveryCallback)
    {
        ArgumentNullException.ThrowIfNull(recoveryCallback);
        foreach (var stored in Read(persistenceId, fromSequenceNr, toSequenceNr, max))
            recoveryCallback(stored);
        return Task.CompletedTask;
    }

#nullable disable // as in the base
    protected override Task<IImmutableList<Exception>> WriteMessagesAsync(IEnumerable<AtomicWrite> messages)
#nullable restore
    {
        ArgumentNullException.ThrowIfNull(messages);
        foreach (var write in messages)
            Add(write);
        return AllStored;
    }

    /// <summary>Memory does not fail: no circuit breaker is needed.</summary>
    internal override void Write(PendingWrite write)
    {
        if (_isDerived)
        {
            base.Write(write);
            return;
        }

        for (var i = 0; i < write.Writes.Count; i++)
            Add(write.Writes[i]);
        write.Succeed();
    }

    protected override Task DeleteMessagesToAsync(string persistenceId, long toSequenceNr)
    {
        var highest = HighestSequenceNr(persistenceId);
        _events.HighestDeleted.AddOrUpdate(persistenceId, highest, (_, known) => Math.Max(known, highest));
        Remove(persistenceId, stored => stored.SequenceNr <= toSequenceNr);
        return Task.CompletedTask;
    }

    private void Add(AtomicWrite write)
    {
        var events = write.Events;
        for (var i = 0; i < events.Count; i++)
            Add(events[i]);
    }

    private void Remove(string pid, Predicate<IPersistentRepresentation> condition)
    {
        if (!Messages.TryGetValue(pid, out var events))
            return;
        lock (events)
        {
            for (var node = events.First; node is not null;)
            {
                var next = node.Next;
                if (condition(node.Value))
                    events.Remove(node);
                node = next;
            }
        }
    }

    private sealed class MemoryEvents
    {
        public ConcurrentDictionary<string, LinkedList<IPersistentRepresentation>> ById { get; } = new();

        /// <summary>The highest sequence number that was known at the last deletion.</summary>
        public ConcurrentDictionary<string, long> HighestDeleted { get; } = new();
    }
}

/// <summary>One store of events for all actor systems of the process.</summary>
public class SharedMemoryJournal : MemoryJournal
{
    private static readonly ConcurrentDictionary<string, LinkedList<IPersistentRepresentation>> Shared = new();

    protected override ConcurrentDictionary<string, LinkedList<IPersistentRepresentation>> Messages => Shared;
}
