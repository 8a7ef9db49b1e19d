namespace ActorNode.Services;

/// <summary>
/// Work that runs beside everything else for as long as the node does, or until it is done. Implement one of the two forms of start, not
/// both. It may return at any time; what a return, and what an exception, means is the service's <see cref="ServiceOptions"/>.
/// <para>
/// Ordering: one run at a time, never two at once; each run is a new instance, which is disposed after it when it is disposable. It runs
/// on threads of its own and may block them: nobody else waits for it.
/// </para>
/// </summary>
public interface IBackgroundService
{
    /// <summary>The plain form: the service is ready as soon as it is started. Returns when it is done or told to stop.</summary>
    Task StartAsync(ShutdownWatch shutdown) => Task.CompletedTask;

    /// <summary>The form with a ready notifier: dependents wait until the service says that it is ready.</summary>
    Task StartWithReadyNotifierAsync(ShutdownWatch shutdown, IReadyNotifier ready)
    {
        ready.NotifyReady();
        return StartAsync(shutdown);
    }
}

/// <summary>How a running service says that it is ready, or is not for a while. Thread-safe; each call as often as it likes.</summary>
public interface IReadyNotifier
{
    /// <summary>The service works. Dependents that wait for it start, and those that lost it are told.</summary>
    void NotifyReady();

    /// <summary>The service cannot do its work now and tries on by itself. Dependents are told; nobody is stopped.</summary>
    void NotifyUnready(string reason);
}

/// <summary>A background service that wants to know of its dependencies while it runs.</summary>
public interface IDependencyObserver
{
    /// <summary>
    /// A dependency is lost or back. Called on the service's own threads, in order; a service that blocks all of them hears of it later.
    /// </summary>
    void DependencyChanged(string dependency, bool ready);
}
