using Akka.Actor.Internal;
using Akka.Configuration;

namespace Akka.Actor;

/// <summary>Makes the <see cref="CoordinatedShutdown"/> of a system and hooks it to the ends of the system and of the process.</summary>
public sealed class CoordinatedShutdownExtension : ExtensionIdProvider<CoordinatedShutdown>
{
    public override CoordinatedShutdown CreateExtension(ExtendedActorSystem system)
    {
        var engine = (ActorSystemImpl)system;
        var config = system.Settings.Config.GetConfig("akka.coordinated-shutdown")
            ?? throw ConfigurationException.NullOrEmptyConfig<CoordinatedShutdown>("akka.coordinated-shutdown");
        var terminates = system.Settings.CoordinatedShutdownTerminateActorSystem;
        if (system.Settings.CoordinatedShutdownRunByActorSystemTerminate && !terminates)
        {
            throw new ConfigurationException("akka.coordinated-shutdown: run-by-actor-system-terminate = on needs "
                + "terminate-actor-system = on, or Terminate would never terminate the system.");
        }

        var shutdown = new CoordinatedShutdown(system, CoordinatedShutdownPhases.FromConfig(config));
        var processExit = new CoordinatedShutdownProcessExit(shutdown);
        var exits = config.GetBoolean("exit-clr");
        if (terminates || exits)
        {
            shutdown.AddTask(CoordinatedShutdown.PhaseActorSystemTerminate, "terminate-system", async () =>
            {
                if (terminates)
                    await engine.FinalTerminate().ConfigureAwait(false);
                if (exits)
                    processExit.Begin();
                return Done.Instance;
            });
        }

        if (config.GetBoolean("run-by-clr-shutdown-hook", true))
            processExit.Listen(system);
        engine.CoordinatedTermination = () => shutdown.Run(CoordinatedShutdown.ActorSystemTerminateReason.Instance);
        return shutdown;
    }
}
