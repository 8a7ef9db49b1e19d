using System.Globalization;
using System.Net;
using ActorNode.Configuration;
using ActorNode.Ethereum.Adapters;
using ActorNode.Ethereum.Agreements;
using ActorNode.Forging;
using ActorNode.Jobs;
using ActorNode.Jobs.Access;
using ActorNode.Server.Commands;
using ActorNode.Server.Forging;
using ActorNode.Server.Http;
using ActorNode.Server.Metrics;
using ActorNode.Services;
using ActorNode.Storage;
using ActorNode.Upkeep;
using Akka.Actor;
using Akka.Configuration;
using Akka.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Serilog.Extensions.Logging;

namespace ActorNode.Server.Hosting;

/// <summary>
/// The node as a process: log, store, actor system, web server, started in this order and stopped in reverse. Readiness goes first: see
/// <see cref="NodeLifecycle"/>.
/// </summary>
internal static class NodeHost
{
    /// <summary>What the web server is called among the services.</summary>
    public const string HttpService = "http";

    /// <summary>Runs a node until it is told to stop, or fails; with a guest until that has ended. Returns the exit code.</summary>
    /// <exception cref="SettingsException">The section for the actor system is wrong.</exception>
    public static async Task<int> RunAsync(NodeConfiguration configuration, CommandContext context, INodeGuest? guest = null, ApiUser? apiUser = null)
    {
        var settings = configuration.Settings;
        try
        {
            Directory.CreateDirectory(settings.Data);
        }
        catch (Exception unusable) when (unusable is IOException or UnauthorizedAccessException)
        {
            await context.Error.WriteLineAsync($"actornode.data: the folder '{settings.Data}' cannot be used: {unusable.Message}");
            return ExitCode.Failed;
        }

        await using var events = NodeLog.Create(settings);
        using var loggers = new SerilogLoggerFactory(events);
        var log = loggers.CreateLogger("ActorNode");
        try
        {
            using var signers = ForgingSigners.Open(settings, context, loggers);
            await using var store = await StoreStart.OpenAsync(settings.Storage, NodeStore.OpenAsync, log, TimeProvider.System, context.Stop);
            if (guest is not null)
                return await RunAsync(configuration, store, loggers, signers, guest, context);
            await using var app = Build(configuration, store, loggers, forging: signers.Ports, apiUser: apiUser);
            return await RunAsync(app, context.Stop, context.Fast);
        }
        catch (OperationCanceledException) when (context.Stop.IsCancellationRequested)
        {
            return ExitCode.Ok;
        }
        catch (PassphraseException locked)
        {
            return await FailAsync(locked.Message);
        }
        catch (StoreOpenException refused)
        {
            return await FailAsync(refused.Message);
        }
        catch (Exception bind) when (NodeLog.IsBindFailure(bind))
        {
            return await FailAsync($"actornode.http.urls: cannot listen at {string.Join(", ", settings.Http.Urls)}: {bind.Message}");
        }
        catch (Exception unexpected) when (unexpected is not SettingsException)
        {
            // The end of the process either way; this way it is in the log, and no core is dumped.
            log.LogCritical(unexpected, "The node failed");
            await context.Error.WriteLineAsync($"the node failed: {unexpected.Message}");
            return ExitCode.Failed;
        }

        async Task<int> FailAsync(string problem)
        {
            log.LogCritical("The node cannot start: {Problem}", problem);
            await context.Error.WriteLineAsync(problem);
            return ExitCode.Failed;
        }
    }

    /// <summary>
    /// Runs a node that was put together, until it ends. Returns the exit code. <paramref name="fast"/> gets what a second signal does to it.
    /// </summary>
    internal static async Task<int> RunAsync(WebApplication app, CancellationToken stop, FastStop? fast = null)
    {
        var lifecycle = app.Services.GetRequiredService<NodeLifecycle>();
        using var atOnce = fast?.Use(lifecycle.StopServicesFastAsync, app.Services.GetRequiredService<NodeSettings>().Services.FastTimeout);
        try
        {
            await app.StartAsync(stop);
            using var stopping = stop.Register(app.Lifetime.StopApplication);
            await lifecycle.Stopping;
        }
        catch (OperationCanceledException) when (app.Lifetime.ApplicationStopping.IsCancellationRequested && !stop.IsCancellationRequested)
        {
            app.Logger.LogCritical("The node was stopped by one of its services before it had started");
        }
        finally
        {
            // Also after a start that failed half-way: what did start ends in order.
            await StopAsync(app, lifecycle);
        }

        // Nobody but the operator ends a node in good health, and it ends in order.
        return stop.IsCancellationRequested && !lifecycle.Failed ? ExitCode.Ok : ExitCode.Failed;
    }

    /// <summary>The node runs until its guest has ended, which is told when the node should stop or does.</summary>
    private static async Task<int> RunAsync(
        NodeConfiguration configuration, INodeStore store, ILoggerFactory loggers, ForgingSigners signers, INodeGuest guest, CommandContext context)
    {
        var parts = await guest.PrepareAsync(configuration.Settings, store, loggers, context.Stop);
        await using var app = Build(configuration, parts.Store, loggers, parts.Configure, parts.Upkeep, parts.Forging(signers.Ports));
        using var end = new CancellationTokenSource();
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(context.Stop, app.Lifetime.ApplicationStopping);
        var lifecycle = app.Services.GetRequiredService<NodeLifecycle>();
        var run = RunAsync(app, end.Token, context.Fast);
        try
        {
            // Until it is ready there is nothing that a guest could do.
            var ready = lifecycle.Ready.WaitAsync(context.Stop);
            await Task.WhenAny(ready, run);
            if (ready.IsCompletedSuccessfully && await ready)
                await guest.RunAsync(app.Services, [.. app.Urls], stopping.Token);
        }
        finally
        {
            await end.CancelAsync();
        }

        return await run;
    }

    private static async Task StopAsync(WebApplication app, NodeLifecycle lifecycle)
    {
        try
        {
            await lifecycle.StopServicesAsync();
            await app.StopAsync(CancellationToken.None);
        }
        catch (OperationCanceledException)
        {
            app.Logger.LogWarning("Requests did not end within actornode.http.drain-timeout and were cut off");
        }
        finally
        {
            // Whatever became of the requests, what the actors accepted is finished first. The same run as the host's, if there was one.
            await CoordinatedShutdown.Get(app.Services.GetRequiredService<ActorSystem>()).Run(CoordinatedShutdown.ClrExitReason.Instance);
        }
    }

    /// <summary>
    /// Puts a node together on an open store: an actor system without actors, a web server that does not listen yet. <paramref name="more"/>
    /// adds what runs beside the node's own parts; without <paramref name="upkeep"/> the node has no channels to take care of, without
    /// <paramref name="forging"/> it signs nothing. <paramref name="apiUser"/>: the jobs' user where there is none yet.
    /// </summary>
    /// <exception cref="SettingsException">The section for the actor system is wrong.</exception>
    internal static WebApplication Build(
        NodeConfiguration configuration,
        INodeStore store,
        ILoggerFactory loggers,
        Action<AkkaConfigurationBuilder>? more = null,
        Func<IServiceProvider, UpkeepPorts>? upkeep = null,
        ForgingPorts? forging = null,
        ApiUser? apiUser = null)
    {
        var settings = configuration.Settings;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "ActorNode" });
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => Listen(kestrel, settings.Http));
        var services = builder.Services;
        services.AddSingleton(loggers);
        services.AddSingleton(settings);
        services.AddSingleton(store);
        services.AddRouting();
        services.AddSingleton<NodeLifecycle>();
        services.AddHostedService(provider => provider.GetRequiredService<NodeLifecycle>());
        services.AddSingleton<IHostLifetime, NoSignals>();

        // Bounds how long requests may hold up the end. Services stop before them, the actor system after them, with times of their own.
        services.Configure<HostOptions>(host => host.ShutdownTimeout = settings.Http.UnreadyDelay + settings.Http.DrainTimeout);
        services.AddAkka("actornode", (akka, provider) =>
        {
            akka
                .ConfigureLoggers(actors =>
                {
                    actors.ClearLoggers();
                    actors.AddLoggerFactory();
                    actors.LogLevel = LevelOf(settings.Logging.Level);
                })
                .AddHocon(Defaults(settings), HoconAddMode.Append)
                .AddHocon(configuration.Akka, HoconAddMode.Prepend)
                .WithActorNode(
                    store,
                    settings.Storage,
                    settings.Messages,
                    settings.Services,
                    _ => provider.GetRequiredService<NodeLifecycle>().Fail(),
                    upkeep,
                    settings.Upkeep,
                    forging is null ? null : _ => forging,
                    settings.Forging,
                    new JobsPorts(EthereumAdapters.All(settings.Jobs), Agreements: new EthereumAgreements(signer: null), User: apiUser),
                    settings.Jobs)
                .WithReportingService(HttpService, "messages");
            more?.Invoke(akka);
        });
        services.AddNodeHttp(settings.Http, settings.Messages, settings.Forging, settings);
        services.AddNodeTelemetry(settings.Telemetry);

        var app = builder.Build();
        CreateActorSystem(app, configuration);
        app.MapNodeHttp();
        return app;
    }

    /// <summary>
    /// The actor system reads its configuration while it is created. What it throws at a section that the operator wrote is about that
    /// section, whichever type it is of.
    /// </summary>
    private static void CreateActorSystem(WebApplication app, NodeConfiguration configuration)
    {
        try
        {
            app.Services.GetRequiredService<ActorSystem>();
        }
        catch (Exception wrong) when (!configuration.Akka.IsEmpty)
        {
            throw new SettingsException([$"{HoconDocument.AkkaSection}: {wrong.Message}"]);
        }
    }

    private static void Listen(KestrelServerOptions kestrel, HttpSettings http)
    {
        foreach (var text in http.Urls)
        {
            if (!ListenUrl.TryParse(text, out var url, out var problem))
                throw new SettingsException([$"actornode.http.urls: '{text}' {problem}"]);
            if (url.Address is { } address)
                kestrel.Listen(address, url.Port, Protect);
            else if (url.Port == 0)
                kestrel.Listen(IPAddress.Loopback, 0, Protect);
            else
                kestrel.ListenLocalhost(url.Port, Protect);

            void Protect(ListenOptions listen)
            {
                if (url.IsTls)
                    listen.UseHttps(TlsCertificate.Load(http.Tls));
            }
        }
    }

    /// <summary>
    /// The process's end is the host's business: the actor system neither ends it nor waits for it. Accepted work has the drain time to
    /// finish.
    /// </summary>
    private static Config Defaults(NodeSettings settings)
    {
        var drain = string.Create(CultureInfo.InvariantCulture, $"{settings.Http.DrainTimeout.TotalMilliseconds} ms");
        return ConfigurationFactory.ParseString($$"""
        akka.coordinated-shutdown {
          exit-clr = off
          run-by-clr-shutdown-hook = off
          default-phase-timeout = {{drain}}
          phases {
            service-requests-done.timeout = {{drain}}
            service-stop.timeout = {{drain}}
          }
        }
        """);
    }

    private static Akka.Event.LogLevel LevelOf(LogSeverity severity) => severity switch
    {
        LogSeverity.Verbose or LogSeverity.Debug => Akka.Event.LogLevel.DebugLevel,
        LogSeverity.Information => Akka.Event.LogLevel.InfoLevel,
        LogSeverity.Warning => Akka.Event.LogLevel.WarningLevel,
        _ => Akka.Event.LogLevel.ErrorLevel,
    };
}
