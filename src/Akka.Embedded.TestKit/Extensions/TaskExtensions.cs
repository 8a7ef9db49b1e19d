using Xunit;
using Xunit.Sdk;

namespace Akka.TestKit.Extensions;

/// <summary>Expectations about tasks. A task that is late goes on; whoever waited for it has failed or was told so.</summary>
public static class TaskExtensions
{
    /// <summary>Whether the task ended in time; throws its failure where it failed.</summary>
    public static async Task<bool> AwaitWithTimeout(this Task parentTask, TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        if (!await EndsWithin(parentTask, timeout, cancellationToken))
            return false;
        await parentTask;
        return true;
    }

    /// <exception cref="TimeoutException">The task has not ended in time.</exception>
    public static Task<T> WithTimeout<T>(this Task<T> parentTask, TimeSpan timeout, CancellationToken cancellationToken = default) =>
        parentTask.WaitAsync(timeout, cancellationToken);

    public static async Task ShouldCompleteWithin(this Task task, TimeSpan timeout, string because = "", params object[] becauseArgs)
    {
        await MustEndWithin(task, timeout, because, becauseArgs);
        await task;
    }

    public static async Task<T> ShouldCompleteWithin<T>(this Task<T> task, TimeSpan timeout, string because = "", params object[] becauseArgs)
    {
        await MustEndWithin(task, timeout, because, becauseArgs);
        return await task;
    }

    public static async Task ShouldCompleteWithin<T>(this Task<T> task, T expected, TimeSpan timeout, string because = "",
        params object[] becauseArgs) =>
        Assert.Equal(expected, await task.ShouldCompleteWithin(timeout, because, becauseArgs));

    /// <summary>The task fails with this very exception.</summary>
    public static async Task ShouldThrowWithin<T>(this Task task, T expected, TimeSpan timeout, string because = "", params object[] becauseArgs)
        where T : Exception =>
        Assert.Equal(expected, await task.ShouldThrowWithin<T>(timeout, because, becauseArgs));

    /// <summary>The task fails with an exception of this type, which it returns.</summary>
    public static async Task<T> ShouldThrowWithin<T>(this Task task, TimeSpan timeout, string because = "", params object[] becauseArgs)
        where T : Exception
    {
        await MustEndWithin(task, timeout, because, becauseArgs);
        return task.Exception?.Flatten().InnerException switch
        {
            T expected => expected,
            null when task.IsCanceled && await Assert.ThrowsAnyAsync<OperationCanceledException>(() => task) is T cancelled => cancelled,
            var other => throw new XunitException(
                $"Expected the task to fail with {typeof(T)}{Because(because, becauseArgs)}, but it {(other is null ? "did not fail so" : $"failed with {other}")}")
        };
    }

    private static async Task MustEndWithin(Task task, TimeSpan timeout, string because, object[] becauseArgs)
    {
        if (!await EndsWithin(task, timeout, default))
            throw new XunitException($"Expected the task to complete within {timeout}{Because(because, becauseArgs)}");
    }

    private static async Task<bool> EndsWithin(Task task, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var delay = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var ended = await Task.WhenAny(task, Task.Delay(timeout, delay.Token)) == task;
        if (!ended)
            cancellationToken.ThrowIfCancellationRequested();
        await delay.CancelAsync();
        return ended;
    }

    private static string Because(string because, object[] becauseArgs) => because.Length == 0
        ? ""
        : " because " + string.Format(System.Globalization.CultureInfo.InvariantCulture, because, becauseArgs);
}
