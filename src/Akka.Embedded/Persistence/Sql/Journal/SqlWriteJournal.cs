using System.Collections.Immutable;
using Akka.Actor;
using Akka.Event;
using Akka.Pattern;
using Akka.Persistence.Journal;
using Akka.Persistence.Sql.Config;
using Akka.Persistence.Sql.PostgreSql;
using Akka.Persistence.Sql.Sqlite;

namespace Akka.Persistence.Sql.Journal;

/// <summary>
/// Keeps events in SQLite or PostgreSQL, in the tables of Akka.Persistence.Sql's default mapping. Writes of all actors go through one
/// writer that commits what has gathered in one transaction; nothing is answered before it is durable. There is no queue to overflow: an
/// actor waits for its answer before it asks again, and of what waits at most <c>max-pending-bytes</c> are serialized.
/// </summary>
public class SqlWriteJournal : AsyncWriteJournal, IWithUnboundedStash
{
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly JournalSettings _settings;
    private readonly JournalSerializer _serializer;
    private readonly IJournalStore _store;
    private readonly GroupCommit _commit;
    private readonly StoreOutage _outage;
    private readonly Queue<WriteCommand> _waiting = new();

    public SqlWriteJournal(Configuration.Config journalConfig)
    {
        var system = (ExtendedActorSystem)Context.System;
        var self = Self;
        _settings = JournalSettings.From(self.Path.Name, journalConfig);
        _serializer = new JournalSerializer(system, _settings.Sql.DefaultSerializer);
        var writer = Guid.NewGuid().ToString("N");
        _store = _settings.Sql.Provider.Database switch
        {
            SqlDatabase.Sqlite => new SqliteJournalStore(
                _settings, _serializer, writer, failure => _log.Warning(failure, "{0} could not copy its write-ahead log to the database file; the log grows", self.Path.Name)),
            _ => new PostgresJournalStore(_settings, _serializer, writer),
        };
        _outage = new StoreOutage(_log, self.Path.Name, _settings.Sql.WarnOnAutoInitializeFail);
        _commit = new GroupCommit(
            _store,
            new CommitLimits(_settings.MaxRows, _settings.MaxBytes, _settings.MaxPendingBytes, _settings.Sql.CallTimeout),
            Written,
            () => self.Tell(Room.Instance, ActorRefs.NoSender));
    }

    /// <summary>Part of the API; what comes before the database is open waits in the writer's queue instead.</summary>
    public IStash Stash { get; set; } = null!;

    public override void AroundPreRestart(Exception cause, object message)
    {
        _log.Error(cause, "{0} is restarted", GetType().Name);
        base.AroundPreRestart(cause, message);
    }

    public override async Task ReplayMessagesAsync(IActorContext context, string persistenceId, long fromSequenceNr, long toSequenceNr, long max,
        Action<IPersistentRepresentation> recoveryCallback)
    {
        await OpenedAsync().ConfigureAwait(false);
        await _store.ReplayAsync(persistenceId, fromSequenceNr, toSequenceNr, max, recoveryCallback).ConfigureAwait(false);
    }

    /// <summary>Waits for the writes of the persistence id that are under way: an actor that was restarted must not overlook its predecessor's.</summary>
    public override async Task<long> ReadHighestSequenceNrAsync(string persistenceId, long fromSequenceNr)
    {
        var settled = _waiting.LastOrDefault(write => write.PersistenceId == persistenceId)?.Settled ?? _commit.SettledAsync(persistenceId);
        await settled.ConfigureAwait(false);
        await OpenedAsync().ConfigureAwait(false);
        return await _store.ReadHighestAsync(persistenceId).ConfigureAwait(false);
    }

    /// <summary>The writer's queue takes it from here; it is answered when its transaction is durable.</summary>
    internal override void Write(PendingWrite write)
    {
        if (Breaker.IsOpen)
            write.Fail(new OpenCircuitException("The journal's circuit breaker is open, calls fail at once", Breaker.LastCaughtException, TimeSpan.Zero));
        else
            Submit(new RequestedWrite(write));
    }

    protected override void PreStart()
    {
        base.PreStart();
        _commit.Enqueue(new OpenCommand());
    }

    /// <summary>Everything accepted is written or fails before the connection closes.</summary>
    protected override void PostStop()
    {
        while (_waiting.TryDequeue(out var write))
            write.Complete(new StoreUnavailableException("The journal has been stopped"));
        if (!_commit.Stop(_settings.Sql.CallTimeout))
            _log.Warning("{0} stops while its database has not answered for {1}: the connection is closed once it does", Self.Path.Name, _settings.Sql.CallTimeout);
        base.PostStop();
    }

    protected override Task<IImmutableList<Exception>?> WriteMessagesAsync(IEnumerable<AtomicWrite> messages)
    {
        AtomicWrite[] writes = [.. messages];
        if (writes.Length == 0)
            return Task.FromResult<IImmutableList<Exception>?>(null);
        var write = new AwaitedWrite(writes);
        Submit(write);
        return write.Done;
    }

    protected override Task DeleteMessagesToAsync(string persistenceId, long toSequenceNr)
    {
        var delete = new DeleteCommand(persistenceId, toSequenceNr);
        _commit.Enqueue(delete);
        return delete.Done;
    }

    protected override bool ReceivePluginInternal(object message)
    {
        if (message is not Room)
            return false;
        while (_waiting.Count > 0 && !_commit.IsFull)
            Enqueue(_waiting.Dequeue());
        return true;
    }

    private void Submit(WriteCommand write)
    {
        if (_waiting.Count > 0 || _commit.IsFull)
            _waiting.Enqueue(write);
        else
            Enqueue(write);
    }

    private void Enqueue(WriteCommand write)
    {
        write.Serialize(_serializer);
        if (write.Rows.IsEmpty)
            write.Complete(null);
        else
            _commit.Enqueue(write);
    }

    private async Task OpenedAsync()
    {
        if (_store.IsOpen)
            return;
        var open = new OpenCommand();
        _commit.Enqueue(open);
        await open.Done.ConfigureAwait(false);
    }

    /// <summary>On the writer's thread. Rows that are to blame themselves tell nothing about the database.</summary>
    private void Written(Exception? failure)
    {
        if (failure is null)
        {
            if (Breaker.CurrentFailureCount > 0)
                Breaker.Succeed();
            _outage.Ended();
        }
        else if (failure is StoreUnavailableException)
        {
            Breaker.Fail();
            _outage.Report(failure);
        }
    }

    private sealed class Room : IDeadLetterSuppression, INoSerializationVerificationNeeded
    {
        public static readonly Room Instance = new();
    }
}
