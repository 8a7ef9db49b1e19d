using Akka.Actor;
using Akka.Event;
using Akka.Pattern;

namespace Akka.Persistence.Snapshot;

/// <summary>Base of snapshot stores. Calls of the store pass a circuit breaker and run concurrently.</summary>
public abstract class SnapshotStore : ActorBase
{
    private readonly CircuitBreaker _breaker;
    private readonly bool _publish;

    protected SnapshotStore()
    {
        var extension = Persistence.Instance.Apply(Context.System);
        var config = extension.PluginOf(Self).Config;
        _publish = extension.Settings.Internal.PublishPluginCommands;
        _breaker = CircuitBreaker.Create(Context.System.Scheduler, config.GetInt("circuit-breaker.max-failures"),
            config.GetTimeSpan("circuit-breaker.call-timeout"), config.GetTimeSpan("circuit-breaker.reset-timeout"));
    }

    /// <summary>The newest snapshot that matches; null for none.</summary>
#nullable disable // implementers may write it with or without nulls, as the real one lets them
    protected abstract Task<SelectedSnapshot> LoadAsync(string persistenceId, SnapshotSelectionCriteria criteria);
#nullable restore

    /// <summary>Stores a snapshot, over one with the same sequence number.</summary>
    protected abstract Task SaveAsync(SnapshotMetadata metadata, object snapshot);

    /// <summary>Deletes one snapshot; of any timestamp when the metadata has none.</summary>
    protected abstract Task DeleteAsync(SnapshotMetadata metadata);

    protected abstract Task DeleteAsync(string persistenceId, SnapshotSelectionCriteria criteria);

    /// <summary>Handles messages of the plugin's own, and sees the outcome of what was saved or deleted before the asker does.</summary>
    protected virtual bool ReceivePluginInternal(object message) => false;

    protected sealed override bool Receive(object message)
    {
        switch (message)
        {
            case LoadSnapshot load:
                Load(load).PipeTo(Sender, Self);
                return true;
            case SaveSnapshot save:
                Save(save).PipeTo(Self, Sender);
                return true;
            case DeleteSnapshot delete:
                Delete(delete, Context.System.EventStream).PipeTo(Self, Sender);
                return true;
            case DeleteSnapshots delete:
                Delete(delete, Context.System.EventStream).PipeTo(Self, Sender);
                return true;
            case SaveSnapshotFailure failure:
                _ = Undo(failure, Context.GetLogger());
                PassOn(message);
                return true;
            case SaveSnapshotSuccess or DeleteSnapshotSuccess or DeleteSnapshotFailure or DeleteSnapshotsSuccess or DeleteSnapshotsFailure:
                PassOn(message);
                return true;
            default:
                return ReceivePluginInternal(message);
        }
    }

    private async Task<ISnapshotResponse> Load(LoadSnapshot request)
    {
        if (request.Criteria.Equals(SnapshotSelectionCriteria.None))
            return new LoadSnapshotResult(null, request.ToSequenceNr);
        try
        {
            var criteria = request.Criteria.Limit(request.ToSequenceNr);
            var found = await _breaker.WithCircuitBreaker((self: this, request.PersistenceId, criteria),
                static call => call.self.LoadAsync(call.PersistenceId, call.criteria)).ConfigureAwait(false);
            return new LoadSnapshotResult(found, request.ToSequenceNr);
        }
        catch (Exception e)
        {
            return new LoadSnapshotFailed(e);
        }
    }

    private async Task<ISnapshotResponse> Save(SaveSnapshot request)
    {
        var given = request.Metadata;
        var metadata = given.Timestamp == DateTime.MinValue ? new SnapshotMetadata(given.PersistenceId, given.SequenceNr, DateTime.UtcNow) : given;
        try
        {
            await _breaker.WithCircuitBreaker((self: this, metadata, request.Snapshot),
                static call => call.self.SaveAsync(call.metadata, call.Snapshot)).ConfigureAwait(false);
            return new SaveSnapshotSuccess(metadata);
        }
        catch (Exception e)
        {
            return new SaveSnapshotFailure(given, e);
        }
    }

    private async Task<ISnapshotResponse> Delete(DeleteSnapshot request, EventStream stream)
    {
        try
        {
            await _breaker.WithCircuitBreaker((self: this, request.Metadata), static call => call.self.DeleteAsync(call.Metadata)).ConfigureAwait(false);
            Publish(request, stream);
            return new DeleteSnapshotSuccess(request.Metadata);
        }
        catch (Exception e)
        {
            return new DeleteSnapshotFailure(request.Metadata, e);
        }
    }

    private async Task<ISnapshotResponse> Delete(DeleteSnapshots request, EventStream stream)
    {
        try
        {
            await _breaker.WithCircuitBreaker((self: this, request.PersistenceId, request.Criteria),
                static call => call.self.DeleteAsync(call.PersistenceId, call.Criteria)).ConfigureAwait(false);
            Publish(request, stream);
            return new DeleteSnapshotsSuccess(request.Criteria);
        }
        catch (Exception e)
        {
            return new DeleteSnapshotsFailure(request.Criteria, e);
        }
    }

    /// <summary>A snapshot that could not be saved may be there in part.</summary>
    private async Task Undo(SaveSnapshotFailure failure, ILoggingAdapter log)
    {
        try
        {
            await _breaker.WithCircuitBreaker((self: this, failure.Metadata), static call => call.self.DeleteAsync(call.Metadata)).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            log.Warning(e, "What is left of {Snapshot}, which could not be saved, could not be deleted", failure.Metadata);
        }
    }

    private void PassOn(object message)
    {
        try
        {
            ReceivePluginInternal(message);
        }
        finally
        {
            Sender.Tell(message, Self);
        }
    }

    private void Publish(ISnapshotRequest request, EventStream stream)
    {
        if (_publish)
            stream.Publish(request);
    }
}
