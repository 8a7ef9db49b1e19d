using ActorNode.Jobs.Scheduling;
using ActorNode.Protocol.Jobs;
using ActorNode.Tests.Support;
using Akka.Actor;
using Akka.Event;
using Xunit;
using Xunit.Abstractions;

namespace ActorNode.Tests.Jobs.Scheduling;

/// <summary>The scheduler in virtual time; the test is the jobs' region.</summary>
public sealed class SchedulerActorSpec : NodeSpec
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly FaultyClock _clock;
    private readonly IActorRef _scheduler;

    public SchedulerActorSpec(ITestOutputHelper output)
        : base(output)
    {
        _clock = new FaultyClock(new SchedulerClock(Sys.Scheduler));
        // Times below are offsets from a full minute.
        Scheduler.Advance(TimeSpan.FromMinutes(1) - TimeSpan.FromTicks(_clock.GetUtcNow().UtcTicks % TimeSpan.TicksPerMinute));
        _scheduler = Sys.ActorOf(SchedulerActor.Props(TestActor, new SchedulerSettings { TimeZone = "UTC" }, _clock), "scheduler");
    }

    private new DateTimeOffset Now => Sys.Scheduler.Now.ToUniversalTime();

    [Fact(DisplayName = "A second start is refused, a stop without a start does nothing, and a stopped scheduler starts empty")]
    public async Task Start_and_stop()
    {
        await Ask<SchedulerReplies.Stopped>(new SchedulerCommands.Stop());
        _scheduler.Tell(new SchedulerCommands.AddJob(Job(Cron("* * * * *"))));
        Assert.Equal(new SchedulerReplies.Status(false, 0, 0, 0, null), await Status());

        await Ask<SchedulerReplies.Started>(new SchedulerCommands.Start());
        Assert.Equal("Scheduler already started", (await Ask<SchedulerReplies.Refused>(new SchedulerCommands.Start())).Reason);
        Assert.Equal(0, (await Status()).Entries);

        _scheduler.Tell(new SchedulerCommands.AddJob(Job(Cron("* * * * *"))));
        Assert.Equal(new SchedulerReplies.Status(true, 1, 1, 0, Now.AddSeconds(1)), await Status());
        await Ask<SchedulerReplies.Stopped>(new SchedulerCommands.Stop());
        Scheduler.Advance(TimeSpan.FromSeconds(5));
        await Ask<SchedulerReplies.Started>(new SchedulerCommands.Start());
        Assert.Equal(new SchedulerReplies.Status(true, 0, 0, 0, null), await Status());
        await ExpectNothingAsync();
    }

    [Fact(DisplayName = "A schedule of every second is ticked each second of an hour")]
    public async Task Every_second()
    {
        var job = await StartedWith(Cron("* * * * *"));
        var start = Now;
        for (var i = 1; i <= 3600; i++)
        {
            Scheduler.Advance(TimeSpan.FromSeconds(1));
            await TakesTick(job, start.AddSeconds(i));
        }

        Assert.Equal(new SchedulerReplies.Status(true, 1, 1, 0, start.AddSeconds(3601)), await Status());
    }

    [Fact(DisplayName = "The next time of a job that answers late is not lost")]
    public async Task Late_answer()
    {
        var job = await StartedWith(Cron("* * * * *"));
        var start = Now;
        Scheduler.Advance(TimeSpan.FromSeconds(1));
        await ExpectTick(job, start.AddSeconds(1));
        Scheduler.Advance(TimeSpan.FromSeconds(2));
        await ExpectNothingAsync();
        _scheduler.Tell(new JobReplies.TickTaken(job, 1, start.AddSeconds(1), RunId.New()));
        await TakesTick(job, start.AddSeconds(2));
        await TakesTick(job, start.AddSeconds(3));
    }

    [Fact(DisplayName = "A job that fails, is busy or stops gets the tick again later, and one that takes it never")]
    public async Task Again_later()
    {
        var job = await StartedWith(RunAt(Now.AddMinutes(-1)));
        var time = Now.AddMinutes(-1);
        await ExpectTick(job, time);
        await EventFilter.Warning(contains: "could not take its tick").ExpectOneAsync(Patience, () =>
        {
            _scheduler.Tell(new JobReplies.Failed(job, "disk full"));
            return Task.CompletedTask;
        });
        foreach (var reason in new[] { RunRefusal.Busy, RunRefusal.Stopping })
        {
            await AdvanceToNext();
            await ExpectTick(job, time);
            _scheduler.Tell(new JobReplies.TickRefused(job, 1, time, reason, "later"));
        }

        await AdvanceToNext();
        await TakesTick(job, time);
        Assert.Equal(0, (await Status()).Entries);
        Scheduler.Advance(TimeSpan.FromDays(1));
        await ExpectNothingAsync();
    }

    [Theory(DisplayName = "A refusal that stands is no error, and is not asked for again")]
    [InlineData(RunRefusal.Archived, 0)]
    [InlineData(RunRefusal.Ended, 1)]
    [InlineData(RunRefusal.NoInitiator, 1)]
    [InlineData(RunRefusal.NotStarted, 2)]
    public async Task Refused(RunRefusal reason, int entriesLeft)
    {
        var job = await StartedWith(Cron("0 * * * * *"), Cron("30 * * * * *") with { Id = 2 });
        var time = Now.AddMinutes(1);
        Scheduler.Advance(TimeSpan.FromSeconds(30));
        await TakesTick(job, Now, 2);
        Scheduler.Advance(TimeSpan.FromSeconds(30));
        await ExpectTick(job, time);
        Sys.EventStream.Subscribe(TestActor, typeof(Warning));
        Sys.EventStream.Subscribe(TestActor, typeof(Error));
        _scheduler.Tell(new JobReplies.TickRefused(job, 1, time, reason, "Job runner: Job ended"));
        var status = await Status();
        Assert.Equal((entriesLeft, 0), (status.Entries, status.Unanswered));
        await ExpectNothingAsync();
    }

    [Fact(DisplayName = "A single time outside of the job's window is not asked for again")]
    public async Task Single_time_refused()
    {
        var job = await StartedWith(RunAt(Now));
        await ExpectTick(job, Now);
        _scheduler.Tell(new JobReplies.TickRefused(job, 1, Now, RunRefusal.NotStarted, "Job runner: Job unstarted"));
        Assert.Equal(0, (await Status()).Entries);
    }

    [Fact(DisplayName = "An archived job, and one that is not there, are forgotten")]
    public async Task Forgotten()
    {
        var archived = await StartedWith(Cron("* * * * *"));
        var gone = Job(Cron("* * * * *"));
        _scheduler.Tell(new SchedulerCommands.AddJob(gone));
        _scheduler.Tell(new SchedulerCommands.RemoveJob(archived));
        _scheduler.Tell(new SchedulerCommands.RemoveJob(JobId.New()));
        await Status();
        Scheduler.Advance(TimeSpan.FromSeconds(1));
        await ExpectTick(gone.Id, Now);
        _scheduler.Tell(new JobReplies.NoSuchJob(gone.Id));
        Assert.Equal(new SchedulerReplies.Status(true, 0, 0, 0, null), await Status());
    }

    [Fact(DisplayName = "A restart of the actor loses no schedule and nothing that is under way, and the timer goes on")]
    public async Task Restart()
    {
        var job = await StartedWith(Cron("* * * * *"));
        var other = Job(Cron("*/2 * * * *"));
        _scheduler.Tell(new SchedulerCommands.AddJob(other));
        var start = Now;
        Scheduler.Advance(TimeSpan.FromSeconds(1));
        await ExpectTick(job, start.AddSeconds(1));

        // The command that finds the clock broken takes the actor down.
        await EventFilter.Exception<InvalidOperationException>("the clock is broken").ExpectOneAsync(Patience, async () =>
        {
            Assert.True((await Status()).Started);
            _clock.Faults = 1;
            _scheduler.Tell(new SchedulerCommands.AddJob(Job(Cron("* * * * *"))));
            Assert.Equal(new SchedulerReplies.Status(true, 2, 2, 1, start.AddSeconds(2)), await Status());
        });

        _scheduler.Tell(new JobReplies.TickTaken(job, 1, start.AddSeconds(1), null));
        await Status();
        Scheduler.Advance(TimeSpan.FromSeconds(1));
        var ticks = new[] { await ExpectMsgAsync<JobCommands.Tick>(Patience), await ExpectMsgAsync<JobCommands.Tick>(Patience) };
        Assert.Equal(new[] { job, other.Id }.OrderBy(id => id.Value), ticks.Select(t => t.JobId).OrderBy(id => id.Value));
        Assert.All(ticks, tick => Assert.Equal(start.AddSeconds(2), tick.At));
    }

    [Fact(DisplayName = "A failure while looking at what is due puts one entry off and does not hold up the others")]
    public async Task Poisoned_look()
    {
        var first = await StartedWith(Cron("* * * * *"));
        var start = Now;
        var second = Job(Cron("* * * * *"));
        _scheduler.Tell(new SchedulerCommands.AddJob(second));
        await Status();
        await EventFilter.Exception<InvalidOperationException>("the clock is broken").ExpectOneAsync(Patience, () =>
        {
            _clock.Faults = 1;
            Scheduler.Advance(TimeSpan.FromSeconds(1));
            return Task.CompletedTask;
        });

        // Time goes on until the one that was put off, for a minute and a little, has come as well.
        var seen = new HashSet<JobId>();
        for (var i = 0; i < 62 && seen.Count < 2; i++)
        {
            var status = await Status();
            Assert.Equal(2, status.Entries);
            TestActor.Tell(Barrier.Instance);
            while (await ExpectMsgAsync<object>(Patience) is JobCommands.Tick tick)
            {
                seen.Add(tick.JobId);
                _scheduler.Tell(new JobReplies.TickTaken(tick.JobId, 1, tick.At, null));
            }

            await Status();
            Scheduler.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(new[] { first, second.Id }.ToHashSet(), seen);
        Assert.True(Now >= start);
    }

    [Fact(DisplayName = "A clock that jumps ahead is noticed within a second, before the timer would have come")]
    public async Task Clock_jumps()
    {
        var job = await StartedWith(Cron("0 0 * * * *"));
        var next = (await Status()).NextTick!.Value;
        _clock.Ahead = next - Now;
        Scheduler.Advance(TimeSpan.FromSeconds(1));
        await TakesTick(job, next);
        Assert.Equal(next.AddHours(1), (await Status()).NextTick);
    }

    [Fact(DisplayName = "More missed ticks than are made up for are worth a warning, skipped ones are not")]
    public async Task Missed_ticks()
    {
        await Ask<SchedulerReplies.Started>(new SchedulerCommands.Start());
        var all = Job(Cron("* * * * *") with { Missed = MissedTickPolicy.All }) with { CreatedAt = Now.AddHours(-1) };
        await EventFilter.Warning(contains: "are dropped").ExpectOneAsync(Patience, async () =>
        {
            _scheduler.Tell(new SchedulerCommands.AddJob(all));
            // A minute is no time to miss anything; of what is older the last hundred are made up for.
            await ExpectTick(all.Id, Now.AddMinutes(-1).AddSeconds(-99));
        });
        _scheduler.Tell(new SchedulerCommands.RemoveJob(all.Id));

        var job = Job(Cron("0 0 * * * *"));
        _scheduler.Tell(new SchedulerCommands.AddJob(job));
        var next = (await Status()).NextTick!.Value;
        Sys.EventStream.Subscribe(TestActor, typeof(Warning));
        _clock.Ahead = next.AddMinutes(30) - Now;
        Scheduler.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(next.AddHours(1), (await Status()).NextTick);
        await ExpectNothingAsync();
    }

    [Fact(DisplayName = "What cannot be scheduled is logged in the original's words; a single time that was taken is not, but for a remark")]
    public async Task Logged()
    {
        await Ask<SchedulerReplies.Started>(new SchedulerCommands.Start());
        var job = Job(new Initiator(1, InitiatorType.RunAt));
        await EventFilter.Error(contains: $"RunJobAt: JobSpec {job.Id} must have initiator with valid run at time: 1").ExpectOneAsync(Patience, async () =>
        {
            _scheduler.Tell(new SchedulerCommands.AddJob(job));
            await Status();
        });
        var taken = Job(RunAt(Now));
        await EventFilter.Debug(contains: $"Initiator 1 for job spec {taken.Id} has already been run").ExpectOneAsync(Patience, async () =>
        {
            _scheduler.Tell(new SchedulerCommands.AddJob(taken, [new JobReplies.LastTick(1, Now)]));
            Assert.Equal(0, (await Status()).Entries);
        });
    }

    [Fact(DisplayName = "A preview tells the next times, as many as asked for up to a thousand")]
    public async Task Preview()
    {
        var job = await StartedWith(Cron("* * * * *"));
        Assert.Equal<IEnumerable<SchedulerReplies.PlannedTick>>(
            [new SchedulerReplies.PlannedTick(1, Now.AddSeconds(1)), new SchedulerReplies.PlannedTick(1, Now.AddSeconds(2))],
            (await Ask<SchedulerReplies.Preview>(new SchedulerQueries.Preview(job, 2))).Ticks);
        Assert.Equal(1000, (await Ask<SchedulerReplies.Preview>(new SchedulerQueries.Preview(job, int.MaxValue))).Ticks.Length);
        Assert.Empty((await Ask<SchedulerReplies.Preview>(new SchedulerQueries.Preview(job, -1))).Ticks);
        Assert.Empty((await Ask<SchedulerReplies.Preview>(new SchedulerQueries.Preview(JobId.New(), 2))).Ticks);
    }

    private async Task<JobId> StartedWith(params Initiator[] initiators)
    {
        await Ask<SchedulerReplies.Started>(new SchedulerCommands.Start());
        var job = Job(initiators);
        _scheduler.Tell(new SchedulerCommands.AddJob(job));
        Assert.Equal(1, (await Status()).Jobs);
        return job.Id;
    }

    private JobSpec Job(params Initiator[] initiators) => new(JobId.New(), Now, [.. initiators], []);

    private static Initiator Cron(string schedule) => new(1, InitiatorType.Cron) { Schedule = schedule };

    private static Initiator RunAt(DateTimeOffset time) => new(1, InitiatorType.RunAt) { Time = time };

    private async Task ExpectTick(JobId job, DateTimeOffset at, int initiator = 1) =>
        Assert.Equal(new JobCommands.Tick(job, initiator, at), await ExpectMsgAsync<JobCommands.Tick>(Patience));

    /// <summary>Has the job take the tick, and the scheduler set its timer for what is next.</summary>
    private async Task TakesTick(JobId job, DateTimeOffset at, int initiator = 1)
    {
        await ExpectTick(job, at, initiator);
        _scheduler.Tell(new JobReplies.TickTaken(job, initiator, at, RunId.New()));
        await Status();
    }

    /// <summary>The scheduler has looked at everything that was sent to it, so whatever it sent is here, and that is nothing.</summary>
    private async Task ExpectNothingAsync()
    {
        await Status();
        TestActor.Tell(Barrier.Instance);
        await ExpectMsgAsync(Barrier.Instance, Patience);
    }

    private async Task AdvanceToNext()
    {
        var next = (await Status()).NextTick!.Value;
        while (Now < next)
        {
            // As far as the timer is set, at most.
            Scheduler.Advance(next - Now < TimeSpan.FromSeconds(1) ? next - Now : TimeSpan.FromSeconds(1));
            await Status();
        }
    }

    private Task<SchedulerReplies.Status> Status() => Ask<SchedulerReplies.Status>(new SchedulerQueries.Status());

    private async Task<T> Ask<T>(object question) => await _scheduler.Ask<T>(question, Patience);

    private sealed class Barrier
    {
        public static readonly Barrier Instance = new();
    }

    /// <summary>A clock that can be set, and fails when told to.</summary>
    private sealed class FaultyClock(TimeProvider clock) : TimeProvider
    {
        private int _faults;

        public int Faults { set => Volatile.Write(ref _faults, value); }

        public TimeSpan Ahead { get; set; }

        public override DateTimeOffset GetUtcNow()
        {
            if (Volatile.Read(ref _faults) > 0 && Interlocked.Decrement(ref _faults) >= 0)
                throw new InvalidOperationException("the clock is broken");
            return clock.GetUtcNow() + Ahead;
        }
    }
}
