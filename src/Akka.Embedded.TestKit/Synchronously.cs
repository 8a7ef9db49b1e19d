using System.Diagnostics;

namespace Akka.TestKit;

/// <summary>
/// The synchronous forms share their code with the asynchronous ones: with <c>async: false</c> every step blocks the caller's thread
/// instead of awaiting, so the task has ended when it is returned and no pool thread is ever needed.
/// </summary>
internal static class Synchronously
{
    public static T Result<T>(this ValueTask<T> ended)
    {
        Debug.Assert(ended.IsCompleted);
        return ended.GetAwaiter().GetResult();
    }

    public static void Done(this ValueTask ended)
    {
        Debug.Assert(ended.IsCompleted);
        ended.GetAwaiter().GetResult();
    }

    public static async ValueTask Pause(bool async, TimeSpan duration, CancellationToken cancellationToken)
    {
        if (async)
            await Task.Delay(duration, cancellationToken);
        else if (cancellationToken.WaitHandle.WaitOne(duration))
            cancellationToken.ThrowIfCancellationRequested();
    }
}
