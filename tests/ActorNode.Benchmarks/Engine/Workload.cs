using System.Diagnostics;
using Akka.Actor;

namespace ActorNode.Benchmarks.Engine;

/// <summary>What real Akka.NET does, and how many times as much the engine shall do.</summary>
/// <param name="MillionsPerSecond">Measured on a 2-core machine whose yardstick was <see cref="Yardstick"/>.</param>
/// <param name="Factor">The goal is this times as much.</param>
internal sealed record Goal(double MillionsPerSecond, double Factor)
{
    /// <summary>Millions a second of the channel loop beside those figures: it varied from 7.8 to 16.9; this is the geometric mean.</summary>
    public const double Yardstick = 11.5;

    public double Ratio => MillionsPerSecond * Factor / Yardstick;
}

/// <summary>One shape of load: prepared in its own actor system, then run several times.</summary>
/// <param name="Operations">Messages, questions or actors in one run.</param>
internal sealed record Workload(string Name, int Operations, Goal? Goal, Func<ActorSystem, Func<Task>> Prepare)
{
    /// <summary>Whether each run gets its own system: its actors must not weigh on the next.</summary>
    public bool FreshSystem { get; init; }

    /// <summary>Each run follows one of the yardstick, so that a noisy moment hits both.</summary>
    public async Task<Result> MeasureAsync(int runs)
    {
        var system = NewSystem();
        var run = Prepare(system);
        var samples = new List<Sample>();
        // The first round warms up.
        for (var i = 0; i <= runs; i++)
        {
            if (FreshSystem && i > 0)
            {
                await system.Terminate();
                system = NewSystem();
                run = Prepare(system);
            }

            var yardstick = await ChannelYardstick.MeasureAsync(writers: 1);
            var sample = await TimeAsync(run, yardstick);
            if (i > 0)
                samples.Add(sample);
        }

        await system.Terminate();
        return new Result(this, samples);
    }

    private static ActorSystem NewSystem() =>
        ActorSystem.Create("bench", "akka.loglevel = OFF\nakka.stdout-loglevel = OFF\nakka.log-dead-letters = off");

    private async Task<Sample> TimeAsync(Func<Task> run, double yardstick)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        using var process = Process.GetCurrentProcess();
        var cpu = process.TotalProcessorTime;
        var bytes = GC.GetTotalAllocatedBytes(precise: true);
        var started = Stopwatch.GetTimestamp();
        await run();
        var elapsed = Stopwatch.GetElapsedTime(started);
        bytes = GC.GetTotalAllocatedBytes(precise: true) - bytes;
        process.Refresh();
        cpu = process.TotalProcessorTime - cpu;
        return new Sample(Operations / elapsed.TotalMicroseconds, yardstick, (double)bytes / Operations, cpu.TotalNanoseconds / Operations);
    }
}

/// <param name="Rate">Millions a second.</param>
/// <param name="Yardstick">Millions a second of the channel loop just before.</param>
internal readonly record struct Sample(double Rate, double Yardstick, double Bytes, double CpuNanoseconds);

/// <summary>The medians of several runs.</summary>
internal sealed record Result(Workload Workload, IReadOnlyList<Sample> Samples)
{
    public const string Header = "workload                          M/s  channel M/s   ratio    goal         bytes/op  cpu ns/op";

    public override string ToString()
    {
        var ratio = Median(s => s.Rate / s.Yardstick);
        var goal = Workload.Goal is { Ratio: var wanted } ? $"{wanted,6:F3} {(ratio >= wanted ? "met  " : "short")}" : $"{"",12}";
        return $"{Workload.Name,-28} {Median(s => s.Rate),8:F3} {Median(s => s.Yardstick),12:F1} {ratio,7:F3}  {goal} {Median(s => s.Bytes),12:F1} {Median(s => s.CpuNanoseconds),10:F0}";
    }

    private double Median(Func<Sample, double> of)
    {
        var sorted = Samples.Select(of).Order().ToArray();
        return sorted[sorted.Length / 2];
    }
}
