using System.Diagnostics;

namespace ActorNode.Tests.Upkeep.Store;

/// <summary>Waits for what no event tells of.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>Returns once it holds; fails after a minute.</summary>
    public static async Task TrueAsync(Func<Task<bool>> holds)
    {
        var began = Stopwatch.GetTimestamp();
        while (!await holds())
        {
            if (Stopwatch.GetElapsedTime(began) > Patience)
                throw new TimeoutException("It did not become true.");
            await Task.Delay(10);
        }
    }

    /// <summary>Returns once it holds; fails after a minute.</summary>
    public static Task TrueAsync(Func<bool> holds) => TrueAsync(() => Task.FromResult(holds()));
}
