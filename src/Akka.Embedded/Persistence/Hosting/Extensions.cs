using System.Data;
using Akka.Configuration;

namespace Akka.Persistence.Hosting;

/// <summary>Which of the two plugins of a store an application uses.</summary>
public enum PersistenceMode
{
    Both,
    SnapshotStore,
    Journal
}

public static class Extensions
{
    public static string ToHocon(this IsolationLevel? level) => (level ?? IsolationLevel.Unspecified).ToHocon();

    /// <summary>The level as the settings of database plugins name it.</summary>
    public static string ToHocon(this IsolationLevel level) => level switch
    {
        IsolationLevel.Unspecified => "unspecified",
        IsolationLevel.ReadCommitted => "read-committed",
        IsolationLevel.ReadUncommitted => "read-uncommitted",
        IsolationLevel.RepeatableRead => "repeatable-read",
        IsolationLevel.Serializable => "serializable",
        IsolationLevel.Snapshot => "snapshot",
        IsolationLevel.Chaos => "chaos",
        _ => throw new ConfigurationException($"There is no isolation level {level}")
    };
}
