using Akka.Event;

namespace Akka.Persistence.Sql;

/// <summary>Says once in the log that a database has stopped working, and once that it works again. Safe from any thread.</summary>
/// <param name="warn">Whether a database that has not worked yet is worth a word.</param>
internal sealed class StoreOutage(ILoggingAdapter log, string plugin, bool warn)
{
    private int _state;

    public void Report(Exception failure)
    {
        var before = Interlocked.Exchange(ref _state, Down);
        if (before == Up)
            log.Error(failure, "The database of {0} does not work. Writes fail until it does", plugin);
        else if (before == New && warn)
            log.Warning("The database of {0} cannot be opened: {1}", plugin, failure.Message);
    }

    public void Ended()
    {
        if (Volatile.Read(ref _state) != Up && Interlocked.Exchange(ref _state, Up) == Down)
            log.Info("The database of {0} works", plugin);
    }

    private const int New = 0;
    private const int Up = 1;
    private const int Down = 2;
}
