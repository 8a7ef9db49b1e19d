using Akka.Actor;
using Akka.Event;
using Akka.Persistence.Snapshot;
using Akka.Persistence.Sql.Config;
using Akka.Persistence.Sql.PostgreSql;
using Akka.Persistence.Sql.Sqlite;

namespace Akka.Persistence.Sql.Snapshot;

/// <summary>Keeps snapshots in SQLite or PostgreSQL, in the table of Akka.Persistence.Sql's default mapping.</summary>
public class SqlSnapshotStore : SnapshotStore, IWithUnboundedStash
{
    private readonly SnapshotSerializer _serializer;
    private readonly ISnapshotTable _table;
    private readonly StoreOutage _outage;

    public SqlSnapshotStore(Configuration.Config snapshotConfig)
    {
        var settings = SnapshotSettings.From(Self.Path.Name, snapshotConfig);
        _serializer = new SnapshotSerializer((ExtendedActorSystem)Context.System, settings.Sql.DefaultSerializer);
        _outage = new StoreOutage(Context.GetLogger(), Self.Path.Name, settings.Sql.WarnOnAutoInitializeFail);
        _table = settings.Sql.Provider.Database switch
        {
            SqlDatabase.Sqlite => new SqliteSnapshotTable(settings),
            _ => new PostgresSnapshotTable(settings),
        };
        Context.ActorOf(Props.Create(() => new Keeper(_table, settings.Sql.CallTimeout)));
    }

    /// <summary>Part of the API; what comes before the database is open waits for it there.</summary>
    public IStash Stash { get; set; } = null!;

    protected override async Task<SelectedSnapshot?> LoadAsync(string persistenceId, SnapshotSelectionCriteria criteria) =>
        await ObservedAsync(_table.LoadAsync(SnapshotRange.Of(persistenceId, criteria))).ConfigureAwait(false) is { } row ? _serializer.FromRow(row) : null;

    protected override Task SaveAsync(SnapshotMetadata metadata, object snapshot) =>
        ObservedAsync(DoneAsync(_table.SaveAsync(_serializer.ToRow(metadata, snapshot))));

    protected override Task DeleteAsync(SnapshotMetadata metadata) => ObservedAsync(DoneAsync(_table.DeleteAsync(SnapshotRange.Of(metadata))));

    protected override Task DeleteAsync(string persistenceId, SnapshotSelectionCriteria criteria) =>
        ObservedAsync(DoneAsync(_table.DeleteAsync(SnapshotRange.Of(persistenceId, criteria))));

    private static async Task<bool> DoneAsync(Task work)
    {
        await work.ConfigureAwait(false);
        return true;
    }

    private async Task<T> ObservedAsync<T>(Task<T> work)
    {
        try
        {
            var result = await work.ConfigureAwait(false);
            _outage.Ended();
            return result;
        }
        catch (StoreUnavailableException failure)
        {
            _outage.Report(failure);
            throw;
        }
    }

    /// <summary>Closes the table when the store stops or is restarted: what is under way is done first. The store itself has no say in that, by the API.</summary>
    private sealed class Keeper(ISnapshotTable table, TimeSpan limit) : UntypedActor
    {
        protected override void OnReceive(object message) => Unhandled(message);

        protected override void PostStop()
        {
            if (!table.DisposeAsync().AsTask().Wait(limit))
                Context.GetLogger().Warning("The snapshot store stops while its database has not answered for {0}", limit);
        }
    }
}
