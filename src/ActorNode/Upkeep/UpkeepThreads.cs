using ActorNode.Services;

namespace ActorNode.Upkeep;

/// <summary>
/// Threads for what upkeep's actors call and must not wait for on their turns. They start with work and end without. A call that never
/// returns keeps one of them and no more.
/// </summary>
internal sealed class UpkeepThreads
{
    private const int Many = 16;

    /// <summary>Where sources hand out their events.</summary>
    private readonly TaskScheduler _sources = new ServiceThreads("upkeep-events", Many);

    /// <summary>The application's handler.</summary>
    private readonly TaskScheduler _handler = new ServiceThreads("upkeep-handler", Many);

    /// <summary>Pruning, sweeping, encoding, writing.</summary>
    private readonly TaskScheduler _work = new ServiceThreads("upkeep-work", Many);

    public Task RunSources(Func<Task> run) => Run(run, _sources);

    public Task<EventResult> RunHandler(Func<Task<EventResult>> run) =>
        Task.Factory.StartNew(run, CancellationToken.None, TaskCreationOptions.None, _handler).Unwrap();

    public Task RunWork(Func<Task> run) => Run(run, _work);

    public Task<T> RunWork<T>(Func<Task<T>> run) => Task.Factory.StartNew(run, CancellationToken.None, TaskCreationOptions.None, _work).Unwrap();

    private static Task Run(Func<Task> run, TaskScheduler scheduler) =>
        Task.Factory.StartNew(run, CancellationToken.None, TaskCreationOptions.None, scheduler).Unwrap();
}
