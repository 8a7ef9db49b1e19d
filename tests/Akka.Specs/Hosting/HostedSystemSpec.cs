using System.Collections.Concurrent;
using Akka.Event;
using Akka.Hosting;
using Akka.Serialization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using LogLevel = Akka.Event.LogLevel;

namespace Specs.Hosting;

public sealed class HostedSystemSpec
{
    [Fact(DisplayName = "The actor system is one singleton of the container, with the name that it was given")]
    public async Task System_is_a_singleton()
    {
        using var host = await Start((_, _) => { });
        var system = host.Services.GetRequiredService<ActorSystem>();
        Assert.Same(system, host.Services.GetRequiredService<ActorSystem>());
        Assert.Equal("hosted", system.Name);
        await host.StopAsync();
    }

    [Fact(DisplayName = "Starters run in the order of registration, each awaited, then the startup tasks")]
    public async Task Starters_then_startup_tasks()
    {
        var ran = new List<string>();
        using var host = await Start((builder, _) => builder
            .AddStartup((_, _) => ran.Add("startup"))
            .WithActors(async (_, _) =>
            {
                await Task.Yield();
                ran.Add("first");
            })
            .WithActors((_, _) => ran.Add("second")));
        Assert.Equal(["first", "second", "startup"], ran);
        await host.StopAsync();
    }

    [Fact(DisplayName = "A registered actor is found by its key, in the registry and as a required actor")]
    public async Task Registry_and_required_actor()
    {
        using var host = await Start((builder, _) => builder.WithActors((system, registry) =>
            registry.Register<Key>(system.ActorOf(Quiet.Props, "keyed"))));
        var registry = host.Services.GetRequiredService<ActorRegistry>();
        var actor = registry.Get<Key>();
        Assert.Equal("keyed", actor.Path.Name);
        Assert.True(registry.TryGet<Key>(out var same));
        Assert.Equal(actor, same);
        Assert.Equal(actor, host.Services.GetRequiredService<IRequiredActor<Key>>().ActorRef);
        Assert.Equal(actor, await host.Services.GetRequiredService<IRequiredActor<Key>>().GetAsync());
        Assert.Same(registry, ActorRegistry.For(host.Services.GetRequiredService<ActorSystem>()));
        await host.StopAsync();
    }

    [Fact(DisplayName = "A key is registered once, unless overwritten")]
    public async Task Duplicate_keys()
    {
        using var host = await Start((_, _) => { });
        var registry = host.Services.GetRequiredService<ActorRegistry>();
        var system = host.Services.GetRequiredService<ActorSystem>();
        var one = system.ActorOf(Quiet.Props);
        var other = system.ActorOf(Quiet.Props);
        registry.Register<Key>(one);
        Assert.Throws<DuplicateActorRegistryException>(() => registry.Register<Key>(other));
        Assert.False(registry.TryRegister<Key>(other));
        Assert.Equal(one, registry.Get<Key>());
        registry.Register<Key>(other, overwrite: true);
        Assert.Equal(other, registry.Get<Key>());
        await host.StopAsync();
    }

    [Fact(DisplayName = "A key that nobody registered is missing")]
    public async Task Missing_keys()
    {
        using var host = await Start((_, _) => { });
        var registry = host.Services.GetRequiredService<ActorRegistry>();
        Assert.Throws<MissingActorRegistryEntryException>(() => registry.Get<Key>());
        Assert.False(registry.TryGet<Key>(out _));
        Assert.Throws<MissingActorRegistryEntryException>(() => host.Services.GetRequiredService<IRequiredActor<Key>>().ActorRef);
        await host.StopAsync();
    }

    [Fact(DisplayName = "GetAsync waits for the registration, and honours its token")]
    public async Task GetAsync_waits()
    {
        using var host = await Start((_, _) => { });
        var registry = host.Services.GetRequiredService<ActorRegistry>();
        using var cancellation = new CancellationTokenSource();
        var cancelled = registry.GetAsync<Key>(cancellation.Token);
        var waiting = registry.GetAsync<Key>();
        Assert.False(waiting.IsCompleted);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);

        var actor = host.Services.GetRequiredService<ActorSystem>().ActorOf(Quiet.Props);
        registry.Register<Key>(actor);
        Assert.Equal(actor, await waiting.WaitAsync(TimeSpan.FromSeconds(30)));
        await host.StopAsync();
    }

    [Fact(DisplayName = "An actor's constructor gets services and required actors of earlier starters")]
    public async Task Dependency_injection()
    {
        using var host = await Start((builder, _) => builder
            .WithActors((system, registry) => registry.Register<Key>(system.ActorOf(Quiet.Props, "earlier")))
            .WithActors((system, registry, resolver) =>
                registry.Register<Injected>(system.ActorOf(resolver.Props<Injected>("argument"), "injected"))),
            services => services.AddSingleton(new Service("service")));
        var actor = host.Services.GetRequiredService<ActorRegistry>().Get<Injected>();
        Assert.Equal("argument service earlier", await actor.Ask<string>("who", TimeSpan.FromSeconds(30)));
        await host.StopAsync();
    }

    [Fact(DisplayName = "Stopping the host runs the coordinated shutdown with ClrExitReason and ends the system")]
    public async Task Stop_runs_coordinated_shutdown()
    {
        using var host = await Start((_, _) => { });
        var system = host.Services.GetRequiredService<ActorSystem>();
        var shutdown = CoordinatedShutdown.Get(system);
        await host.StopAsync();
        await system.WhenTerminated.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Same(CoordinatedShutdown.ClrExitReason.Instance, shutdown.ShutdownReason);
    }

    [Fact(DisplayName = "A system that ends first stops the host")]
    public async Task System_end_stops_the_host()
    {
        using var host = await Start((_, _) => { });
        var stopping = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var _ = host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.Register(() => stopping.TrySetResult());
        await host.Services.GetRequiredService<ActorSystem>().Terminate();
        await stopping.Task.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact(DisplayName = "A starter that throws fails the start of the host")]
    public async Task Failing_starter()
    {
        using var host = Build((builder, _) => builder.WithActors((_, _) => throw new Boom("starter")));
        var thrown = await Assert.ThrowsAnyAsync<Exception>(() => host.StartAsync());
        Assert.Equal("starter", thrown.GetBaseException().Message);
    }

    [Fact(DisplayName = "Prepended HOCON wins over what is there, appended HOCON is the fallback")]
    public async Task Hocon_modes()
    {
        using var host = await Start((builder, _) => builder
            .AddHocon("own { a = first, b = first }", HoconAddMode.Append)
            .AddHocon("own { a = prepended }", HoconAddMode.Prepend)
            .AddHocon("own { b = appended, c = appended }", HoconAddMode.Append));
        var config = host.Services.GetRequiredService<ActorSystem>().Settings.Config;
        Assert.Equal("prepended", config.GetString("own.a"));
        Assert.Equal("first", config.GetString("own.b"));
        Assert.Equal("appended", config.GetString("own.c"));
        await host.StopAsync();
    }

    [Fact(DisplayName = "A file can be HOCON")]
    public async Task Hocon_file()
    {
        var file = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.conf");
        await File.WriteAllTextAsync(file, "own.key = from-file");
        try
        {
            using var host = await Start((builder, _) => builder.AddHoconFile(file, HoconAddMode.Prepend));
            Assert.Equal("from-file", host.Services.GetRequiredService<ActorSystem>().Settings.Config.GetString("own.key"));
            await host.StopAsync();
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact(DisplayName = "Extensions of the builder are there when the system has started")]
    public async Task Extensions()
    {
        using var host = await Start((builder, _) => builder.WithExtension<ExtensionId>());
        Assert.True(host.Services.GetRequiredService<ActorSystem>().HasExtension<Extension>());
        await host.StopAsync();
    }

    [Fact(DisplayName = "A custom serializer is bound to its types")]
    public async Task Custom_serializer()
    {
        using var host = await Start((builder, _) => builder.WithCustomSerializer("numbers", [typeof(Number)], system => new NumberSerializer(system)));
        var serialization = host.Services.GetRequiredService<ActorSystem>().Serialization;
        var serializer = serialization.FindSerializerFor(new Number(7));
        Assert.IsType<NumberSerializer>(serializer);
        Assert.Equal(new Number(7), serialization.Deserialize(serializer.ToBinary(new Number(7)), 4712, "n"));
        await host.StopAsync();
    }

    [Fact(DisplayName = "The log can go to the container's logger factory")]
    public async Task Logger_factory()
    {
        var lines = new BlockingCollection<string>();
        using var host = await Start(
            (builder, _) => builder.ConfigureLoggers(loggers =>
            {
                loggers.LogLevel = LogLevel.InfoLevel;
                loggers.ClearLoggers();
                loggers.AddLoggerFactory();
            }),
            services => services.AddLogging(logging => logging.AddProvider(new Lines(lines))));
        host.Services.GetRequiredService<ActorSystem>().Log.Info("number {Number} of the log", 7);
        Assert.Contains(lines.GetConsumingEnumerable(new CancellationTokenSource(TimeSpan.FromSeconds(30)).Token),
            line => line.Contains("number 7 of the log", StringComparison.Ordinal));
        await host.StopAsync();
    }

    [Fact(DisplayName = "A section of the application's configuration can be HOCON")]
    public async Task Configuration_as_hocon()
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?> { ["own:number"] = "7", ["own:list:0"] = "a", ["own:list:1"] = "b" })
            .Build();
        using var host = await Start((builder, _) => builder.AddHocon(configuration, HoconAddMode.Prepend));
        var config = host.Services.GetRequiredService<ActorSystem>().Settings.Config;
        Assert.Equal(7, config.GetInt("own.number"));
        Assert.Equal(["a", "b"], config.GetStringList("own.list"));
        await host.StopAsync();
    }

    [Fact(DisplayName = "The ask timeout, the log level and the loggers are settings of the builder")]
    public async Task Builder_settings()
    {
        using var host = await Start((builder, _) => builder
            .WithActorAskTimeout(TimeSpan.FromSeconds(3))
            .ConfigureLoggers(loggers => loggers.LogLevel = LogLevel.WarningLevel));
        var settings = host.Services.GetRequiredService<ActorSystem>().Settings;
        Assert.Equal(TimeSpan.FromSeconds(3), settings.AskTimeout);
        Assert.Equal("WARNING", settings.LogLevel.ToUpperInvariant());
        await host.StopAsync();
    }

    private static async Task<IHost> Start(Action<AkkaConfigurationBuilder, IServiceProvider> configure,
        Action<IServiceCollection>? services = null)
    {
        var host = Build(configure, services);
        await host.StartAsync();
        return host;
    }

    private static IHost Build(Action<AkkaConfigurationBuilder, IServiceProvider> configure, Action<IServiceCollection>? services = null) =>
        new HostBuilder()
            .ConfigureServices(collection =>
            {
                services?.Invoke(collection);
                collection.AddAkka("hosted", (builder, provider) =>
                {
                    builder.AddHocon("akka { loglevel = WARNING, stdout-loglevel = OFF, loggers = [], log-dead-letters = off }", HoconAddMode.Append);
                    configure(builder, provider);
                });
            })
            .Build();

    private sealed class Key;

    private sealed class Extension : IExtension;

    private sealed class ExtensionId : ExtensionIdProvider<Extension>
    {
        public override Extension CreateExtension(ExtendedActorSystem system) => new();
    }

    private sealed record Number(int Value);

    private sealed class NumberSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
    {
        public override int Identifier => 4712;

        public override string Manifest(object o) => "n";

        public override byte[] ToBinary(object obj) => BitConverter.GetBytes(((Number)obj).Value);

        public override object FromBinary(byte[] bytes, string manifest) => new Number(BitConverter.ToInt32(bytes));
    }

    private sealed class Lines(BlockingCollection<string> lines) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(Microsoft.Extensions.Logging.LogLevel logLevel) => true;

        public void Log<TState>(Microsoft.Extensions.Logging.LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter) => lines.Add(formatter(state, exception));

        public void Dispose()
        {
            // The lines are the test's.
        }
    }

    private sealed record Service(string Name);

    private sealed class Injected(string argument, Service service, IRequiredActor<Key> earlier) : UntypedActor
    {
        protected override void OnReceive(object message) =>
            Sender.Tell($"{argument} {service.Name} {earlier.ActorRef.Path.Name}");
    }
}
