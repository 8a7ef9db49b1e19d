using System.Collections.Immutable;
using Akka.Actor;
using Akka.Pattern;

namespace Akka.Persistence.Journal;

/// <summary>Reads of a journal.</summary>
public interface IAsyncRecovery
{
    /// <summary>
    /// Calls back with the events of the range in order, at most <paramref name="max"/>. The task ends when all have been handed over.
    /// </summary>
    Task ReplayMessagesAsync(IActorContext context, string persistenceId, long fromSequenceNr, long toSequenceNr, long max,
        Action<IPersistentRepresentation> recoveryCallback);

    /// <summary>The highest sequence number ever stored, deleted events included; 0 for none.</summary>
    Task<long> ReadHighestSequenceNrAsync(string persistenceId, long fromSequenceNr);
}

/// <summary>
/// Base of journals. Requests are taken one after the other and served concurrently: the next write is handed to the store while
/// earlier ones are still being written. Answers go out in the order of the requests. Calls of the store pass a circuit breaker.
/// </summary>
public abstract class AsyncWriteJournal : WriteJournalBase, IAsyncRecovery
{
    protected readonly bool CanPublish;

    private readonly CircuitBreaker _breaker;
    private readonly ReplayFilterSettings _replayFilter;
    private readonly WriteOrder _order;

    protected AsyncWriteJournal()
    {
        var extension = Persistence.Instance.Apply(Context.System);
        var config = extension.PluginOf(Self).Config;
        CanPublish = extension.Settings.Internal.PublishPluginCommands;
        _breaker = CircuitBreaker.Create(Context.System.Scheduler, config.GetInt("circuit-breaker.max-failures"),
            config.GetTimeSpan("circuit-breaker.call-timeout"), config.GetTimeSpan("circuit-breaker.reset-timeout"));
        _replayFilter = ReplayFilterSettings.From(config);
        _order = new WriteOrder(Self);
    }

    internal CircuitBreaker Breaker => _breaker;

    public abstract Task ReplayMessagesAsync(IActorContext context, string persistenceId, long fromSequenceNr, long toSequenceNr, long max,
        Action<IPersistentRepresentation> recoveryCallback);

    public abstract Task<long> ReadHighestSequenceNrAsync(string persistenceId, long fromSequenceNr);

    /// <summary>
    /// Stores the writes in order, each one all or none. The task ends when all of them are stored for good; it fails when that is not
    /// known. Its result names those that were refused: for each write an exception or null; null altogether when none was refused.
    /// Called again before the task of an earlier call has ended.
    /// </summary>
#nullable disable // implementers may write it with or without nulls, as the real one lets them
    protected abstract Task<IImmutableList<Exception>> WriteMessagesAsync(IEnumerable<AtomicWrite> messages);
#nullable restore

    /// <summary>Deletes the events up to and with the number. The highest sequence number stays known.</summary>
    protected abstract Task DeleteMessagesToAsync(string persistenceId, long toSequenceNr);

    /// <summary>Handles messages of the plugin's own.</summary>
    protected virtual bool ReceivePluginInternal(object message) => false;

    protected sealed override bool Receive(object message) => ReceiveWriteJournal(message) || ReceivePluginInternal(message);

    protected bool ReceiveWriteJournal(object message)
    {
        switch (message)
        {
            case WriteMessages write:
                HandleWrite(write);
                return true;
            case ReplayMessages replay:
                _ = HandleReplay(replay, Context);
                return true;
            case DeleteMessagesTo delete:
                _ = HandleDelete(delete, Context);
                return true;
            default:
                return false;
        }
    }

    /// <summary>The one exception inside an <see cref="AggregateException"/>, else the exception itself.</summary>
    protected static Exception TryUnwrapException(Exception e) =>
        e is AggregateException aggregate && aggregate.Flatten() is { InnerExceptions: [var only] } ? only : e;

    /// <summary>
    /// Stores what a request asks for. A journal that gathers the requests of many actors into one transaction overrides this instead of
    /// having <see cref="WriteMessagesAsync"/> called: it must not block, and complete the request later.
    /// </summary>
    internal virtual void Write(PendingWrite write)
    {
        Task<IImmutableList<Exception>?> written;
        try
        {
            written = _breaker.WithCircuitBreaker((self: this, write), static call => call.self.WriteMessagesAsync(call.write.Writes));
        }
        catch (Exception e)
        {
            written = Task.FromException<IImmutableList<Exception>?>(e);
        }

        if (written.IsCompleted)
            Complete(write, written);
        else
            written.ContinueWith(static (ended, state) => Complete((PendingWrite)state!, ended), write, CancellationToken.None,
                TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private static void Complete(PendingWrite write, Task<IImmutableList<Exception>?> written)
    {
        if (written.IsCompletedSuccessfully)
            write.Succeed(written.Result);
        else
            write.Fail(Cause(written, "The write was cancelled"));
    }

    private static Exception Cause(Task task, string cancelled) =>
        task.IsFaulted ? TryUnwrapException(task.Exception) : new OperationCanceledException(cancelled);

    private void HandleWrite(WriteMessages request)
    {
        IReadOnlyList<AtomicWrite>? prepared = null;
        Exception? refused = null;
        try
        {
            prepared = Prepare(request);
        }
        catch (Exception e)
        {
            // An adapter failed, the store has not been touched.
            refused = e;
        }

        var write = new PendingWrite(request, prepared ?? [], _order);
        _order.Add(write);
        if (refused is not null)
            write.Reject(refused, request.Messages.Count(envelope => envelope is AtomicWrite));
        else if (prepared!.Count == 0)
            write.Succeed();
        else
            Write(write);
    }

    private async Task HandleReplay(ReplayMessages request, IActorContext context)
    {
        var stream = context.System.EventStream;
        var sink = new ReplaySink(request, Self);
        var filter = _replayFilter.NewFilter(sink.Add, context.System.Log);
        try
        {
            var from = Math.Max(0L, request.FromSequenceNr - 1);
            var highest = await _breaker.WithCircuitBreaker((self: this, request.PersistenceId, from),
                static call => call.self.ReadHighestSequenceNrAsync(call.PersistenceId, call.from)).ConfigureAwait(false);
            var to = Math.Min(request.ToSequenceNr, highest);
            if (highest != 0 && request.FromSequenceNr <= to)
            {
                await ReplayMessagesAsync(context, request.PersistenceId, request.FromSequenceNr, to, request.Max, filter is null
                    ? stored => Adapt(stored, sink.Add)
                    : stored => Adapt(stored, filter.Add)).ConfigureAwait(false);
            }

            filter?.Finish();
            if (filter?.Failure is { } failure)
                sink.Fail(failure);
            else
                sink.Succeed(highest);
            if (CanPublish)
                stream.Publish(request);
        }
        catch (Exception e)
        {
            filter?.Finish();
            sink.Fail(TryUnwrapException(e));
        }
    }

    private void Adapt(IPersistentRepresentation stored, Action<IPersistentRepresentation> next)
    {
        if (stored.IsDeleted)
            return;
        if (AdaptsNothing)
        {
            next(stored);
            return;
        }

        foreach (var adapted in AdaptFromJournal(stored))
            next(adapted);
    }

    private async Task HandleDelete(DeleteMessagesTo request, IActorContext context)
    {
        var (stream, self) = (context.System.EventStream, Self);
        try
        {
            await _breaker.WithCircuitBreaker((self: this, request),
                static call => call.self.DeleteMessagesToAsync(call.request.PersistenceId, call.request.ToSequenceNr)).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            request.PersistentActor.Tell(new DeleteMessagesFailure(TryUnwrapException(e), request.ToSequenceNr), self);
            return;
        }

        request.PersistentActor.Tell(new DeleteMessagesSuccess(request.ToSequenceNr), self);
        if (CanPublish)
            stream.Publish(request);
    }
}
