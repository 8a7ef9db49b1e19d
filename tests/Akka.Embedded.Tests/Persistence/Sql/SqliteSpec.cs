using Akka.Actor;
using Akka.Configuration;
using Akka.Persistence;
using Microsoft.Data.Sqlite;

namespace Akka.Embedded.Tests.Persistence.Sql;

/// <summary>Actor systems on a SQLite file of the test's own.</summary>
public abstract class SqliteSpec : IDisposable
{
    protected string Folder { get; } = Directory.CreateTempSubdirectory("akka-embedded-sql-").FullName;

    protected string File => Path.Combine(Folder, "journal.db");

    public void Dispose()
    {
        GC.SuppressFinalize(this);
        Directory.Delete(Folder, recursive: true);
    }

    protected ActorSystem Start(string hocon = "") => ActorSystem.Create("sql", ConfigurationFactory.ParseString(
        $$"""
        akka.loglevel = OFF
        akka.stdout-loglevel = OFF
        akka.persistence {
          journal.plugin = "akka.persistence.journal.sql"
          journal.sql { connection-string = "Data Source={{File}}", provider-name = SQLite.MS }
          snapshot-store.plugin = "akka.persistence.snapshot-store.sql"
          snapshot-store.sql { connection-string = "Data Source={{File}}", provider-name = SQLite.MS }
        }
        {{hocon}}
        """));

    protected async Task RunAsync(string hocon, Func<ActorSystem, Task> work)
    {
        var system = Start(hocon);
        try
        {
            await work(system);
        }
        finally
        {
            await system.Terminate();
        }
    }

    /// <summary>The columns of each row, with bars between them.</summary>
    protected static string[] Rows(string path, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={path};Pooling=false");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var rows = new List<string>();
        while (reader.Read())
            rows.Add(string.Join('|', Enumerable.Range(0, reader.FieldCount).Select(i => reader.IsDBNull(i) ? "NULL" : reader.GetString(i))));
        return [.. rows];
    }
}

internal static class Persisting
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static Task PersistAsync(this ActorSystem system, string persistenceId, object @event) => system.AskAsync(persistenceId, new Keeper.Persist(@event));

    public static Task SnapshotAsync(this ActorSystem system, string persistenceId, object state) => system.AskAsync(persistenceId, new Keeper.Snapshot(state));

    /// <summary>All that an actor with the persistence id recovers from, with sequence numbers.</summary>
    public static async Task<IReadOnlyList<(object What, long SequenceNr)>> RecoverAsync(this ActorSystem system, string persistenceId) =>
        (IReadOnlyList<(object, long)>)await system.AskAsync(persistenceId, new Keeper.Recovered());

    /// <summary>Starts an actor for one question and stops it.</summary>
    private static async Task<object> AskAsync(this ActorSystem system, string persistenceId, object question)
    {
        var actor = system.ActorOf(Props.Create(() => new Keeper(persistenceId)));
        try
        {
            var asked = actor.Ask<object>(question, Patience);
            if (await Task.WhenAny(asked, actor.WatchAsync()) != asked)
                throw new InvalidOperationException("The actor has stopped");
            var answer = await asked;
            return answer is Status.Failure failure ? throw failure.Cause : answer;
        }
        finally
        {
            await actor.GracefulStop(Patience);
        }
    }

    private sealed class Keeper(string persistenceId) : UntypedPersistentActor
    {
        private readonly List<(object, long)> _recovered = [];
        private IActorRef _asker = ActorRefs.Nobody;

        public override string PersistenceId => persistenceId;

        protected override void OnRecover(object message)
        {
            if (message is not RecoveryCompleted)
                _recovered.Add((message is SnapshotOffer offer ? offer.Snapshot : message, LastSequenceNr));
        }

        protected override void OnCommand(object message)
        {
            switch (message)
            {
                case Persist persist:
                    _asker = Sender;
                    Persist(persist.Event, _ => Sender.Tell("stored"));
                    break;
                case Snapshot snapshot:
                    _asker = Sender;
                    SaveSnapshot(snapshot.State);
                    break;
                case SaveSnapshotSuccess:
                    _asker.Tell("saved");
                    break;
                case SaveSnapshotFailure failure:
                    _asker.Tell(new Status.Failure(failure.Cause));
                    break;
                case Recovered:
                    Sender.Tell(_recovered);
                    break;
            }
        }

        protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr) => _asker.Tell(new Status.Failure(cause));

        protected override void OnPersistRejected(Exception cause, object @event, long sequenceNr) => _asker.Tell(new Status.Failure(cause));

        internal sealed record Persist(object Event) : INoSerializationVerificationNeeded;

        internal sealed record Snapshot(object State) : INoSerializationVerificationNeeded;

        internal sealed record Recovered : INoSerializationVerificationNeeded;
    }
}
