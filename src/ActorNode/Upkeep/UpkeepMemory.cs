using System.Collections.Immutable;
using ActorNode.Protocol.Upkeep;
using Akka.Actor;

namespace ActorNode.Upkeep;

/// <summary>What outlives restarts of upkeep's actors, but not the process. Touched on the upkeep actor's turns only, except where its types say otherwise.</summary>
internal sealed class UpkeepMemory
{
    public UpkeepMemory(UpkeepContext context)
    {
        Since = context.Clock.GetUtcNow();
        Loop = LoopState.Starting(LoopPlan.Of(context));
        Events = new EventMemory(context.Settings.Events);
        Targets = [.. WriterTarget.Of(context)];
        Writers = Targets.ToImmutableDictionary(t => t.Name, t => new WriterState(t.Name, t.Critical));
        Sweeps = new SingleFlight(token => context.Ports.Sweeper!.RegenerateAndBroadcastSpendIfNecessaryAsync(token));
        Prunes = new SingleFlight(_ =>
        {
            // By a clock that is not set everything or nothing would be stale.
            if (UnixTime.Of(context.Clock.GetUtcNow()) is { } since)
                context.Ports.GossipSync!.PrunableNetworkGraph?.RemoveStaleChannelsAndTrackingWithTime((ulong)since.TotalSeconds);
            return Task.CompletedTask;
        });
    }

    public UpkeepState State { get; set; } = UpkeepState.Starting;

    public DateTimeOffset Since { get; set; }

    public long Restarts { get; set; }

    /// <summary>Restarts since the last time that the loop was stable.</summary>
    public int RestartsInARow { get; set; }

    public DateTimeOffset LoopStarted { get; set; }

    public string? LastError { get; set; }

    /// <summary>The last state that the loop told.</summary>
    public LoopState Loop { get; set; }

    /// <summary>The pump's.</summary>
    public EventMemory Events { get; }

    public ImmutableArray<WriterTarget> Targets { get; }

    /// <summary>The last states that the writers told.</summary>
    public ImmutableDictionary<string, WriterState> Writers { get; set; }

    public SingleFlight Sweeps { get; }

    public SingleFlight Prunes { get; }

    public ClockGuardActor.Slept Slept { get; set; } = new(0, TimeSpan.Zero);

    public DateTimeOffset? LastResumed { get; set; }

    public ImmutableSortedDictionary<string, BackupStatus> Backups { get; set; } = ImmutableSortedDictionary<string, BackupStatus>.Empty;

    public List<IActorRef> StopAskers { get; } = [];

    public List<IActorRef> CompletionWatchers { get; } = [];

    /// <summary>How it ended; null: it did not.</summary>
    public UpkeepReplies.Stopped? Result { get; set; }
}
