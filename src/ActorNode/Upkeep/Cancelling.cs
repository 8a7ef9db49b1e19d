using Akka.Event;

namespace ActorNode.Upkeep;

/// <summary>Tells the application's code to end.</summary>
internal static class Cancelling
{
    /// <summary>What it does when it hears of that is its own business, and its own thread's: it may throw, and it may block.</summary>
    public static void CancelAside(this CancellationTokenSource source, ILoggingAdapter log) => source.CancelAsync().ContinueWith(
        failed => log.Warning(failed.Exception, "What upkeep told to end failed when it heard of it"),
        CancellationToken.None,
        TaskContinuationOptions.OnlyOnFaulted,
        TaskScheduler.Default);
}
