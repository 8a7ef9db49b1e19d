using System.Diagnostics;
using System.Runtime.InteropServices;

namespace ActorNode.Benchmarks.Journal;

/// <summary>
/// Waits shorter than <see cref="Thread.Sleep(int)"/> can. A loop that spins until it is time would take one of the machine's two cores away
/// from what is measured, and be put aside itself for whole time slices.
/// </summary>
internal static class Pause
{
    private const long NanosecondsPerSecond = 1_000_000_000;

    /// <summary>Returns at, or some 50 us after, a time of <see cref="Stopwatch.GetTimestamp"/>.</summary>
    public static void Until(long due)
    {
        while (due - Stopwatch.GetTimestamp() is > 0 and var left)
        {
            if (OperatingSystem.IsLinux())
                _ = Sleep(new Timespec(0, Math.Min(left * NanosecondsPerSecond / Stopwatch.Frequency, NanosecondsPerSecond - 1)), 0);
            else
                Thread.Sleep(0);
        }
    }

    [DllImport("libc", EntryPoint = "nanosleep"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Sleep(in Timespec time, nint left);

    private readonly record struct Timespec(long Seconds, long Nanoseconds);
}
