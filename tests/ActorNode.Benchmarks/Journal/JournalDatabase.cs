using ActorNode.Benchmarks.Storage;
using ActorNode.Storage;
using Akka.Actor;
using Akka.Hosting;
using Akka.Persistence.Sql.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ActorNode.Benchmarks.Journal;

/// <summary>An empty database for a journal, and actor systems on it.</summary>
internal sealed class JournalDatabase(BenchmarkDatabase database) : IAsyncDisposable
{
    public bool IsSqlite => database.Settings.Provider == StorageProvider.Sqlite;

    /// <summary>The file, where there is one.</summary>
    public string Path => System.IO.Path.Combine(database.Settings.DataFolder, "journal.db");

    public string ConnectionString => IsSqlite ? $"Data Source={Path}" : database.Settings.ConnectionString;

    public static async Task<JournalDatabase> CreateAsync(string provider) => new(await BenchmarkDatabase.CreateAsync(provider));

    public async Task<IHost> StartAsync()
    {
        var host = Host.CreateDefaultBuilder()
            .ConfigureLogging(l => l.SetMinimumLevel(LogLevel.Warning))
            .ConfigureServices(s => s.AddAkka("bench", b => b
                .AddHocon(
                    """
                    akka.loglevel = WARNING
                    akka.actor.serializers.entry = "ActorNode.Benchmarks.Journal.EntrySerializer, ActorNode.Benchmarks"
                    akka.actor.serialization-bindings."ActorNode.Benchmarks.Journal.Entry, ActorNode.Benchmarks" = entry
                    akka.persistence.max-concurrent-recoveries = 50
                    """, HoconAddMode.Prepend)
                .WithSqlPersistence(ConnectionString, IsSqlite ? "SQLite.MS" : "PostgreSQL.15")))
            .Build();
        await host.StartAsync();
        return host;
    }

    public ValueTask DisposeAsync() => database.DisposeAsync();

    /// <summary>Actors that have recovered.</summary>
    public static async Task<IActorRef[]> BooksAsync(IHost host, string prefix, int count)
    {
        var system = host.Services.GetRequiredService<ActorSystem>();
        var recovered = new Engine.Countdown();
        var all = recovered.Start(count);
        var books = Enumerable.Range(0, count).Select(i => system.ActorOf(BookActor.Props($"{prefix}-{i}", recovered))).ToArray();
        await all;
        return books;
    }
}
