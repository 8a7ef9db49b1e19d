using System.Runtime.InteropServices;

namespace Akka.Actor;

/// <summary>
/// The end of the process (SIGTERM, <see cref="Environment.Exit"/>, the end of Main) waits for the shutdown, and the shutdown may end
/// the process.
/// </summary>
internal sealed class CoordinatedShutdownProcessExit(CoordinatedShutdown shutdown)
{
    // What a shell reports for a process that ended by the signal: 128 and its number.
    private const int TerminatedBySignal = 128 + 15;

    private volatile bool _begun;

    /// <summary>From now until the system has terminated, an exit of the process runs the shutdown and waits for it.</summary>
    public void Listen(ActorSystem system)
    {
        void OnExit(object? sender, EventArgs e)
        {
            // An exit that the shutdown itself began is not to wait for it: it would wait for its own caller.
            if (!_begun)
                Task.WaitAny([shutdown.Run(CoordinatedShutdown.ClrExitReason.Instance)], shutdown.TotalTimeout);
        }

        AppDomain.CurrentDomain.ProcessExit += OnExit;

        // The runtime does not turn the signal into an exit by itself. Who handles it otherwise has cancelled it.
        var signal = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
        {
            if (context.Cancel)
                return;
            context.Cancel = true;
            Exit(TerminatedBySignal);
        });

        system.RegisterOnTermination(() =>
        {
            AppDomain.CurrentDomain.ProcessExit -= OnExit;

            // Off this thread: the registration waits for a handler that is running.
            ThreadPool.UnsafeQueueUserWorkItem(static registration => registration.Dispose(), signal, preferLocal: false);
        });
    }

    /// <summary>Ends the process at the end of the shutdown.</summary>
    public void Begin()
    {
        _begun = true;
        Exit(Environment.ExitCode);
    }

    // On a thread of its own: an exit blocks its thread until all listeners are done.
    private static void Exit(int code) =>
        new Thread(() => Environment.Exit(code)) { IsBackground = true, Name = "coordinated-shutdown-exit" }.Start();
}
