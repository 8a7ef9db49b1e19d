namespace Akka.Actor;

/// <summary>
/// The end of the process (SIGTERM, <see cref="Environment.Exit"/>, the end of Main) waits for the shutdown, and the shutdown may end
/// the process.
/// </summary>
internal sealed class CoordinatedShutdownProcessExit(CoordinatedShutdown shutdown)
{
    private volatile bool _begun;

    /// <summary>From now until the system has terminated, an exit of the process runs the shutdown and waits for it.</summary>
    public void Listen(ActorSystem system)
    {
        void OnExit(object? sender, EventArgs e)
        {
            // An exit that the shutdown itself began is not to wait for it: it would wait for its own caller.
            if (!_begun)
                shutdown.Run(CoordinatedShutdown.ClrExitReason.Instance).Wait(shutdown.TotalTimeout);
        }

        AppDomain.CurrentDomain.ProcessExit += OnExit;
        system.RegisterOnTermination(() => AppDomain.CurrentDomain.ProcessExit -= OnExit);
    }

    /// <summary>Ends the process, on a thread of its own: the exit blocks its thread until all listeners are done.</summary>
    public void Begin()
    {
        _begun = true;
        new Thread(() => Environment.Exit(Environment.ExitCode)) { IsBackground = true, Name = "coordinated-shutdown-exit" }.Start();
    }
}
