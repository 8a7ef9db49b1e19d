namespace Akka.Actor;

/// <summary>
/// Sends the outcome of a task as a message: the result as it is, an exception as <see cref="Status.Failure"/>, each unless a
/// function maps it. A task without a result sends nothing on success unless <c>success</c> is given.
/// </summary>
public static class PipeToSupport
{
    public static Task PipeTo<T>(this Task<T> taskToPipe, ICanTell recipient, IActorRef? sender = null, Func<T, object>? success = null,
        Func<Exception, object>? failure = null) => taskToPipe.PipeTo(recipient, false, sender, success, failure);

    public static async Task PipeTo<T>(this Task<T> taskToPipe, ICanTell recipient, bool useConfigureAwait, IActorRef? sender = null,
        Func<T, object>? success = null, Func<Exception, object>? failure = null)
    {
        try
        {
            var result = await taskToPipe.ConfigureAwait(useConfigureAwait);
            recipient.Tell(success is null ? result! : success(result), sender!);
        }
        catch (Exception e)
        {
            Fail(e, recipient, sender, failure);
        }
    }

    public static Task PipeTo(this Task taskToPipe, ICanTell recipient, IActorRef? sender = null, Func<object>? success = null,
        Func<Exception, object>? failure = null) => taskToPipe.PipeTo(recipient, false, sender, success, failure);

    public static async Task PipeTo(this Task taskToPipe, ICanTell recipient, bool useConfigureAwait, IActorRef? sender = null,
        Func<object>? success = null, Func<Exception, object>? failure = null)
    {
        try
        {
            await taskToPipe.ConfigureAwait(useConfigureAwait);
            if (success is not null)
                recipient.Tell(success(), sender!);
        }
        catch (Exception e)
        {
            Fail(e, recipient, sender, failure);
        }
    }

    public static Task PipeTo<T>(this ValueTask<T> taskToPipe, ICanTell recipient, IActorRef? sender = null, Func<T, object>? success = null,
        Func<Exception, object>? failure = null) => taskToPipe.PipeTo(recipient, false, sender, success, failure);

    public static Task PipeTo<T>(this ValueTask<T> taskToPipe, ICanTell recipient, bool useConfigureAwait, IActorRef? sender = null,
        Func<T, object>? success = null, Func<Exception, object>? failure = null) =>
        taskToPipe.AsTask().PipeTo(recipient, useConfigureAwait, sender, success, failure);

    public static Task PipeTo(this ValueTask taskToPipe, ICanTell recipient, IActorRef? sender = null, Func<object>? success = null,
        Func<Exception, object>? failure = null) => taskToPipe.PipeTo(recipient, false, sender, success, failure);

    public static Task PipeTo(this ValueTask taskToPipe, ICanTell recipient, bool useConfigureAwait, IActorRef? sender = null,
        Func<object>? success = null, Func<Exception, object>? failure = null) =>
        taskToPipe.AsTask().PipeTo(recipient, useConfigureAwait, sender, success, failure);

    private static void Fail(Exception cause, ICanTell recipient, IActorRef? sender, Func<Exception, object>? failure) =>
        recipient.Tell(failure is null ? new Status.Failure(cause) : failure(cause), sender!);
}
