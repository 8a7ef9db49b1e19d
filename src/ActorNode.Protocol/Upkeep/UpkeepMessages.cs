namespace ActorNode.Protocol.Upkeep;

/// <summary>What is told to the upkeep actor.</summary>
public static class UpkeepCommands
{
    /// <summary>
    /// Persist the last things and end; overtakes queued work. Reply: <see cref="UpkeepReplies.Stopped"/>, the same to everybody who asks.
    /// </summary>
    public sealed class Stop
    {
        /// <summary>The only one.</summary>
        public static readonly Stop Instance = new();

        private Stop()
        {
        }
    }

    /// <summary>
    /// Tell the sender when upkeep has ended, by a stop or given up; at once when it has. Reply: <see cref="UpkeepReplies.Stopped"/>.
    /// </summary>
    public sealed class WatchCompletion
    {
        /// <summary>The only one.</summary>
        public static readonly WatchCompletion Instance = new();

        private WatchCompletion()
        {
        }
    }

    /// <summary>
    /// Hand a parked event to the handler again. Reply: <see cref="UpkeepReplies.EventHandled"/> or <see cref="UpkeepReplies.Refused"/>; a
    /// refused event stays parked.
    /// </summary>
    public sealed record RetryParked(string Id);

    /// <summary>Forget a parked event for ever. Reply: <see cref="UpkeepReplies.EventDropped"/> or <see cref="UpkeepReplies.Refused"/>.</summary>
    public sealed record DropParked(string Id);
}

/// <summary>What the upkeep actor is asked. Queries have no effect.</summary>
public static class UpkeepQueries
{
    /// <summary>How everything is. Reply: <see cref="UpkeepStatus"/>.</summary>
    public sealed class GetUpkeep
    {
        /// <summary>The only one.</summary>
        public static readonly GetUpkeep Instance = new();

        private GetUpkeep()
        {
        }
    }
}

/// <summary>What the upkeep actor answers.</summary>
public static class UpkeepReplies
{
    /// <summary>
    /// Upkeep has ended. <paramref name="Error"/> is the first failure of the final sequence, which ended it, or the one at which upkeep was
    /// given up; null: all was persisted.
    /// </summary>
    public sealed record Stopped(string? Error);

    /// <summary>The parked event was handled and is parked no more.</summary>
    public sealed record EventHandled(string Id);

    /// <summary>The parked event is forgotten.</summary>
    public sealed record EventDropped(string Id);

    /// <summary>The command is refused, for the reason given.</summary>
    public sealed record Refused(string Problem);
}

/// <summary>What upkeep publishes on the event stream.</summary>
public static class UpkeepEvents
{
    /// <summary>Upkeep is in another state now.</summary>
    public sealed record StateChanged(UpkeepState State, DateTimeOffset At, string? Error);

    /// <summary>The machine was asleep.</summary>
    public sealed record Resumed(TimeSpan Gap, DateTimeOffset At);

    /// <summary>The handler refused an event too often.</summary>
    public sealed record EventParked(ParkedEvent Event);

    /// <summary>A backup fell behind or caught up.</summary>
    public sealed record BackupChanged(BackupStatus Backup);
}
