using System.Diagnostics;
using Akka.Actor;

namespace ActorNode.Benchmarks.Engine;

/// <summary>
/// A long run of random programs on eight threads, in rounds. A round ends when all its actors are dead and all their watchers
/// know; then live bytes are compared. Its programs depend on the seed and the number of the round alone: the same seed replays
/// them, as far as the machine schedules its threads alike.
/// </summary>
internal static class Soak
{
    private const int Threads = 8;
    private const int StepsPerThread = 100_000;
    private const int WarmUpRounds = 3;
    private const long LeakBytes = 4 * 1024 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static async Task<int> RunAsync(TimeSpan duration, int seed)
    {
        Console.WriteLine($"soak: seed {seed}, {Threads} threads of {StepsPerThread:N0} steps in each round");
        using var system = ActorSystem.Create("soak", "akka.loglevel = OFF\nakka.stdout-loglevel = OFF\nakka.log-dead-letters = off");
        var started = Stopwatch.StartNew();
        var baseline = long.MaxValue;
        for (var round = 0; started.Elapsed < duration; round++)
        {
            var checks = new Checks();
            try
            {
                await RoundAsync(system, checks, seed, round);
            }
            catch (SoakException e)
            {
                checks.Violated(e.Message);
            }

            var live = GC.GetTotalMemory(forceFullCollection: true);
            if (round < WarmUpRounds)
                baseline = Math.Min(baseline, live);
            else if (live > baseline + LeakBytes)
                checks.Violated($"a leak: {live:N0} live bytes, {baseline:N0} in the first rounds");
            Console.WriteLine($"{started.Elapsed:mm\\:ss} round {round,3}: {checks}, {live / 1024.0 / 1024.0:F2} MB live");
            if (checks.Violations is not { Count: > 0 } violations)
                continue;
            foreach (var violation in violations.Take(20))
                Console.WriteLine($"  {violation}");
            Console.WriteLine($"replay with --seed {seed}; it went wrong in round {round}");
            return 1;
        }

        await system.Terminate();
        Console.WriteLine("no violation");
        return 0;
    }

    private static async Task RoundAsync(ActorSystem system, Checks checks, int seed, int round)
    {
        var watchers = Enumerable.Range(0, Threads).Select(_ => system.ActorOf(Props.Create(() => new Watcher(checks)))).ToArray();
        var shared = new SharedSubjects();
        var programs = Enumerable.Range(0, Threads)
            .Select(i => new SoakProgram(system, checks, shared, watchers, i, new Random(HashCode(seed, round, i)))).ToArray();
        var threads = programs.Select(p => Task.Factory.StartNew(() => p.Run(StepsPerThread), TaskCreationOptions.LongRunning)).ToArray();
        await Task.WhenAll(threads);
        foreach (var watcher in watchers)
        {
            if (!await Answered(watcher.Ask<bool>(Watcher.AllDead.Instance, Patience)))
                throw new SoakException($"a Terminated was lost, or a mailbox is stuck: {watcher} still waits for {await watcher.Ask<int>(Watcher.HowMany.Instance, Patience)}");
            await watcher.GracefulStop(Patience);
        }
    }

    private static async Task<bool> Answered(Task<bool> asked)
    {
        try
        {
            return await asked;
        }
        catch (AskTimeoutException)
        {
            return false;
        }
    }

    /// <summary>The same in every process, unlike the runtime's.</summary>
    private static int HashCode(int seed, int round, int thread) => unchecked((seed * 31 + round) * 31 + thread);
}

internal sealed class SoakException(string message) : Exception(message);
