using ActorNode.Storage;
using ActorNode.Tests.Support;

namespace ActorNode.Benchmarks.Storage;

/// <summary>An empty database that goes away after its measurement: a file in a temporary folder, or one on a server of our own.</summary>
public sealed class BenchmarkDatabase : IAsyncDisposable
{
    private readonly string? _folder;
    private readonly PostgresServer? _server;

    private BenchmarkDatabase(StorageSettings settings, string? folder, PostgresServer? server)
    {
        Settings = settings;
        _folder = folder;
        _server = server;
    }

    /// <summary>How to open it.</summary>
    public StorageSettings Settings { get; }

    /// <param name="provider">sqlite or postgresql.</param>
    public static async Task<BenchmarkDatabase> CreateAsync(string provider)
    {
        switch (provider)
        {
            case "sqlite":
                var folder = Directory.CreateTempSubdirectory("actornode-benchmark-").FullName;
                return new BenchmarkDatabase(new StorageSettings { DataFolder = folder }, folder, server: null);
            case "postgresql":
                var server = await PostgresServer.StartNewAsync();
                var connectionString = await server.CreateDatabaseAsync();
                return new BenchmarkDatabase(new StorageSettings { Provider = StorageProvider.PostgreSql, ConnectionString = connectionString }, folder: null, server);
            default:
                throw new ArgumentException($"There is no provider {provider}: sqlite or postgresql.", nameof(provider));
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
        if (_folder is not null)
            Directory.Delete(_folder, recursive: true);
    }
}
