namespace ActorNode.Jobs.Scheduling;

/// <summary>What a scheduler's actor keeps over its restarts. Of one actor at a time.</summary>
internal sealed class SchedulerMemory(SchedulerSettings settings)
{
    public bool Started { get; set; }

    public TickBook Book { get; } = new(settings);
}
