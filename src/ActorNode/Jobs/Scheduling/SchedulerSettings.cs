using ActorNode.Configuration;

namespace ActorNode.Jobs.Scheduling;

/// <summary>Settings of the scheduler: the section <c>actornode.jobs.scheduler</c>.</summary>
public sealed record SchedulerSettings : ISettingsRules
{
    /// <summary>The time zone of schedules that name none: a name of the IANA database, UTC, or local.</summary>
    public string TimeZone { get; init; } = "local";

    /// <summary>A tick that could not be sent for so long after its time was missed, and the schedule's policy for missed ones applies.</summary>
    [InRange("1 s", "1 d")]
    public TimeSpan MissedAfter { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The most missed ticks of one schedule that are made up for at once; older ones are dropped.</summary>
    [InRange("1", "100000")]
    public int MaxMissed { get; init; } = 100;

    /// <summary>A tick that its job did not answer for so long is sent again.</summary>
    [InRange("10 ms", "1 h")]
    public TimeSpan AnswerTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Wait before a tick is sent again that its job could not take; doubles with each further time.</summary>
    [InRange("1 ms", "1 h")]
    public TimeSpan MinBackoff { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest wait before it is sent again.</summary>
    [InRange("1 ms", "1 d")]
    public TimeSpan MaxBackoff { get; init; } = TimeSpan.FromMinutes(1);

    /// <inheritdoc/>
    public IEnumerable<(string Key, string Rule)> Problems()
    {
        if (TimeZones.Find(TimeZone) is null)
            yield return ("time-zone", "is no time zone of this machine");
        if (MinBackoff > MaxBackoff)
            yield return ("min-backoff", "is longer than max-backoff");
    }
}
