using ActorNode.Storage;
using ActorNode.Storage.Journal;
using ActorNode.Tests.Support;
using Akka.Actor;
using Akka.Hosting;
using Akka.Persistence;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace ActorNode.Tests.Storage.Journal;

public sealed class JournalHostingSpec : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    private readonly string _folder = Directory.CreateTempSubdirectory("actornode-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact(DisplayName = "SQLite: a persistent actor finds its events again in a file of their own, written by the node's serializer")]
    public async Task Sqlite()
    {
        var storage = new StorageSettings { DataFolder = _folder };
        await RunAsync(storage);

        var file = Path.Combine(_folder, "journal.db");
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT group_concat(identifier || manifest || sequence_number || ' ' || CAST(message AS TEXT), ';') FROM journal";
        Assert.Equal(
            """741opened1 {"Owner":"alice","Level":1,"Note":null};741opened2 {"Owner":"alice","Level":2,"Note":null}""",
            command.ExecuteScalar());
    }

    [PostgresFact(DisplayName = "PostgreSQL: a persistent actor finds its events again in the node's database")]
    public async Task Postgres() => await RunAsync(new StorageSettings
    {
        Provider = StorageProvider.PostgreSql,
        ConnectionString = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync(),
    });

    [Fact(DisplayName = "Memory: persistent actors work, and nothing is left of them")]
    public async Task Memory()
    {
        var storage = new StorageSettings { Provider = StorageProvider.Memory, DataFolder = _folder };
        for (var i = 0; i < 2; i++)
            Assert.Equal(1, await OpenOnceAsync(storage));
        Assert.Empty(Directory.GetFileSystemEntries(_folder));
    }

    private static async Task RunAsync(StorageSettings storage)
    {
        for (var level = 1; level <= 2; level++)
            Assert.Equal(level, await OpenOnceAsync(storage));
    }

    /// <summary>A system of its own, in which an account is opened one level higher than the journal knows.</summary>
    private static async Task<long> OpenOnceAsync(StorageSettings storage)
    {
        using var host = new HostBuilder()
            .ConfigureServices(services => services.AddAkka("journal", (akka, _) => akka.WithJournal(storage, SampleEvents.Catalog)))
            .Build();
        await host.StartAsync();
        try
        {
            var system = host.Services.GetRequiredService<ActorSystem>();
            var level = await system.ActorOf(Props.Create(() => new Account())).Ask<long>("open", Limit);
            return level;
        }
        finally
        {
            await host.StopAsync();
        }
    }

    private sealed class Account : ReceivePersistentActor
    {
        private long _level;

        public Account()
        {
            Recover<Opened>(e => _level = e.Level);
            Command<string>(_ => Persist(new Opened("alice", _level + 1), e =>
            {
                _level = e.Level;
                Sender.Tell(_level);
            }));
        }

        public override string PersistenceId => "account-alice";
    }
}
