using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Akka.Actor;
using Akka.Persistence;
using Akka.Persistence.Journal;

namespace ActorNode.Tests.Forging.Support;

/// <summary>What a test does to the journal of its actor system.</summary>
public sealed class JournalFaults
{
    private static readonly ConditionalWeakTable<ActorSystem, JournalFaults> Systems = [];

    private volatile bool _failWrites;
    private volatile bool _failReads;
    private volatile bool _loseAnswers;
    private volatile TaskCompletionSource? _hold;
    private ImmutableList<object> _stored = [];

    /// <summary>All events that were ever stored, in their order.</summary>
    public ImmutableList<object> Stored => Volatile.Read(ref _stored);

    /// <summary>Writes fail, and nothing of them is stored.</summary>
    public bool FailWrites
    {
        get => _failWrites;
        set => _failWrites = value;
    }

    /// <summary>Writes are stored, and reported as failed.</summary>
    public bool LoseAnswers
    {
        get => _loseAnswers;
        set => _loseAnswers = value;
    }

    public bool FailReads
    {
        get => _failReads;
        set => _failReads = value;
    }

    public static JournalFaults Of(ActorSystem system) => Systems.GetOrCreateValue(system);

    /// <summary>Writes wait, before anything of them is stored, until they are released.</summary>
    public void Hold() => _hold = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Release()
    {
        var hold = _hold;
        _hold = null;
        hold?.SetResult();
    }

    internal void Add(IEnumerable<object> events) => ImmutableInterlocked.Update(ref _stored, (stored, more) => stored.AddRange(more), events);

    internal Task Held => _hold?.Task ?? Task.CompletedTask;
}

/// <summary>A journal in memory that does what <see cref="JournalFaults"/> says.</summary>
public sealed class FaultyJournal : MemoryJournal
{
    public const string Hocon = """
        akka.persistence.journal.plugin = "faulty-journal"
        faulty-journal {
          class = "ActorNode.Tests.Forging.Support.FaultyJournal, ActorNode.Tests"
          plugin-dispatcher = "akka.actor.default-dispatcher"
          circuit-breaker.max-failures = 1000000
        }
        akka.persistence.snapshot-store.plugin = "akka.persistence.snapshot-store.inmem"
        """;

    private readonly JournalFaults _faults = JournalFaults.Of(Context.System);

    public override Task<long> ReadHighestSequenceNrAsync(string persistenceId, long fromSequenceNr) => _faults.FailReads
        ? Task.FromException<long>(new IOException("the disk is gone"))
        : base.ReadHighestSequenceNrAsync(persistenceId, fromSequenceNr);

#nullable disable // as in the base
    protected override async Task<IImmutableList<Exception>> WriteMessagesAsync(IEnumerable<AtomicWrite> messages)
#nullable restore
    {
        await _faults.Held;
        if (_faults.FailWrites)
            throw new IOException("the disk is full");
        var writes = messages.ToList();
        var refused = await base.WriteMessagesAsync(writes);
        _faults.Add([.. writes.SelectMany(write => (IImmutableList<IPersistentRepresentation>)write.Payload).Select(stored => stored.Payload)]);
        return _faults.LoseAnswers ? throw new IOException("the connection is gone") : refused;
    }
}
