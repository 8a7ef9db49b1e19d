using System.Globalization;
using ActorNode.Messages;
using ActorNode.Storage;
using ActorNode.Tests.Upkeep.Store.Crash;
using ActorNode.Upkeep;
using ActorNode.Upkeep.Store;
using Akka.Hosting;
using Microsoft.Extensions.Hosting;

namespace ActorNode.Tests.Upkeep.Crash;

/// <summary>
/// A process that runs a node whose manager changes all the time, until it is killed. Each change defers one operation of the monitors that
/// carries the manager's version, and now and then has an event, some of which no handler takes.
/// </summary>
internal static class UpkeepLoopCrashProgram
{
    public const string Mode = "upkeep-loop-crash";
    public const string Recovered = "recovered";
    public const string Acknowledged = "acknowledged";
    public const string Wrong = "wrong";

    private static readonly Lock Output = new();

    private static readonly UpkeepSettings Settings = new()
    {
        Ticks = new UpkeepTickSettings { Freshness = TimeSpan.FromMilliseconds(50), IdleWait = TimeSpan.FromMilliseconds(5) },
        Events = new UpkeepEventSettings { MaxAttempts = 2, MinBackoff = TimeSpan.FromMilliseconds(1), MaxBackoff = TimeSpan.FromMilliseconds(2) },

        // One failure in a row is tried again, two restart the loop.
        Persistence = new UpkeepPersistenceSettings { Retries = 1, MinBackoff = TimeSpan.FromMilliseconds(1), MaxBackoff = TimeSpan.FromMilliseconds(2) },
        MinBackoff = TimeSpan.FromMilliseconds(1),
        MaxBackoff = TimeSpan.FromMilliseconds(5),
        MaxRestarts = 1_000_000_000,
        Store = new UpkeepStoreSettings { PartBytes = 64 << 10 },
    };

    public static async Task RunAsync(string kind, string folder, string database)
    {
        var storage = new StorageSettings
        {
            DataFolder = folder,
            Provider = kind == UpkeepCrashProgram.Postgres ? StorageProvider.PostgreSql : StorageProvider.Sqlite,
            ConnectionString = kind == UpkeepCrashProgram.Postgres ? database : "",
        };
        var settings = Settings with
        {
            Store = Settings.Store with { Folder = kind == UpkeepCrashProgram.Folder ? Path.Combine(folder, "upkeep") : null },
        };
        var node = await OpenAsync(storage);
        var store = await UpkeepStoreFactory.OpenAsync(settings.Store, storage, node, TimeProvider.System, default);
        var operations = new NumbersFile(Path.Combine(folder, "operations"));
        var handled = new NumbersFile(Path.Combine(folder, "handled"));
        var state = await RecoverAsync(store, operations, handled);

        var monitor = new CrashMonitor(operations, version => Say(Acknowledged, version));
        var manager = new CrashManager(state, monitor);
        for (var version = operations.Numbers.Count + 1L; version <= state.Version; version++)
            monitor.Defer(version);
        using var host = new HostBuilder().ConfigureServices(services => services.AddAkka("crash", (akka, _) => akka
            .AddHocon("akka { stdout-loglevel = OFF, loglevel = OFF, loggers = [] }", HoconAddMode.Prepend)
            .WithActorNode(node, storage, new MessagesSettings(), upkeepSettings: settings, upkeep: _ => new UpkeepPorts
            {
                ChannelManager = manager,
                ChainMonitor = monitor,
                PeerManager = new NoPeers(),
                EventHandler = new CrashHandler(handled),
                Store = new FlakyStore(store),
            })
            .WithUpkeepStore(store))).Build();
        await host.StartAsync();
        while (true)
        {
            manager.Change();
            await Task.Delay(1);
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

    /// <summary>What a restarted node finds, and what must hold of it.</summary>
    private static async Task<ManagerState> RecoverAsync(ReplicatedUpkeepStore store, NumbersFile operations, NumbersFile handled)
    {
        var state = await store.ReadAsync(UpkeepKey.Manager, default) is { } bytes ? ManagerState.Read(bytes.Span) : new ManagerState(0, 0, 0);
        if (state is null)
        {
            Say($"{Wrong}: the manager is a mixture of two values", 0);
            return new ManagerState(0, 0, 0);
        }

        for (var i = 0; i < operations.Numbers.Count; i++)
        {
            if (operations.Numbers[i] != i + 1)
                Say($"{Wrong}: the deferred operation that was carried out as number {i + 1} is {operations.Numbers[i]}", state.Version);
        }

        if (operations.Numbers.Count > state.Version)
            Say($"{Wrong}: {operations.Numbers.Count} deferred operations were carried out, ahead of the manager", state.Version);
        var (parked, unreadable) = await new ParkedEventStore(store).ListAsync(default);
        var known = handled.Numbers.Concat(parked.Select(p => long.Parse(p.Id, CultureInfo.InvariantCulture))).ToHashSet();
        for (var number = 1L; number <= state.Forgotten; number++)
        {
            if (!known.Contains(number))
                Say($"{Wrong}: event {number} is neither handled nor parked, but the manager has forgotten it", state.Version);
        }

        if (!unreadable.IsEmpty)
            Say($"{Wrong}: {unreadable[0]} is damaged", state.Version);
        Say(Recovered, state.Version);
        return state;
    }

    private static void Say(string what, long version)
    {
        lock (Output)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{version} {what}"));
            Console.Out.Flush();
        }
    }

    private sealed class NoPeers : IPeerManager
    {
        public void ProcessEvents()
        {
        }

        public void TimerTickOccurred()
        {
        }

        public void DisconnectAllPeers()
        {
        }
    }

    /// <summary>Every event whose number ends with a zero is refused by everybody.</summary>
    private sealed class CrashHandler(NumbersFile handled) : IEventHandler
    {
        public ValueTask<EventResult> HandleEventAsync(UpkeepEvent upkeepEvent, CancellationToken cancellationToken)
        {
            var number = long.Parse(upkeepEvent.Id, CultureInfo.InvariantCulture);
            if (number % 10 == 0)
                return ValueTask.FromResult(EventResult.Replay("a poison event"));
            handled.Append([number]);
            return ValueTask.FromResult(EventResult.Handled);
        }
    }

    /// <summary>The real store; one write in eight fails, one half of those after it took effect.</summary>
    private sealed class FlakyStore(IUpkeepStore store) : IUpkeepStore
    {
        public Task<ReadOnlyMemory<byte>?> ReadAsync(UpkeepKey key, CancellationToken cancellationToken) => store.ReadAsync(key, cancellationToken);

        public async Task WriteAsync(UpkeepKey key, ReadOnlyMemory<byte> value, CancellationToken cancellationToken)
        {
            var dice = Random.Shared.Next(16);
            if (dice == 0)
                throw new StoreUnavailableException("the store is away");
            await store.WriteAsync(key, value, cancellationToken);
            if (dice == 1)
                throw new StoreUnavailableException("the answer is lost") { OutcomeUnknown = true };
        }

        public Task RemoveAsync(UpkeepKey key, CancellationToken cancellationToken) => store.RemoveAsync(key, cancellationToken);

        public Task<System.Collections.Immutable.ImmutableArray<UpkeepKey>> ListAsync(string primaryNamespace, string secondaryNamespace, CancellationToken cancellationToken) =>
            store.ListAsync(primaryNamespace, secondaryNamespace, cancellationToken);
    }
}
