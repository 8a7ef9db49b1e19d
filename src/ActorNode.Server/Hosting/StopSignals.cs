using System.Runtime.InteropServices;
using ActorNode.Server.Commands;

namespace ActorNode.Server.Hosting;

/// <summary>
/// SIGTERM, Ctrl-C and SIGQUIT: the first one asks the process to stop in order. The second one tells services to end at once and ends the
/// process when they have, or when the time of <see cref="FastStop"/> is over; a third one does not wait for them. Data are safe either way,
/// since what was acknowledged is durable.
/// </summary>
internal sealed class StopSignals : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly PosixSignalRegistration[] _registrations;
    private readonly Action<int> _exit;
    private int _count;
    private int _first;
    private int _second;

    public StopSignals()
        : this(Environment.Exit) => _registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => On(signal, 15)),
            PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => On(signal, 2)),
            PosixSignalRegistration.Create(PosixSignal.SIGQUIT, signal => On(signal, 3)),
        ];

    /// <summary>Without signals of its own: <see cref="Receive"/> brings them.</summary>
    /// <param name="exit">Ends the process with this code.</param>
    internal StopSignals(Action<int> exit)
    {
        _registrations = [];
        _exit = exit;
    }

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Stop => _stop.Token;

    /// <summary>What a second signal does before the process ends.</summary>
    public FastStop Fast { get; } = new();

    /// <summary>What the process ends with, after a command ended with this code.</summary>
    public int ExitCodeAfter(int code)
    {
        // A node that was told to stop once did so; any other command was interrupted before it was done.
        var by = Volatile.Read(ref _second) is > 0 and var second ? second : code == ExitCode.Failed ? Volatile.Read(ref _first) : 0;
        return by > 0 ? ExitCode.Signalled + by : code;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var registration in _registrations)
            registration.Dispose();
        _stop.Dispose();
    }

    /// <summary>A signal came. Returns soon, so that the next one can.</summary>
    internal void Receive(int number)
    {
        switch (Interlocked.Increment(ref _count))
        {
            case 1:
                Volatile.Write(ref _first, number);
                // Whoever waits for the token runs on another thread: a second signal must find this one free.
                _ = _stop.CancelAsync();
                break;
            case 2:
                Volatile.Write(ref _second, number);
                Console.Error.WriteLine("a second signal: services end at once, and the process with them");
                _ = EndAsync(number);
                break;
            default:
                Console.Error.WriteLine("stopped at once by a third signal");
                _exit(ExitCode.Signalled + number);
                break;
        }
    }

    private async Task EndAsync(int number)
    {
        await Fast.RunAsync();
        _exit(ExitCode.Signalled + number);
    }

    private void On(PosixSignalContext signal, int number)
    {
        signal.Cancel = true;
        Receive(number);
    }
}
