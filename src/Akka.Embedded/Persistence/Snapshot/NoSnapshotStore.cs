#pragma warning disable SYSLIB0051 // Newtonsoft.Json, serializer 1, rebuilds exceptions through this constructor
using System.Runtime.Serialization;

namespace Akka.Persistence.Snapshot;

/// <summary>Stands in where no snapshot store is configured: recoveries find no snapshot, and nothing can be saved or deleted.</summary>
public sealed class NoSnapshotStore : SnapshotStore
{
    protected override Task<SelectedSnapshot?> LoadAsync(string persistenceId, SnapshotSelectionCriteria criteria) =>
        Task.FromResult<SelectedSnapshot?>(null);

    protected override Task SaveAsync(SnapshotMetadata metadata, object snapshot) => Missing();

    protected override Task DeleteAsync(SnapshotMetadata metadata) => Missing();

    protected override Task DeleteAsync(string persistenceId, SnapshotSelectionCriteria criteria) => Missing();

    private static Task Missing() => Task.FromException(new NoSnapshotStoreException(
        "No snapshot store is configured: akka.persistence.snapshot-store.plugin must name one by the path of its settings"));

    public class NoSnapshotStoreException : Exception
    {
        public NoSnapshotStoreException()
        {
        }

        public NoSnapshotStoreException(string message) : base(message)
        {
        }

        public NoSnapshotStoreException(string message, Exception innerException) : base(message, innerException)
        {
        }

        protected NoSnapshotStoreException(SerializationInfo info, StreamingContext context) : base(info, context)
        {
        }
    }
}
