using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.DependencyInjection;
using Akka.Hosting.Logging;
using Akka.Serialization;
using Akka.Util;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Akka.Hosting;

/// <summary>
/// Collects what an actor system is made of and what runs in it. The system is created when it is first resolved; actors are started by
/// the hosted service, in the order of registration, each awaited, and after them the startup tasks.
/// </summary>
public sealed class AkkaConfigurationBuilder
{
    public readonly HashSet<Setup> Setups = [];

    private readonly List<ActorStarterWithResolver> _starters = [];
    private readonly List<StartupTask> _startupTasks = [];
    private readonly List<Func<ExtendedActorSystem, SerializerDetails>> _serializers = [];
    private readonly List<Type> _extensions = [];
    private bool _usesHostLoggerFactory;

    public AkkaConfigurationBuilder(IServiceCollection serviceCollection, string actorSystemName)
    {
        ArgumentNullException.ThrowIfNull(serviceCollection);
        ServiceCollection = serviceCollection;
        ActorSystemName = actorSystemName;
    }

    public Option<Config> Configuration { get; private set; } = Option<Config>.None;

    public Option<ProviderSelection> ActorRefProvider { get; private set; } = Option<ProviderSelection>.None;

    internal IServiceCollection ServiceCollection { get; }

    internal string ActorSystemName { get; }

    public AkkaConfigurationBuilder StartActors(ActorStarter starter) =>
        StartActors((system, registry, _) => starter(system, registry));

    public AkkaConfigurationBuilder StartActors(ActorStarterWithResolver starter)
    {
        _starters.Add(starter);
        return this;
    }

    public AkkaConfigurationBuilder StartActors(Action<ActorSystem, IActorRegistry> starter) =>
        StartActors((system, registry, _) => starter(system, registry));

    public AkkaConfigurationBuilder StartActors(Action<ActorSystem, IActorRegistry, IDependencyResolver> starter) =>
        StartActors((ActorStarterWithResolver)((system, registry, resolver) =>
        {
            starter(system, registry, resolver);
            return Task.CompletedTask;
        }));

    /// <summary>A task for when all actors have been started.</summary>
    public AkkaConfigurationBuilder AddStartup(StartupTask startupTask)
    {
        _startupTasks.Add(startupTask);
        return this;
    }

    public AkkaConfigurationBuilder AddStartup(Action<ActorSystem, IActorRegistry> startupTask) =>
        AddStartup((StartupTask)((system, registry) =>
        {
            startupTask(system, registry);
            return Task.CompletedTask;
        }));

    /// <summary>A serializer for the given types and what derives from them.</summary>
    public AkkaConfigurationBuilder WithCustomSerializer(
        string serializerIdentifier, IEnumerable<Type> boundTypes, Func<ExtendedActorSystem, Serializer> serializerFactory)
    {
        var types = boundTypes.ToArray();
        _serializers.Add(system => SerializerDetails.Create(serializerIdentifier, serializerFactory(system), [.. types]));
        return this;
    }

    /// <summary>An extension that is created together with the system.</summary>
    public AkkaConfigurationBuilder WithExtension<T>()
        where T : IExtensionId => WithExtensions(typeof(T));

    public AkkaConfigurationBuilder WithExtensions(params Type[] extensions)
    {
        foreach (var extension in extensions)
        {
            if (!typeof(IExtensionId).IsAssignableFrom(extension) || extension.IsAbstract || extension.GetConstructor([]) is null)
                throw new ConfigurationException($"{extension} is no extension: expected a class that implements {nameof(IExtensionId)} and has a public constructor without parameters.");
            if (!_extensions.Contains(extension))
                _extensions.Add(extension);
        }

        return this;
    }

    internal void AddConfiguration(Config added, HoconAddMode mode)
    {
        var current = Configuration.HasValue ? Configuration.Value : Config.Empty;
        Configuration = mode == HoconAddMode.Append ? current.SafeWithFallback(added) : added.SafeWithFallback(current);
    }

    internal void SetActorRefProvider(ProviderSelection provider) => ActorRefProvider = provider;

    internal void UseHostLoggerFactory() => _usesHostLoggerFactory = true;

    internal ActorSystem CreateSystem(IServiceProvider services)
    {
        // The host listens to signals and stops the system; a second listener in the system would only race with it.
        AddConfiguration("akka.coordinated-shutdown.run-by-clr-shutdown-hook = off", HoconAddMode.Append);
        var bootstrap = BootstrapSetup.Create().WithConfig(Configuration.Value);
        if (ActorRefProvider.HasValue)
            bootstrap = bootstrap.WithActorRefProvider(ActorRefProvider.Value);

        List<Setup> setups = [bootstrap, DependencyResolverSetup.Create(services), .. Setups];
        if (_usesHostLoggerFactory)
            setups.Add(new LoggerFactorySetup(services.GetRequiredService<ILoggerFactory>()));
        if (_serializers.Count > 0)
        {
            var given = Setups.OfType<SerializationSetup>().SingleOrDefault();
            setups.RemoveAll(setup => setup is SerializationSetup);
            setups.Add(SerializationSetup.Create(system =>
                [.. given?.CreateSerializers(system) ?? [], .. _serializers.Select(create => create(system))]));
        }

        var system = ActorSystem.Create(ActorSystemName, ActorSystemSetup.Create([.. setups]));
        try
        {
            foreach (var extension in _extensions)
                system.RegisterExtension((IExtensionId)Activator.CreateInstance(extension)!);
        }
        catch
        {
            // Nobody gets to know this system, so nobody else can end it.
            _ = system.Terminate();
            throw;
        }

        return system;
    }

    /// <summary>Runs the starters and then the startup tasks.</summary>
    internal async Task StartAsync(ActorSystem system, CancellationToken cancellation)
    {
        var registry = ActorRegistry.For(system);
        var resolver = DependencyResolver.For(system).Resolver;
        foreach (var start in _starters.ToArray())
        {
            cancellation.ThrowIfCancellationRequested();
            await start(system, registry, resolver).ConfigureAwait(false);
        }

        foreach (var run in _startupTasks.ToArray())
        {
            cancellation.ThrowIfCancellationRequested();
            await run(system, registry).ConfigureAwait(false);
        }
    }
}
