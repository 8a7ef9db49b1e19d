using System.Diagnostics;

namespace Akka.Actor.Internal;

public interface IChildStats;

/// <summary>How often a child was restarted, and since when it is counted.</summary>
public class ChildRestartStats : IChildStats
{
    public ChildRestartStats(IInternalActorRef child, uint maxNrOfRetriesCount = 0, long restartTimeWindowStartTicks = 0)
    {
        Child = child;
        MaxNrOfRetriesCount = maxNrOfRetriesCount;
        RestartTimeWindowStartTicks = restartTimeWindowStartTicks;
    }

    public long Uid => Child.Path.Uid;

    public IInternalActorRef Child { get; }

    public uint MaxNrOfRetriesCount { get; private set; }

    public long RestartTimeWindowStartTicks { get; private set; }

    /// <summary>
    /// Counts a restart, if it is within the limits. Without a window the limit is for life; without a limit one restart is
    /// allowed in a window. The window opens at a restart; when it has passed, the count begins again.
    /// </summary>
    public bool RequestRestartPermission(int maxNrOfRetries, int withinTimeMilliseconds)
    {
        if (maxNrOfRetries == 0)
            return false;
        var hasWindow = withinTimeMilliseconds > 0;
        if (maxNrOfRetries < 0 && !hasWindow)
            return true;
        if (!hasWindow)
            return ++MaxNrOfRetriesCount <= (uint)maxNrOfRetries;

        var limit = maxNrOfRetries < 0 ? 1u : (uint)maxNrOfRetries;
        var now = Stopwatch.GetTimestamp();
        var opened = RestartTimeWindowStartTicks;
        if (opened == 0 || Stopwatch.GetElapsedTime(opened, now).TotalMilliseconds > withinTimeMilliseconds)
        {
            RestartTimeWindowStartTicks = now;
            MaxNrOfRetriesCount = 1;
            return true;
        }

        return ++MaxNrOfRetriesCount <= limit;
    }
}
