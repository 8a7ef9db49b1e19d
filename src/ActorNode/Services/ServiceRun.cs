using ActorNode.Protocol.Services;
using Akka.Actor;
using Akka.Event;

namespace ActorNode.Services;

/// <summary>
/// One run of a background service, from the making of its instance to its disposal, on the service's threads. Everything that becomes of
/// it is told to its actor, with the run's number.
/// </summary>
internal sealed class ServiceRun(int number, IActorRef actor, TaskScheduler threads, ILoggingAdapter log) : IReadyNotifier
{
    private readonly ShutdownWatch _shutdown = new();
    private volatile IBackgroundService? _service;

    public void Start(Func<IBackgroundService> create) => Task.Factory
        .StartNew(() => RunAsync(create), CancellationToken.None, TaskCreationOptions.DenyChildAttach, threads)
        .Unwrap()
        .PipeTo(actor, actor, success: () => new LifeInput.RunEnded(number, null), failure: Failed);

    /// <summary>Passes a request to end on.</summary>
    public void Stop(ShutdownRequest request) => Observe(_shutdown.SetAsync(request), "A shutdown callback of service {0} failed");

    /// <summary>Tells the service of a lost or regained dependency.</summary>
    public void DependencyChanged(string dependency, bool ready) => Observe(
        Task.Factory.StartNew(
            () => (_service as IDependencyObserver)?.DependencyChanged(dependency, ready), CancellationToken.None, TaskCreationOptions.DenyChildAttach, threads),
        "Service {0} failed to take note of a dependency");

    /// <inheritdoc/>
    public void NotifyReady() => actor.Tell(new LifeInput.Ready(number), actor);

    /// <inheritdoc/>
    public void NotifyUnready(string reason) => actor.Tell(new LifeInput.Unready(number, reason), actor);

    private async Task RunAsync(Func<IBackgroundService> create)
    {
        var service = create();
        _service = service;
        try
        {
            await service.StartWithReadyNotifierAsync(_shutdown, this);
        }
        finally
        {
            _service = null;
            if (service is IAsyncDisposable asynchronous)
                await asynchronous.DisposeAsync();
            else
                (service as IDisposable)?.Dispose();
        }
    }

    private static string MessageOf(Exception error) => error.Message.Length > 0 ? error.Message : error.GetType().Name;

    private LifeInput.RunEnded Failed(Exception error)
    {
        var cause = error is AggregateException { InnerExceptions: [var only] } ? only : error;
        var cancelled = cause is OperationCanceledException;
        if (!cancelled || !_shutdown.Token.IsCancellationRequested)
            log.Error(cause, "Run {0} of service {1} failed", number, actor.Path.Name);
        return new LifeInput.RunEnded(number, MessageOf(cause), cancelled);
    }

    private void Observe(Task task, string problem) => task.ContinueWith(
        failed => log.Error(failed.Exception!, problem, actor.Path.Name),
        CancellationToken.None,
        TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
        TaskScheduler.Default);
}
