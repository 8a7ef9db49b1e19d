using System.Text;

namespace Akka.Hosting;

/// <summary>How much of something: all of it, a number of times, or none.</summary>
public enum TriStateValue
{
    All,
    Some,
    None,
}

/// <summary>How dead letters are logged.</summary>
public class DeadLetterOptions
{
    /// <summary>Log each one, the first <see cref="LogCount"/>, or none.</summary>
    public TriStateValue ShouldLog { get; set; } = TriStateValue.Some;

    public int LogCount { get; set; } = 10;

    public bool? LogDuringShutdown { get; set; }

    /// <summary>For how long logging pauses once the count is reached; infinite for good.</summary>
    public TimeSpan? LogSuspendDuration { get; set; }

    /// <summary>As HOCON.</summary>
    public override string ToString()
    {
        var hocon = new StringBuilder("akka.log-dead-letters = ").AppendLine(ShouldLog switch
        {
            TriStateValue.All => "on",
            TriStateValue.None => "off",
            _ => LogCount.ToHocon(),
        });
        if (LogDuringShutdown is { } during)
            hocon.Append("akka.log-dead-letters-during-shutdown = ").AppendLine(during.ToHocon());
        if (LogSuspendDuration is { } pause)
            hocon.Append("akka.log-dead-letters-suspend-duration = ").AppendLine(pause.ToHocon(allowInfinite: true, zeroIsInfinite: true));
        return hocon.ToString();
    }
}
