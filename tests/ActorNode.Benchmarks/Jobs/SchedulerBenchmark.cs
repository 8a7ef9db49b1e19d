using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using ActorNode.Benchmarks.Storage;
using ActorNode.Jobs.Scheduling;
using ActorNode.Protocol.Jobs;
using Akka.Actor;

namespace ActorNode.Benchmarks.Jobs;

/// <summary>
/// What schedules cost: memory and CPU of many that are idle, lateness of as many that tick every second, the most ticks a second. The
/// yardstick is a .NET timer for each, which knows of no calendar, no answer and no missed tick. Jobs answer at once and do nothing.
/// </summary>
internal static class SchedulerBenchmark
{
    private const string Usage = "jobs-scheduler [--entries N] [--seconds N] ";

    private static readonly TimeSpan Warmup = TimeSpan.FromSeconds(3);

    public static async Task<int> RunAsync(string[] args)
    {
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        var options = new Options(args, Usage);
        var (entries, time) = (options.Int("entries", 10_000), TimeSpan.FromSeconds(options.Int("seconds", 8)));
        using var system = ActorSystem.Create("scheduler", "akka.loglevel = WARNING");
        await IdleAsync(system, entries, time);
        await EverySecondAsync(system, entries, time);
        await TimersAsync(entries, time);
        await FloodAsync(system, entries);
        await system.Terminate();
        return 0;
    }

    /// <summary>Hourly, each at its own minute and second.</summary>
    private static async Task IdleAsync(ActorSystem system, int entries, TimeSpan time)
    {
        var scheduler = await StartAsync(system, new Answers());
        await AddAsync(scheduler, 1, _ => "0 0 0 1 1 *");
        var alone = await CpuShareAsync(time / 2);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        // Nothing is due while it is measured.
        var minute = DateTime.UtcNow.AddMinutes(20).Minute;
        await AddAsync(scheduler, entries, i => $"{i % 60} {(minute + i % 30) % 60} * * * *");
        var bytes = (GC.GetTotalMemory(forceFullCollection: true) - before) / (double)entries;
        var share = await CpuShareAsync(time);
        Console.WriteLine($"{entries:N0} hourly schedules idle: {share:P2} of a core, {alone:P2} with none of them; {bytes:N0} bytes each, with the job's id and the text of the schedule");
        await StopAsync(scheduler);
    }

    private static async Task EverySecondAsync(ActorSystem system, int entries, TimeSpan time)
    {
        var answers = new Answers { Latenesses = new List<double>((int)(entries * (time.TotalSeconds + 5))) };
        var scheduler = await StartAsync(system, answers);
        await AddAsync(scheduler, entries, _ => "* * * * * *");
        // The first seconds compile the code.
        await Task.Delay(Warmup);
        lock (answers)
            answers.Latenesses.Clear();
        var share = await CpuShareAsync(time);
        await StopAsync(scheduler);
        lock (answers)
        {
            Report($"{entries:N0} schedules of every second", answers.Latenesses, share, time);
            if (answers.OutOfOrder > 0)
                throw new InvalidOperationException($"{answers.OutOfOrder} ticks were lost, repeated or out of order");
        }
    }

    /// <summary>The yardstick.</summary>
    private static async Task TimersAsync(int entries, TimeSpan time)
    {
        var latenesses = new List<double>((int)(entries * (time.TotalSeconds + 5)));
        var second = TimeSpan.FromSeconds(1);
        var start = Stopwatch.GetTimestamp();
        var timers = new Timer[entries];
        for (var i = 0; i < entries; i++)
        {
            var due = Stopwatch.GetElapsedTime(start);
            timers[i] = new Timer(
                _ =>
                {
                    lock (latenesses)
                    {
                        due += second;
                        latenesses.Add((Stopwatch.GetElapsedTime(start) - due).TotalMicroseconds);
                    }
                },
                null,
                second,
                second);
        }

        var share = await CpuShareAsync(time);
        foreach (var timer in timers)
            await timer.DisposeAsync();
        lock (latenesses)
            Report($"yardstick: {entries:N0} .NET timers of a second", latenesses, share, time);
    }

    /// <summary>A hundred missed ticks of each are made up for, as fast as they are answered.</summary>
    private static async Task FloodAsync(ActorSystem system, int entries)
    {
        const int Missed = 100;
        var answers = new Answers { Expected = (long)entries * Missed };
        var scheduler = await StartAsync(system, answers, new SchedulerSettings { TimeZone = "UTC", MaxMissed = Missed, MissedAfter = TimeSpan.FromHours(1) });
        var created = DateTimeOffset.UtcNow.AddHours(-2);
        var start = Stopwatch.GetTimestamp();
        await AddAsync(scheduler, entries, _ => "0 * * * * *", MissedTickPolicy.All, created);
        await answers.AllAsync();
        var took = Stopwatch.GetElapsedTime(start);
        Console.WriteLine($"{entries:N0} schedules make up for {Missed} ticks each, one answered after the other: {answers.Expected / took.TotalSeconds:N0} ticks/s");
        await StopAsync(scheduler);
    }

    private static async Task<IActorRef> StartAsync(ActorSystem system, Answers answers, SchedulerSettings? settings = null)
    {
        var jobs = system.ActorOf(Props.Create(() => new JobsActor(answers)));
        var scheduler = system.ActorOf(SchedulerActor.Props(jobs, settings ?? new SchedulerSettings { TimeZone = "UTC" }));
        await scheduler.Ask<SchedulerReplies.Started>(new SchedulerCommands.Start(), TimeSpan.FromSeconds(10));
        return scheduler;
    }

    private static async Task AddAsync(
        IActorRef scheduler, int entries, Func<int, string> schedule, MissedTickPolicy missed = default, DateTimeOffset? created = null)
    {
        for (var i = 0; i < entries; i++)
        {
            var initiators = ImmutableArray.Create(new Initiator(1, InitiatorType.Cron) { Schedule = schedule(i), Missed = missed });
            scheduler.Tell(new SchedulerCommands.AddJob(new JobSpec(JobId.New(), created ?? DateTimeOffset.UtcNow, initiators, [])), ActorRefs.NoSender);
        }

        await scheduler.Ask<SchedulerReplies.Status>(new SchedulerQueries.Status(), TimeSpan.FromMinutes(1));
    }

    private static async Task StopAsync(IActorRef scheduler)
    {
        await scheduler.Ask<SchedulerReplies.Stopped>(new SchedulerCommands.Stop(), TimeSpan.FromSeconds(10));
        await scheduler.GracefulStop(TimeSpan.FromSeconds(10));
    }

    private static async Task<double> CpuShareAsync(TimeSpan time)
    {
        using var process = Process.GetCurrentProcess();
        var (used, start) = (process.TotalProcessorTime, Stopwatch.GetTimestamp());
        await Task.Delay(time);
        process.Refresh();
        return (process.TotalProcessorTime - used) / Stopwatch.GetElapsedTime(start);
    }

    private static void Report(string what, List<double> microseconds, double share, TimeSpan time)
    {
        var sorted = microseconds.ToArray();
        Array.Sort(sorted);
        Console.WriteLine(
            $"{what}: {sorted.Length / time.TotalSeconds:N0} ticks/s, {share:P1} of a core, late p50 {At(0.5):N1} ms, p99 {At(0.99):N1} ms, most {At(1):N1} ms");

        double At(double part) => sorted.Length == 0 ? 0 : sorted[(int)((sorted.Length - 1) * part)] / 1000;
    }

    /// <summary>What the jobs of a run share.</summary>
    private sealed class Answers
    {
        private readonly TaskCompletionSource _all = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private long _count;

        /// <summary>In microseconds; null: not recorded.</summary>
        public List<double>? Latenesses { get; init; }

        public long Expected { get; init; } = long.MaxValue;

        public long OutOfOrder { get; set; }

        public Task AllAsync() => _all.Task;

        public void Taken()
        {
            if (++_count == Expected)
                _all.SetResult();
        }
    }

    /// <summary>All jobs at once: checks that each gets every tick once and in order, and answers.</summary>
    private sealed class JobsActor : UntypedActor
    {
        private readonly Answers _answers;
        private readonly Dictionary<JobId, DateTimeOffset> _last = [];

        public JobsActor(Answers answers) => _answers = answers;

        protected override void OnReceive(object message)
        {
            if (message is not JobCommands.Tick tick)
            {
                Unhandled(message);
                return;
            }

            if (_answers.Latenesses is { } latenesses)
            {
                lock (_answers)
                {
                    latenesses.Add((DateTimeOffset.UtcNow - tick.At).TotalMicroseconds);
                    if (_last.TryGetValue(tick.JobId, out var last) && tick.At != last.AddSeconds(1))
                        _answers.OutOfOrder++;
                }

                _last[tick.JobId] = tick.At;
            }

            _answers.Taken();
            Sender.Tell(new JobReplies.TickTaken(tick.JobId, tick.InitiatorId, tick.At, null));
        }
    }
}
