using System.Runtime.InteropServices;

namespace ActorNode.Server.Hosting;

/// <summary>
/// SIGTERM and Ctrl-C: the first one asks the process to stop in order, the second one ends it at once. Data are safe either way, since what
/// was acknowledged is durable.
/// </summary>
internal sealed class StopSignals : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly PosixSignalRegistration[] _registrations;
    private int _number;

    public StopSignals() => _registrations =
    [
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => On(signal, 15)),
        PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => On(signal, 2)),
        PosixSignalRegistration.Create(PosixSignal.SIGQUIT, signal => On(signal, 3)),
    ];

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Stop => _stop.Token;

    /// <summary>The number of the first signal; 0 while there was none.</summary>
    public int First => Volatile.Read(ref _number);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var registration in _registrations)
            registration.Dispose();
        _stop.Dispose();
    }

    private void On(PosixSignalContext signal, int number)
    {
        signal.Cancel = true;
        if (Interlocked.CompareExchange(ref _number, number, 0) == 0)
        {
            // Whoever waits for the token runs on another thread: a second signal must find this one free.
            _ = _stop.CancelAsync();
            return;
        }

        Console.Error.WriteLine("stopped at once by a second signal");
        Environment.Exit(Commands.ExitCode.Signalled + number);
    }
}
