using Akka.Actor;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Akka.Hosting;

/// <summary>
/// Ties the lives of an actor system and its host together: the host starts the actors and, when it stops, runs the coordinated
/// shutdown; a system that ends by itself stops the host.
/// </summary>
public class AkkaHostedService : IHostedService
{
    // How long a system that could not be started may take to go.
    private static readonly TimeSpan FailedStartGrace = TimeSpan.FromSeconds(3);

    protected readonly AkkaConfigurationBuilder ConfigurationBuilder;
    protected readonly IHostApplicationLifetime HostApplicationLifetime;
    protected readonly ILogger<AkkaHostedService> Logger;
    protected readonly IServiceProvider ServiceProvider;
    protected ActorSystem? ActorSystem;
    protected CoordinatedShutdown? CoordinatedShutdown;

    public AkkaHostedService(
        AkkaConfigurationBuilder configurationBuilder,
        IServiceProvider serviceProvider,
        ILogger<AkkaHostedService> logger,
        IHostApplicationLifetime applicationLifetime)
    {
        ConfigurationBuilder = configurationBuilder;
        ServiceProvider = serviceProvider;
        Logger = logger;
        HostApplicationLifetime = applicationLifetime;
    }

    /// <summary>Completes when every actor has been started and every startup task is done.</summary>
    public virtual async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            ActorSystem = ServiceProvider.GetRequiredService<ActorSystem>();
            CoordinatedShutdown = CoordinatedShutdown.Get(ActorSystem);
            _ = StopHostAfter(ActorSystem, CoordinatedShutdown);
            await ConfigurationBuilder.StartAsync(ActorSystem, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            Logger.LogCritical(e, "The actor system {ActorSystem} could not be started", ConfigurationBuilder.ActorSystemName);
            await StopFailedStart().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Completes when the coordinated shutdown has; a cancelled token ends the wait, not the shutdown.</summary>
    public virtual async Task StopAsync(CancellationToken cancellationToken)
    {
        if (CoordinatedShutdown is { } shutdown)
            await shutdown.Run(CoordinatedShutdown.ClrExitReason.Instance).WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task StopFailedStart()
    {
        try
        {
            using var grace = new CancellationTokenSource(FailedStartGrace);
            await StopAsync(grace.Token).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            Logger.LogError(e, "The actor system {ActorSystem} did not stop cleanly after its start had failed", ConfigurationBuilder.ActorSystemName);
        }
    }

    private async Task StopHostAfter(ActorSystem system, CoordinatedShutdown shutdown)
    {
        await system.WhenTerminated.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (shutdown.ShutdownReason is CoordinatedShutdown.ClusterDowningReason or CoordinatedShutdown.ClusterLeavingReason)
            Environment.ExitCode = -1;
        HostApplicationLifetime.StopApplication();
    }
}
