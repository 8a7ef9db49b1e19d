using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Akka.Persistence.Journal;
using Akka.Util;

namespace Akka.Persistence;

/// <summary>
/// The journals and snapshot stores of a system by the path of their settings. Each is one actor below /system, started when somebody
/// asks for it first.
/// </summary>
public class PersistenceExtension : IExtension
{
    private const string NoSnapshotStore = "akka.persistence.no-snapshot-store";

    private readonly ExtendedActorSystem _system;
    private readonly Config _config;
    private readonly ConcurrentDictionary<string, Lazy<Plugin>> _plugins = new(StringComparer.Ordinal);
    private readonly Lazy<string> _defaultJournal;
    private readonly Lazy<string> _defaultSnapshotStore;
    private readonly Lazy<IStashOverflowStrategy> _defaultStashOverflow;

    public PersistenceExtension(ExtendedActorSystem system)
    {
        _system = system;
        _config = system.Settings.Config.GetConfig("akka.persistence")!;
        Settings = new PersistenceSettings(system, _config);
        _defaultJournal = new Lazy<string>(() => _config.GetString("journal.plugin") is { Length: > 0 } path
            ? path
            : throw new ConfigurationException("akka.persistence.journal.plugin is empty: it must name the default journal, by the path of its settings"));
        _defaultSnapshotStore = new Lazy<string>(DefaultSnapshotStore);
        _defaultStashOverflow = new Lazy<IStashOverflowStrategy>(() =>
        {
            const string setting = "akka.persistence.internal-stash-overflow-strategy";
            return TypeNames.Instantiate<IStashOverflowStrategyConfigurator>(_config.GetString("internal-stash-overflow-strategy")!, setting)
                .Create(system.Settings.Config);
        });
        foreach (var path in _config.GetStringList("journal.auto-start-journals"))
            JournalFor(path);
        foreach (var path in _config.GetStringList("snapshot-store.auto-start-snapshot-stores"))
            SnapshotStoreFor(path);
    }

    public PersistenceSettings Settings { get; }

    public IStashOverflowStrategy DefaultInternalStashOverflowStrategy => _defaultStashOverflow.Value;

    /// <summary>An id for an actor that states none: its path.</summary>
    public string PersistenceId(IActorRef actor) => actor.Path.ToStringWithoutAddress();

    /// <summary>The journal with that path of settings; the default one for null or empty.</summary>
    public IActorRef JournalFor(string? journalPluginId) => JournalPlugin(journalPluginId).Actor;

    /// <summary>The snapshot store with that path of settings; the default one for null or empty.</summary>
    public IActorRef SnapshotStoreFor(string? snapshotPluginId) => SnapshotStorePlugin(snapshotPluginId).Actor;

    public EventAdapters AdaptersFor(string? journalPluginId) => JournalPlugin(journalPluginId).Adapters;

    internal Plugin JournalPlugin(string? path) =>
        PluginAt(string.IsNullOrEmpty(path) ? _defaultJournal.Value : path, "akka.persistence.journal-plugin-fallback");

    internal Plugin SnapshotStorePlugin(string? path) =>
        PluginAt(string.IsNullOrEmpty(path) ? _defaultSnapshotStore.Value : path, "akka.persistence.snapshot-store-plugin-fallback");

    /// <summary>What a plugin's actor asks in its constructor.</summary>
    internal Plugin PluginOf(IActorRef actor) => _plugins.TryGetValue(actor.Path.Name, out var plugin)
        ? plugin.Value
        : throw new ArgumentException($"{actor} is not a plugin that the persistence extension has started", nameof(actor));

    private string DefaultSnapshotStore()
    {
        if (_config.GetString("snapshot-store.plugin") is { Length: > 0 } path)
            return path;
        _system.Log.Warning("There is no default snapshot store: akka.persistence.snapshot-store.plugin is empty. Snapshots cannot be saved");
        return NoSnapshotStore;
    }

    private Plugin PluginAt(string path, string fallback)
    {
        var plugin = _plugins.GetOrAdd(path, static (path, arg) => new Lazy<Plugin>(() => arg.self.NewPlugin(path, arg.fallback)), (self: this, fallback));
        try
        {
            return plugin.Value;
        }
        catch
        {
            // The next who asks tries again.
            _plugins.TryRemove(KeyValuePair.Create(path, plugin));
            throw;
        }
    }

    private Plugin NewPlugin(string path, string fallback)
    {
        var settings = _system.Settings.Config;
        if (!settings.HasPath(path))
            throw new ArgumentException($"The persistence plugin [{path}] is not configured: there is no such section", nameof(path));
        var own = settings.GetConfig(path)!;
        var config = own.WithFallback(settings.GetConfig(fallback));
        var className = config.GetString("class");
        if (string.IsNullOrEmpty(className))
            throw new ArgumentException($"The persistence plugin [{path}] names no type: [{path}.class] is missing", nameof(path));
        var type = TypeNames.Resolve(className, $"{path}.class");
        var props = type.GetConstructor([typeof(Config)]) is null ? new Props(type) : new Props(type, [config]);
        var adapters = EventAdapters.Create(_system, own);
        var permits = config.HasPath("max-concurrent-recoveries")
            ? config.GetInt("max-concurrent-recoveries")
            : _config.GetInt("max-concurrent-recoveries");
        var actor = _system.SystemActorOf(props.WithDispatcher(config.GetString("plugin-dispatcher")!), path);
        return new Plugin(actor, config, adapters, permits);
    }

    /// <summary>A journal or a snapshot store: its actor and what persistent actors need of its settings.</summary>
    internal sealed class Plugin(IActorRef actor, Config config, EventAdapters adapters, int permits)
    {
        private readonly Lock _gate = new();
        private object? _kept;

        public IActorRef Actor => actor;

        public Config Config => config;

        public EventAdapters Adapters => adapters;

        public RecoveryPermits Permits { get; } = new(permits);

        public TimeSpan RecoveryEventTimeout { get; } = config.GetTimeSpan("recovery-event-timeout", TimeSpan.FromSeconds(30));

        /// <summary>What a plugin in memory keeps when its actor is restarted: made once, gone with the system.</summary>
        public T Keep<T>() where T : class, new()
        {
            lock (_gate)
                return (T)(_kept ??= new T());
        }
    }
}
