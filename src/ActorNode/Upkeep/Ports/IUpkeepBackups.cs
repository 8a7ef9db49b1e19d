using System.Collections.Immutable;
using ActorNode.Protocol.Upkeep;

namespace ActorNode.Upkeep;

/// <summary>What an <see cref="IUpkeepStore"/> with backups tells of them. Thread-safe.</summary>
public interface IUpkeepBackups
{
    /// <summary>Every backup, as it is now.</summary>
    ImmutableArray<BackupStatus> Backups { get; }

    /// <summary>Raised, on any thread, when a backup fell behind or caught up. Handlers return at once and do not throw.</summary>
    event Action<BackupStatus>? BackupChanged;
}
