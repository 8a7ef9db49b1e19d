using System.Diagnostics;

namespace Specs.Shutdown;

/// <summary>How the ends of a process and of its actor system go together. Each test runs a process of its own.</summary>
public sealed class ProcessExitSpec
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    [Fact(DisplayName = "With exit-clr the end of the shutdown is the end of the process")]
    public async Task Exit_clr()
    {
        using var process = Run(ExitingProgram.ExitClr);
        var output = await process.StandardOutput.ReadToEndAsync().WaitAsync(Limit);
        await process.WaitForExitAsync().WaitAsync(Limit);
        Assert.Equal([ExitingProgram.Ready, ExitingProgram.Stopping], Lines(output));
        Assert.Equal(0, process.ExitCode);
    }

    [UnixFact(DisplayName = "A process that is asked to terminate runs the shutdown first, and ends as a terminated one does")]
    public async Task Terminate_signal()
    {
        using var process = Run(ExitingProgram.Signal);
        Assert.Equal(ExitingProgram.Ready, await process.StandardOutput.ReadLineAsync().WaitAsync(Limit));
        using (var kill = Process.Start("/bin/sh", ["-c", $"kill -TERM {process.Id}"]))
            await kill.WaitForExitAsync().WaitAsync(Limit);
        var output = await process.StandardOutput.ReadToEndAsync().WaitAsync(Limit);
        await process.WaitForExitAsync().WaitAsync(Limit);
        Assert.Equal([ExitingProgram.Stopping], Lines(output));
        Assert.Equal(128 + 15, process.ExitCode);
    }

    private static string[] Lines(string output) => output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static Process Run(string how)
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet") { RedirectStandardOutput = true };
        start.ArgumentList.Add("exec");
        start.ArgumentList.Add(typeof(ExitingProgram).Assembly.Location);
        start.ArgumentList.Add(how);
        return Process.Start(start)!;
    }

    private sealed class UnixFactAttribute : FactAttribute
    {
        public UnixFactAttribute()
        {
            if (OperatingSystem.IsWindows())
                Skip = "Windows has no signals";
        }
    }
}
