using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Akka.Util;

namespace Akka.Dispatch;

/// <summary>The dispatchers of a system by the path of their configuration.</summary>
public sealed class Dispatchers
{
    public static readonly string DefaultDispatcherId = "akka.actor.default-dispatcher";
    public static readonly string DefaultBlockingDispatcherId = "akka.actor.default-blocking-io-dispatcher";
    public static readonly string SynchronizedDispatcherId = "akka.actor.synchronized-dispatcher";

    private readonly ActorSystem _system;
    private readonly ConcurrentDictionary<string, MessageDispatcherConfigurator> _configurators = new(StringComparer.Ordinal);
    private MessageDispatcher? _default;

    public Dispatchers(ActorSystem system, IDispatcherPrerequisites prerequisites, ILoggingAdapter logger)
    {
        _ = logger;
        _system = system;
        Prerequisites = prerequisites;
    }

    public IDispatcherPrerequisites Prerequisites { get; }

    public Config DefaultDispatcherConfig => GetConfig(_system.Settings.Config, DefaultDispatcherId);

    public MessageDispatcher DefaultGlobalDispatcher => _default ??= Lookup(DefaultDispatcherId);

    /// <summary>The section of a dispatcher; its id may name another section as an alias.</summary>
    public static Config GetConfig(Config config, string id, int depth = 0)
    {
        if (depth > 20)
            throw new ConfigurationException($"Dispatcher [{id}] refers to itself through its aliases");
        if (config.GetConfig(id) is not { } section)
            throw new ConfigurationException($"Dispatcher [{id}] not configured.");
        if (section.Root.IsString())
            return GetConfig(config, config.GetString(id)!, depth + 1);
        return ConfigurationFactory.ParseString($"id = \"{id}\"").WithFallback(section).WithFallback(config.GetConfig(DefaultDispatcherId));
    }

    public MessageDispatcher Lookup(string dispatcherName) =>
        _configurators.GetOrAdd(dispatcherName, static (id, self) => self.Configure(id), this).Dispatcher();

    public bool HasDispatcher(string id) => _configurators.ContainsKey(id) || _system.Settings.Config.HasPath(id);

    public bool RegisterConfigurator(string id, MessageDispatcherConfigurator configurator) => _configurators.TryAdd(id, configurator);

    internal void Shutdown()
    {
        foreach (var configurator in _configurators.Values)
            configurator.Dispatcher().ShutdownNow();
    }

    private MessageDispatcherConfigurator Configure(string id)
    {
        var config = GetConfig(_system.Settings.Config, id);
        var type = config.GetString("type") ?? "Dispatcher";
        return type switch
        {
            // All of them say on which threads; here those of the pool serve all, it grows where actors block.
            "Dispatcher" or "TaskDispatcher" or "ForkJoinDispatcher" or "ChannelDispatcher" or "PinnedDispatcher" =>
                new PoolDispatcherConfigurator(config, Prerequisites),
            _ => TypeNames.Instantiate<MessageDispatcherConfigurator>(type, $"{id}.type", config, Prerequisites)
        };
    }
}
