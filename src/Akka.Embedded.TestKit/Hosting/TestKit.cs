using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Xunit;
using Xunit.Abstractions;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace Akka.Hosting.TestKit;

/// <summary>
/// A test over a generic host that runs Akka.Hosting: the host starts before each test and stops after it. Nothing of the kit can be used
/// before <see cref="InitializeAsync"/> has ended.
/// </summary>
public abstract class TestKit : TestKitBase, IAsyncLifetime
{
    private IHost? _host;

    protected TestKit(string? actorSystemName = null, ITestOutputHelper? output = null, TimeSpan? startupTimeout = null,
        LogLevel logLevel = LogLevel.Information)
        : base(Assertions, null, ActorSystemSetup.Empty, null, null)
    {
        ActorSystemName = actorSystemName ?? "test";
        Output = output;
        LogLevel = logLevel;
        StartupTimeout = startupTimeout ?? TimeSpan.FromSeconds(10);
    }

    public string ActorSystemName { get; }

    public ITestOutputHelper? Output { get; }

    public LogLevel LogLevel { get; }

    /// <summary>How long the host may take to start.</summary>
    public TimeSpan StartupTimeout { get; }

    public IHost Host => _host ?? throw new InvalidOperationException("The host starts in InitializeAsync");

    public ActorRegistry ActorRegistry => Host.Services.GetRequiredService<ActorRegistry>();

    protected static new XunitAssertions Assertions { get; } = new();

    /// <summary>Wins over everything but what <see cref="ConfigureAkka"/> prepends.</summary>
    protected virtual Config? Config => null;

    public async Task InitializeAsync()
    {
        var builder = new HostBuilder();
        builder
            .ConfigureHostConfiguration(ConfigureHostConfiguration)
            .ConfigureAppConfiguration(ConfigureAppConfiguration)
            .ConfigureLogging(logging =>
            {
                logging.ClearProviders();
                logging.SetMinimumLevel(LogLevel);
                if (Output is { } output)
                    logging.AddProvider(new XUnitLoggerProvider(output, LogLevel));
                ConfigureLogging(logging);
            })
            .ConfigureServices(ConfigureServices)
            .ConfigureServices((_, services) => services.AddAkka(ActorSystemName, Configure));
        ConfigureHostBuilder(builder);

        _host = builder.Build();
        using (var startup = new CancellationTokenSource(StartupTimeout))
        {
            try
            {
                await _host.StartAsync(startup.Token).WaitAsync(StartupTimeout);
            }
            catch (Exception cause) when (cause is TimeoutException or OperationCanceledException)
            {
                throw new TimeoutException($"The host did not start within {StartupTimeout}", cause);
            }
        }

        base.InitializeTest(_host.Services.GetRequiredService<ActorSystem>(), ActorSystemSetup.Empty, null, null);
        await BeforeTestStart();
    }

    public async Task DisposeAsync()
    {
        try
        {
            await AfterAllAsync();
        }
        finally
        {
            EndImplicitSender();
            if (_host is { } host)
            {
                using (host)
                    await host.StopAsync();
            }
        }
    }

    /// <summary>The actor system starts with the host, not with the constructor.</summary>
    protected sealed override void InitializeTest(ActorSystem? system, ActorSystemSetup? config, string? actorSystemName,
        string? testActorName)
    {
    }

    protected abstract void ConfigureAkka(AkkaConfigurationBuilder builder, IServiceProvider provider);

    protected virtual void ConfigureHostConfiguration(IConfigurationBuilder builder)
    {
    }

    protected virtual void ConfigureAppConfiguration(HostBuilderContext context, IConfigurationBuilder builder)
    {
    }

    protected virtual void ConfigureServices(HostBuilderContext context, IServiceCollection services)
    {
    }

    protected virtual void ConfigureLogging(ILoggingBuilder builder)
    {
    }

    protected virtual void ConfigureHostBuilder(IHostBuilder builder)
    {
    }

    /// <summary>Runs when the host has started, before the test.</summary>
    protected virtual Task BeforeTestStart() => Task.CompletedTask;

    /// <summary>Runs after the test, while the host still runs.</summary>
    protected virtual Task AfterAllAsync() => Task.CompletedTask;

    private void Configure(AkkaConfigurationBuilder builder, IServiceProvider provider)
    {
        builder.AddHocon(DefaultConfig, HoconAddMode.Prepend);
        if (Config is { } config)
            builder.AddHocon(config, HoconAddMode.Prepend);
        builder.ConfigureLoggers(loggers =>
        {
            loggers.LogLevel = AkkaLevel(LogLevel);
            loggers.ClearLoggers();
            loggers.AddLogger<TestEventListener>();
            if (Output is not null)
                loggers.AddLoggerFactory();
        });
        ConfigureAkka(builder, provider);
    }

    private static Event.LogLevel AkkaLevel(LogLevel level) => level switch
    {
        LogLevel.Trace or LogLevel.Debug => Event.LogLevel.DebugLevel,
        LogLevel.Information => Event.LogLevel.InfoLevel,
        LogLevel.Warning => Event.LogLevel.WarningLevel,
        _ => Event.LogLevel.ErrorLevel
    };
}
