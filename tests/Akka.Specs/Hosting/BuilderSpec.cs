using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Specs.Hosting;

public sealed class BuilderSpec
{
    private const string Quietly = "akka { loglevel = WARNING, stdout-loglevel = OFF, loggers = [], log-dead-letters = off }";

    [Fact(DisplayName = "A setup of the builder is one of the system's")]
    public async Task Setups()
    {
        var setup = new Answer(42);
        using var host = await Start(builder => builder.AddSetup(setup));
        Assert.Same(setup, host.Services.GetRequiredService<ActorSystem>().Settings.Setup.Get<Answer>().Value);
        await host.StopAsync();
    }

    [Fact(DisplayName = "The hosted service can be one of the application's, which starts and stops the system its way")]
    public async Task Own_hosted_service()
    {
        using var host = new HostBuilder()
            .ConfigureServices(services => services.AddAkka<Announcing>("hosted", (builder, _) => builder.AddHocon(Quietly, HoconAddMode.Append)))
            .Build();
        await host.StartAsync();
        var service = Assert.Single(host.Services.GetServices<IHostedService>().OfType<Announcing>());
        Assert.Equal(["starts hosted"], service.Announced);
        var system = host.Services.GetRequiredService<ActorSystem>();
        await host.StopAsync();
        Assert.Equal(["starts hosted", "stops"], service.Announced);
        Assert.True(system.WhenTerminated.IsCompleted);
    }

    [Fact(DisplayName = "Extensions of several calls and those of the HOCON are all there")]
    public async Task Extensions()
    {
        using var host = await Start(builder => builder
            .AddHocon($"akka.extensions = [\"{typeof(FirstId).FullName}, Akka.Specs\"]", HoconAddMode.Prepend)
            .WithExtensions(typeof(SecondId))
            .WithExtensions(typeof(SecondId), typeof(ThirdId)));
        var system = host.Services.GetRequiredService<ActorSystem>();
        Assert.True(system.HasExtension<First>());
        Assert.True(system.HasExtension<Second>());
        Assert.True(system.HasExtension<Third>());
        await host.StopAsync();
    }

    [Fact(DisplayName = "A type that is no extension is refused")]
    public void No_extension() => Assert.ThrowsAny<ConfigurationException>(() => Builder().WithExtensions(typeof(string)));

    [Fact(DisplayName = "Replaced HOCON wins over what is there and keeps the rest")]
    public void Replace()
    {
        var config = Builder()
            .AddHocon("own { a = first, b = first }", HoconAddMode.Append)
            .AddHocon("own { a = replaced }", HoconAddMode.Replace).Configuration.Value;
        Assert.Equal("replaced", config.GetString("own.a"));
        Assert.Equal("first", config.GetString("own.b"));
    }

    [Fact(DisplayName = "Loggers that are configured without a word are the default logger at level Info")]
    public void Default_loggers()
    {
        var config = Builder().ConfigureLoggers(_ => { }).Configuration.Value;
        Assert.Equal("Info", config.GetString("akka.loglevel"));
        Assert.False(config.GetBoolean("akka.log-config-on-start"));
        Assert.Contains("Akka.Event.DefaultLogger", Assert.Single(config.GetStringList("akka.loggers")), StringComparison.Ordinal);
        Assert.Null(config.GetString("akka.log-dead-letters"));
    }

    private static AkkaConfigurationBuilder Builder() => new(new ServiceCollection(), "hosted");

    private static async Task<IHost> Start(Action<AkkaConfigurationBuilder> configure)
    {
        var host = new HostBuilder()
            .ConfigureServices(services => services.AddAkka("hosted", builder =>
            {
                builder.AddHocon(Quietly, HoconAddMode.Append);
                configure(builder);
            }))
            .Build();
        await host.StartAsync();
        return host;
    }

    internal sealed class First : IExtension;

    internal sealed class Second : IExtension;

    internal sealed class Third : IExtension;

    internal sealed class FirstId : ExtensionIdProvider<First>
    {
        public override First CreateExtension(ExtendedActorSystem system) => new();
    }

    internal sealed class SecondId : ExtensionIdProvider<Second>
    {
        public override Second CreateExtension(ExtendedActorSystem system) => new();
    }

    internal sealed class ThirdId : ExtensionIdProvider<Third>
    {
        public override Third CreateExtension(ExtendedActorSystem system) => new();
    }

    private sealed class Answer(int value) : Setup
    {
        public int Value => value;
    }

    private sealed class Announcing(
        AkkaConfigurationBuilder configuration, IServiceProvider services, ILogger<AkkaHostedService> logger, IHostApplicationLifetime lifetime)
        : AkkaHostedService(configuration, services, logger, lifetime)
    {
        public List<string> Announced { get; } = [];

        public override async Task StartAsync(CancellationToken cancellationToken)
        {
            await base.StartAsync(cancellationToken);
            Announced.Add($"starts {ActorSystem!.Name}");
        }

        public override async Task StopAsync(CancellationToken cancellationToken)
        {
            await base.StopAsync(cancellationToken);
            Announced.Add("stops");
        }
    }
}
