using System.Globalization;
using ActorNode.Messages;
using ActorNode.Storage;
using ActorNode.Upkeep;
using ActorNode.Upkeep.Store;
using Akka.Actor;

namespace ActorNode.Tests.Upkeep.Store.Crash;

/// <summary>
/// A process that does nothing but keep a manager in an upkeep store, until it is killed: each version is written, said to be written, and
/// then known to the "monitor", a file that is flushed after the manager as deferred monitor operations are. A graph and parked events are
/// written beside, and a backup comes and goes.
/// </summary>
internal static class UpkeepCrashProgram
{
    public const string Mode = "upkeep-crash";
    public const string Sqlite = "sqlite";
    public const string Postgres = "postgres";
    public const string Folder = "folder";
    public const string Replicated = "replicated";

    public const string Recovered = "recovered";
    public const string Written = "written";
    public const string Wrong = "wrong";

    private const int MaxManagerBytes = 2 << 20;
    private const int MaxGraphBytes = 6 << 20;

    private static readonly Lock Output = new();

    public static async Task RunAsync(string kind, string folder, string database)
    {
        var random = new Random();
        var monitor = new MonitorFile(Path.Combine(folder, "monitor"));
        var settings = new UpkeepStoreSettings
        {
            PartBytes = 256 << 10,
            Folder = kind == Folder ? Path.Combine(folder, "upkeep") : null,
            BackupFolders = kind == Replicated ? [Path.Combine(folder, "backup-1"), Path.Combine(folder, "backup-2")] : [],
            RequiredBackups = kind == Replicated ? 1 : 0,
            MinBackoff = TimeSpan.FromMilliseconds(5),
            MaxBackoff = TimeSpan.FromMilliseconds(50),
        };
        var storage = new StorageSettings
        {
            DataFolder = folder,
            Provider = kind == Postgres ? StorageProvider.PostgreSql : StorageProvider.Sqlite,
            ConnectionString = kind == Postgres ? database : "",
        };
        var comingAndGoing = kind == Replicated ? new ComingAndGoing(settings.BackupFolders[1]) : null;
        comingAndGoing?.Mount();

        var database0 = await OpenAsync(storage);
        var store = await UpkeepStoreFactory.OpenAsync(settings, storage, database0, TimeProvider.System, default);
        var system = ActorSystem.Create("crash", "akka { stdout-loglevel = OFF, loglevel = OFF, loggers = [] }");
        store.CommitThrough(system.ActorOf(CommitActor.Props(database0, new CommitSettings(), ActorRefs.Nobody, Random.Shared)));

        var version = await RecoverAsync(store, monitor);
        _ = GraphAsync(store);
        _ = ParkedEventsAsync(store);
        if (comingAndGoing is not null)
            _ = comingAndGoing.RunAsync();
        while (true)
        {
            version++;
            while (!await TryAsync(() => store.WriteAsync(UpkeepKey.Manager, Value(version, random.Next(16, MaxManagerBytes)), default)))
            {
            }

            Say(Written, version);
            monitor.Flush(version);
        }
    }

    private static async Task<INodeStore> OpenAsync(StorageSettings storage)
    {
        while (true)
        {
            try
            {
                return await NodeStore.OpenAsync(storage, default);
            }
            catch (StoreOpenException) when (storage.Provider == StorageProvider.PostgreSql)
            {
                // The server has not noticed yet that the killed process is gone.
            }
        }
    }

    private static async Task<long> RecoverAsync(ReplicatedUpkeepStore store, MonitorFile monitor)
    {
        var version = await store.ReadAsync(UpkeepKey.Manager, default) is { } manager ? VersionOf(manager) : 0;
        if (await store.ReadAsync(UpkeepKey.NetworkGraph, default) is { } graph)
            VersionOf(graph);
        if (monitor.Version > version)
            Say($"{Wrong}: the monitor is at {monitor.Version}, ahead of the manager", version);
        Say(Recovered, version);
        return version;
    }

    private static async Task GraphAsync(ReplicatedUpkeepStore store)
    {
        var random = new Random();
        for (var version = 1L; ; version++)
            await TryAsync(() => store.WriteAsync(UpkeepKey.NetworkGraph, Value(version, random.Next(16, MaxGraphBytes)), default));
    }

    private static async Task ParkedEventsAsync(ReplicatedUpkeepStore store)
    {
        for (var number = 0L; ; number = (number + 1) % 10)
        {
            var key = new UpkeepKey(UpkeepKey.ParkedEvents, "", $"event-{number}");
            await TryAsync(() => store.WriteAsync(key, Value(number, 200), default));
            await TryAsync(() => store.RemoveAsync(key, default));
        }
    }

    private static async Task<bool> TryAsync(Func<Task> write)
    {
        try
        {
            await write();
            return true;
        }
        catch (StoreUnavailableException)
        {
            return false;
        }
    }

    /// <summary>The version, and bytes that all follow from it.</summary>
    private static byte[] Value(long version, int length)
    {
        var value = new byte[length];
        Array.Fill(value, (byte)version);
        BitConverter.TryWriteBytes(value, version);
        return value;
    }

    private static long VersionOf(ReadOnlyMemory<byte> value)
    {
        var version = BitConverter.ToInt64(value.Span);
        if (value.Span[sizeof(long)..].IndexOfAnyExcept((byte)version) >= 0)
            Say($"{Wrong}: a mixture of two values", version);
        return version;
    }

    private static void Say(string what, long version)
    {
        lock (Output)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{version} {what}"));
            Console.Out.Flush();
        }
    }

    /// <summary>The last version whose deferred operations were carried out.</summary>
    private sealed class MonitorFile(string path)
    {
        public long Version => File.Exists(path) && File.ReadAllBytes(path) is { Length: sizeof(long) } bytes ? BitConverter.ToInt64(bytes) : 0;

        public void Flush(long version)
        {
            using (var file = File.OpenHandle($"{path}.tmp", FileMode.Create, FileAccess.Write))
            {
                RandomAccess.Write(file, BitConverter.GetBytes(version), 0);
                RandomAccess.FlushToDisk(file);
            }

            File.Move($"{path}.tmp", path, overwrite: true);
        }
    }

    /// <summary>A disk that is mounted and unmounted while the store uses it. An operator mounts it before the next start.</summary>
    private sealed class ComingAndGoing(string folder)
    {
        private readonly Random _random = new();

        public void Mount()
        {
            if (!Directory.Exists($"{folder}-away"))
                return;
            // What was written in its place while it was away is hidden by a disk that is mounted over it.
            if (Directory.Exists(folder))
                Directory.Delete(folder, recursive: true);
            Directory.Move($"{folder}-away", folder);
        }

        public async Task RunAsync()
        {
            while (true)
            {
                await Task.Delay(_random.Next(20, 200));
                Directory.Move(folder, $"{folder}-away");
                await Task.Delay(_random.Next(20, 200));
                Mount();
            }
        }
    }
}
