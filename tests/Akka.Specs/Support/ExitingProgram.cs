using Akka;

namespace Specs.Support;

/// <summary>Shows how a process ends that runs an actor system.</summary>
internal static class ExitingProgram
{
    public const string ExitClr = "exit-clr";
    public const string Signal = "signal";
    public const string Ready = "ready";
    public const string Stopping = "stopping";

    public static void Run(string[] args)
    {
        var exits = args is [ExitClr];
        var system = ActorSystem.Create("exiting",
            $"akka {{ stdout-loglevel = OFF, loglevel = OFF, loggers = [], coordinated-shutdown.exit-clr = {(exits ? "on" : "off")} }}");
        var shutdown = CoordinatedShutdown.Get(system);
        shutdown.AddTask(CoordinatedShutdown.PhaseServiceStop, "announce", () =>
        {
            Console.WriteLine(Stopping);
            return Task.FromResult(Done.Instance);
        });
        Console.WriteLine(Ready);
        if (exits)
            _ = shutdown.Run(CoordinatedShutdown.UnknownReason.Instance);

        // Nothing here ends the process.
        Thread.Sleep(Timeout.Infinite);
    }
}
