using ActorNode.Storage;

namespace ActorNode.Server.Hosting;

/// <summary>Opens the store when a node starts, and waits for a database server that is not there yet.</summary>
internal static class StoreStart
{
    private static readonly TimeSpan MinPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan MaxPause = TimeSpan.FromSeconds(5);

    /// <summary>Tries until the store opens.</summary>
    /// <param name="settings">Which store, and how long to wait for it.</param>
    /// <param name="open">Opens it.</param>
    /// <param name="log">Gets a line for each try that failed.</param>
    /// <param name="clock">The time of the waits.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="StoreOpenException">It cannot be opened, or did not answer in time.</exception>
    public static async Task<INodeStore> OpenAsync(
        StorageSettings settings,
        Func<StorageSettings, CancellationToken, Task<INodeStore>> open,
        ILogger log,
        TimeProvider clock,
        CancellationToken cancellationToken)
    {
        var began = clock.GetTimestamp();
        for (var pause = MinPause; ; pause = pause * 2 < MaxPause ? pause * 2 : MaxPause)
        {
            try
            {
                return await open(settings, cancellationToken);
            }
            catch (StoreUnavailableException unavailable)
            {
                var left = settings.StartTimeout - clock.GetElapsedTime(began);
                if (left <= pause)
                    throw new StoreOpenException($"{unavailable.Message}; gave up after {settings.StartTimeout.TotalSeconds:0} s (actornode.storage.start-timeout)", unavailable);
                log.LogWarning("The database does not answer yet: {Problem}. Trying again for {Left:0} s", unavailable.Message, left.TotalSeconds);
                await Task.Delay(pause, clock, cancellationToken);
            }
        }
    }
}
