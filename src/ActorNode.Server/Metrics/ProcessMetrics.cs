using System.Buffers;
using System.Diagnostics;

namespace ActorNode.Server.Metrics;

/// <summary>The metrics of the process that every Prometheus client has, under their usual names.</summary>
internal static class ProcessMetrics
{
    private const string OpenFiles = "/proc/self/fd";
    private static readonly double Started = StartedAt();

    public static void Write(IBufferWriter<byte> to)
    {
        if (!OperatingSystem.IsBrowser() && !OperatingSystem.IsIOS() && !OperatingSystem.IsTvOS())
        {
            PrometheusText.Write(to, "process_cpu_seconds_total", "User and system CPU time spent", MetricKind.Counter, Environment.CpuUsage.TotalTime.TotalSeconds);
        }

        PrometheusText.Write(to, "process_resident_memory_bytes", "Resident memory", MetricKind.Gauge, Environment.WorkingSet);
        PrometheusText.Write(to, "process_start_time_seconds", "Start of the process since the Unix epoch", MetricKind.Gauge, Started);
        if (Directory.Exists(OpenFiles))
            PrometheusText.Write(to, "process_open_fds", "Open file descriptors", MetricKind.Gauge, Directory.EnumerateFileSystemEntries(OpenFiles).Count());
    }

    private static double StartedAt()
    {
        using var process = Process.GetCurrentProcess();
        return (process.StartTime.ToUniversalTime() - DateTime.UnixEpoch).TotalSeconds;
    }
}
