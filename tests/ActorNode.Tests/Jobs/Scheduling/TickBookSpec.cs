using ActorNode.Jobs.Scheduling;
using ActorNode.Protocol.Jobs;
using Xunit;

namespace ActorNode.Tests.Jobs.Scheduling;

/// <summary>What the scheduler decides, on a clock that the test moves; a job that answers at once, late, or never.</summary>
public sealed class TickBookSpec
{
    private static readonly DateTimeOffset Noon = new(2019, 7, 24, 12, 0, 0, TimeSpan.Zero);

    private readonly SchedulerSettings _settings = new() { TimeZone = "UTC", MaxMissed = 10 };
    private readonly TickBook _book;

    private DateTimeOffset _now = Noon;

    public TickBookSpec() => _book = new TickBook(_settings);

    [Fact(DisplayName = "Every second of a simulated day is ticked once, in order, by its own time, however late the timer is")]
    public void A_day_of_seconds()
    {
        var job = Add(Cron("* * * * *"));
        var random = new Random(7);
        var ticks = new List<DateTimeOffset>();
        while (_now < Noon.AddDays(1).AddSeconds(1))
        {
            // Timers come up to 30 s late; what they find is sent in order, one answered after the other.
            _now = _book.NextWake!.Value.AddMilliseconds(random.Next(20) == 0 ? random.Next(30_000) : random.Next(900));
            while (_book.TakeDue(_now) is { } due)
            {
                Assert.Equal(job, due.Tick!.JobId);
                ticks.Add(due.Tick.At);
                _book.Settle(job, 1, due.Tick.At);
            }
        }

        Assert.Equal(Enumerable.Range(1, ticks.Count).Select(i => Noon.AddSeconds(i)), ticks);
        Assert.True(ticks.Count >= 86_400);
    }

    [Theory(DisplayName = "Days on which the clock changes have as many ticks as hours")]
    [InlineData("2019-03-31T00:00:00+01:00", 23)]
    [InlineData("2019-10-27T00:00:00+02:00", 25)]
    [InlineData("2019-07-01T00:00:00+02:00", 24)]
    public void Clock_changes(string midnight, int hours)
    {
        _now = DateTimeOffset.Parse(midnight, System.Globalization.CultureInfo.InvariantCulture).ToUniversalTime();
        var berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");
        var job = Add(Cron("CRON_TZ=Europe/Berlin 0 30 * * * *"), Cron("CRON_TZ=Europe/Berlin 0 15 2 * * *", id: 2));
        var day = TimeZoneInfo.ConvertTime(_now, berlin).Date;
        var ticks = Run(() => TimeZoneInfo.ConvertTime(_now, berlin).Date == day);
        Assert.Equal(hours, ticks.Count(tick => tick.InitiatorId == 1));
        Assert.Equal(hours == 23 ? 0 : 1, ticks.Count(tick => tick.InitiatorId == 2));
        Assert.All(ticks, tick => Assert.Equal(job, tick.JobId));
    }

    [Fact(DisplayName = "Entries due at the same instant are each ticked exactly once")]
    public void Same_instant()
    {
        var job = Add(Cron("0 * * * * *"), Cron("0 * * * * *", id: 2));
        var other = Add(Cron("0 * * * * *"));
        _now = Noon.AddMinutes(1);
        var ticks = TakeAll();
        Assert.Equal(
            new[] { (job, 1), (job, 2), (other, 1) }.OrderBy(t => $"{t.Item1}{t.Item2}"),
            ticks.Select(t => (t.JobId, t.InitiatorId)).OrderBy(t => $"{t.Item1}{t.Item2}"));
        Assert.All(ticks, tick => Assert.Equal(_now, tick.At));
    }

    [Fact(DisplayName = "An entry has one tick under way; the next ones wait for its answer and keep their order and times")]
    public void One_under_way()
    {
        var job = Add(Cron("* * * * *"));
        _now = Noon.AddSeconds(1);
        Assert.Equal(_now, Assert.Single(TakeAll()).At);
        _now = Noon.AddSeconds(4);
        Assert.Empty(TakeAll());
        Assert.Equal(1, _book.UnderWay);
        _book.Settle(job, 1, Noon.AddSeconds(1));
        Assert.Equal(Noon.AddSeconds(2), Assert.Single(TakeAll()).At);
        // An answer to another tick, a second one or one of another initiator changes nothing.
        _book.Settle(job, 1, Noon.AddSeconds(1));
        _book.Settle(job, 1, Noon.AddSeconds(3));
        _book.Settle(job, 2, Noon.AddSeconds(2));
        _book.Settle(JobId.New(), 1, Noon.AddSeconds(2));
        Assert.Empty(TakeAll());
        _book.Settle(job, 1, Noon.AddSeconds(2));
        Assert.Equal(Noon.AddSeconds(3), Assert.Single(TakeAll()).At);
    }

    [Fact(DisplayName = "A tick without an answer is sent again after the timeout, the same one")]
    public void Unanswered()
    {
        Add(Cron("0 * * * * *"));
        _now = Noon.AddMinutes(1);
        var first = Assert.Single(TakeAll());
        Assert.Equal(_now + _settings.AnswerTimeout, _book.NextWake);
        _now += _settings.AnswerTimeout;
        Assert.Equal(first, Assert.Single(TakeAll()));
    }

    [Fact(DisplayName = "A tick that the job cannot take is sent again, with pauses that double to the longest")]
    public void Back_off()
    {
        var time = Noon.AddMinutes(1);
        var job = Add(RunAt(time));
        _now = time;
        foreach (var seconds in new[] { 1, 2, 4, 8, 16, 32, 60, 60 })
        {
            Assert.Equal(time, Assert.Single(TakeAll()).At);
            if (seconds % 3 == 0)
                _book.RetryAll(job, _now);
            else
                _book.Retry(job, 1, time, _now);
            Assert.InRange(_book.NextWake!.Value, _now.AddSeconds(seconds), _now.AddSeconds(seconds * 1.2));
            Assert.Equal(0, _book.UnderWay);
            _now = _book.NextWake.Value;
        }
    }

    [Theory(DisplayName = "What was missed while the clock jumped, or nobody answered, is made up for by policy")]
    [InlineData(MissedTickPolicy.Skip, new int[0])]
    [InlineData(MissedTickPolicy.Once, new[] { 3599 })]
    [InlineData(MissedTickPolicy.All, new[] { 3590, 3591, 3592, 3593, 3594, 3595, 3596, 3597, 3598, 3599 })]
    public void Missed_in_a_jump(MissedTickPolicy policy, int[] madeUpFor)
    {
        Add(Cron("* * * * *", missed: policy));
        // A minute of grace: the ticks of the last 60 s are late and not missed.
        _now = Noon.AddSeconds(3600 + 59.5);
        var ticks = SettleAll(out var missed);
        Assert.Equal(madeUpFor.Concat(Enumerable.Range(3600, 60)).Select(i => Noon.AddSeconds(i)), ticks.Select(t => t.At));
        Assert.Equal(
            policy switch { MissedTickPolicy.Skip => Missed.All, MissedTickPolicy.Once => Missed.ButLatest, _ => Missed.ButSome },
            Assert.Single(missed));
        Assert.Equal(Noon.AddSeconds(3660), _book.NextWake);
    }

    [Theory(DisplayName = "Fewer missed ticks than the limit are all made up for; @every keeps its beat")]
    [InlineData(MissedTickPolicy.Skip, new int[0])]
    [InlineData(MissedTickPolicy.Once, new[] { 5 })]
    [InlineData(MissedTickPolicy.All, new[] { 1, 2, 3, 4, 5 })]
    public void Missed_every(MissedTickPolicy policy, int[] madeUpFor)
    {
        var beat = TimeSpan.FromMinutes(7);
        Add(Cron("@every 7m", missed: policy));
        _now = Noon + 5 * beat + TimeSpan.FromMinutes(3);
        Assert.Equal(madeUpFor.Select(i => Noon + i * beat), SettleAll(out _).Select(t => t.At));
        Assert.Equal(Noon + 6 * beat, _book.NextWake);
    }

    [Fact(DisplayName = "With the policy once, a tick that waits for its job is overtaken by the latest one missed")]
    public void Once_is_overtaken()
    {
        var job = Add(Cron("0 * * * * *", missed: MissedTickPolicy.Once));
        _now = Noon.AddMinutes(1);
        Assert.Equal(Noon.AddMinutes(1), Assert.Single(TakeAll()).At);
        _book.Retry(job, 1, Noon.AddMinutes(1), _now);
        _now = Noon.AddMinutes(10.5);
        Assert.Equal(Noon.AddMinutes(9), Assert.Single(TakeAll()).At);
        _book.Settle(job, 1, Noon.AddMinutes(9));
        Assert.Equal(Noon.AddMinutes(10), Assert.Single(TakeAll()).At);
    }

    [Fact(DisplayName = "A clock that is set back repeats no tick")]
    public void Set_back()
    {
        Add(Cron("* * * * *"));
        _now = Noon.AddSeconds(10);
        Assert.Equal(10, SettleAll(out _).Count);
        _now = Noon.AddHours(-1);
        Assert.Empty(SettleAll(out _));
        _now = Noon.AddSeconds(11);
        Assert.Equal(Noon.AddSeconds(11), Assert.Single(SettleAll(out _)).At);
    }

    [Fact(DisplayName = "Jitter delays each tick within its bound, the same each time, without changing order or times")]
    public void Jitter()
    {
        var bound = TimeSpan.FromSeconds(10);
        var ids = Enumerable.Range(0, 2).Select(_ => JobId.New()).ToArray();
        var runs = new List<(DateTimeOffset At, DateTimeOffset Sent)>[2];
        for (var i = 0; i < 2; i++)
        {
            _book.Clear();
            _now = Noon;
            _book.Add(Spec(ids[0], Cron("* * * * *") with { Jitter = bound }), [], _now);
            runs[i] = [];
            while (_now < Noon.AddMinutes(10))
            {
                _now = _book.NextWake!.Value;
                foreach (var tick in SettleAll(out _))
                    runs[i].Add((tick.At, _now));
            }
        }

        Assert.Equal(runs[0], runs[1]);
        Assert.Equal(Enumerable.Range(1, runs[0].Count).Select(i => Noon.AddSeconds(i)), runs[0].Select(r => r.At));
        Assert.All(runs[0], run => Assert.InRange(run.Sent - run.At, TimeSpan.Zero, bound));
        Assert.True(runs[0].Select(run => run.Sent - run.At).Distinct().Count() > 20);
        // The delays of one tick differ between jobs and initiators.
        var delays = ids.SelectMany(id => Enumerable.Range(1, 50).Select(initiator => TickSpread.Of(id, initiator, Noon.UtcTicks, bound))).ToArray();
        Assert.Equal(100, delays.Distinct().Count());
        Assert.All(delays, delay => Assert.InRange(delay, TimeSpan.Zero, bound - TimeSpan.FromTicks(1)));
        Assert.InRange(delays.Average(delay => delay.TotalSeconds), 3, 7);
        Assert.Equal(TimeSpan.Zero, TickSpread.Of(ids[0], 1, 1, TimeSpan.Zero));
    }

    [Fact(DisplayName = "A single time fires at its time, at once when it is past, however long ago, and once it is taken never again")]
    public void Single_times()
    {
        var future = Add(RunAt(Noon.AddHours(1)));
        var past = Add(RunAt(Noon.AddYears(-10)));
        Assert.Equal(new JobCommands.Tick(past, 1, Noon.AddYears(-10)), Assert.Single(TakeAll()));
        _book.Settle(past, 1, Noon.AddYears(-10));
        _now = Noon.AddHours(1).AddTicks(-1);
        Assert.Empty(TakeAll());
        _now = Noon.AddHours(1);
        Assert.Equal(new JobCommands.Tick(future, 1, Noon.AddHours(1)), Assert.Single(TakeAll()));
        // Days without an answer change nothing: it is never missed.
        _now = Noon.AddDays(3);
        Assert.Equal(new JobCommands.Tick(future, 1, Noon.AddHours(1)), Assert.Single(TakeAll()));
        _book.Settle(future, 1, Noon.AddHours(1));
        Assert.Equal((0, 0, 0), (_book.Jobs, _book.Entries, _book.UnderWay));
        Assert.Null(_book.NextWake);
    }

    [Fact(DisplayName = "After a restart a single time that was taken does not fire, and one that was missed does")]
    public void Single_times_after_a_restart()
    {
        var spec = Spec(JobId.New(), RunAt(Noon.AddHours(-1)), RunAt(Noon.AddHours(-2)) with { Id = 2 });
        Assert.Empty(_book.Add(spec, [new JobReplies.LastTick(1, Noon.AddHours(-1))], _now));
        Assert.Equal(new JobCommands.Tick(spec.Id, 2, Noon.AddHours(-2)), Assert.Single(SettleAll(out _)));
    }

    [Theory(DisplayName = "Ticks missed while the node was down are made up for by policy, from what the job took last, or from its creation")]
    [InlineData(MissedTickPolicy.Skip, true, new int[0])]
    [InlineData(MissedTickPolicy.Once, true, new[] { -5 })]
    [InlineData(MissedTickPolicy.All, true, new[] { -25, -15, -5 })]
    [InlineData(MissedTickPolicy.Skip, false, new int[0])]
    [InlineData(MissedTickPolicy.Once, false, new[] { -5 })]
    [InlineData(MissedTickPolicy.All, false, new[] { -45, -35, -25, -15, -5 })]
    public void Down(MissedTickPolicy policy, bool taken, int[] minutes)
    {
        var spec = Spec(JobId.New(), Cron("0 5/10 * * * *", missed: policy)) with { CreatedAt = Noon.AddMinutes(-50) };
        _book.Add(spec, taken ? [new JobReplies.LastTick(1, Noon.AddMinutes(-35))] : [], _now);
        Assert.Equal(minutes.Select(m => Noon.AddMinutes(m)), SettleAll(out _).Select(t => t.At));
        Assert.Equal(Noon.AddMinutes(5), _book.NextWake);
    }

    [Fact(DisplayName = "@every keeps its beat over a restart")]
    public void Every_after_a_restart()
    {
        var spec = Spec(JobId.New(), Cron("@every 1h")) with { CreatedAt = Noon.AddMinutes(-150) };
        _book.Add(spec, [new JobReplies.LastTick(1, Noon.AddMinutes(-90))], _now);
        Assert.Equal(Noon.AddMinutes(30), _book.NextWake);
    }

    [Fact(DisplayName = "A last tick that lies ahead, since the clock was set back, is not repeated")]
    public void Taken_ahead()
    {
        var spec = Spec(JobId.New(), Cron("0 * * * * *"));
        _book.Add(spec, [new JobReplies.LastTick(1, Noon.AddHours(1))], _now);
        Assert.Equal(Noon.AddHours(1).AddMinutes(1), _book.NextWake);
    }

    [Fact(DisplayName = "Adding a job again neither repeats nor loses a tick, sent or not")]
    public void Added_again()
    {
        var spec = Spec(JobId.New(), Cron("0 * * * * *"), Cron("@every 1m", id: 2));
        _book.Add(spec, [], _now);
        _now = Noon.AddMinutes(1);
        Assert.Equal(2, TakeAll().Count);
        _now = _now.AddSeconds(10);
        _book.Add(spec, [new JobReplies.LastTick(1, Noon.AddMinutes(1))], _now);
        Assert.Equal((1, 2, 0), (_book.Jobs, _book.Entries, _book.UnderWay));
        // The first was taken; of the second nobody knows, so it is sent again, and the job knows it by its journal.
        Assert.Equal(new JobCommands.Tick(spec.Id, 2, Noon.AddMinutes(1)), Assert.Single(SettleAll(out _)));
        _now = Noon.AddMinutes(2);
        Assert.Equal([1, 2], SettleAll(out _).Select(t => t.InitiatorId).Order());
        // Overdue and not looked at yet.
        _now = Noon.AddMinutes(3).AddSeconds(5);
        _book.Add(spec, [], _now);
        Assert.Equal([Noon.AddMinutes(3), Noon.AddMinutes(3)], SettleAll(out _).Select(t => t.At));
    }

    [Fact(DisplayName = "A job that is added with another schedule follows that one")]
    public void Replaced()
    {
        var spec = Spec(JobId.New(), Cron("0 * * * * *"));
        _book.Add(spec, [], _now);
        _book.Add(spec with { Initiators = [Cron("0 0 * * * *")] }, [], _now);
        Assert.Equal((1, 1, Noon.AddHours(1)), (_book.Jobs, _book.Entries, _book.NextWake));
    }

    [Fact(DisplayName = "Nothing is sent before the start, which is inclusive, nor after the end, which is too")]
    public void Window()
    {
        var spec = Spec(JobId.New(), Cron("0 * * * * *"), Cron("@every 90s", id: 2), Cron("CRON_TZ=UTC 0 0 0 * * *", id: 3)) with
        {
            StartAt = Noon.AddMinutes(10),
            EndAt = Noon.AddMinutes(12),
        };
        _book.Add(spec, [], _now);
        // The third one never comes up in the window.
        Assert.Equal(2, _book.Entries);
        var ticks = Run(() => _book.NextWake is not null);
        Assert.Equal([10, 11, 12], ticks.Where(t => t.InitiatorId == 1).Select(t => (t.At - Noon).TotalMinutes));
        Assert.Equal([10.5, 12], ticks.Where(t => t.InitiatorId == 2).Select(t => (t.At - Noon).TotalMinutes));
        Assert.Equal(0, _book.Jobs);
    }

    [Fact(DisplayName = "A job that has ended, or has nothing to schedule, or never fires, takes no place")]
    public void Nothing_to_do()
    {
        Assert.Empty(_book.Add(Spec(JobId.New(), Cron("* * * * *"), RunAt(Noon) with { Id = 2 }) with { EndAt = Noon.AddTicks(-1) }, [], _now));
        Assert.Empty(_book.Add(Spec(JobId.New(), new Initiator(1, InitiatorType.Web), Cron("", id: 2)), [], _now));
        Assert.Empty(_book.Add(Spec(JobId.New(), Cron("0 0 0 30 2 ?")), [], _now));
        Assert.Equal((0, 0), (_book.Jobs, _book.Entries));
    }

    [Fact(DisplayName = "What cannot be scheduled is said, and the job's other initiators are")]
    public void Problems()
    {
        var spec = Spec(JobId.New(), new Initiator(1, InitiatorType.RunAt), Cron("! * * * *", id: 2), Cron("* * * * *", id: 3));
        Assert.Equal<IEnumerable<string>>(
            [
                $"RunJobAt: JobSpec {spec.Id} must have initiator with valid run at time: 1",
                "Failed to parse int from !: strconv.Atoi: parsing \"!\": invalid syntax",
            ],
            _book.Add(spec, [], _now));
        Assert.Equal(1, _book.Entries);
    }

    [Fact(DisplayName = "Removed jobs and ended initiators are gone with what is under way")]
    public void Removal()
    {
        var job = Add(Cron("* * * * *"), Cron("* * * * *", id: 2));
        var other = Add(Cron("* * * * *"));
        _now = Noon.AddSeconds(1);
        Assert.Equal(3, TakeAll().Count);
        _book.End(job, 1);
        _book.End(job, 1);
        Assert.Equal((2, 2, 2), (_book.Jobs, _book.Entries, _book.UnderWay));
        _book.Remove(job);
        _book.Remove(job);
        Assert.Equal((1, 1, 1), (_book.Jobs, _book.Entries, _book.UnderWay));
        _book.Settle(job, 1, _now);
        _book.End(other, 1);
        Assert.Equal((0, 0, 0), (_book.Jobs, _book.Entries, _book.UnderWay));
    }

    [Fact(DisplayName = "A preview lists the next times of all initiators in order, up to the end of the job")]
    public void Preview()
    {
        var spec = Spec(JobId.New(), Cron("0 */2 * * * *"), RunAt(Noon.AddMinutes(3)) with { Id = 2 }, new Initiator(3, InitiatorType.Web)) with { EndAt = Noon.AddMinutes(6) };
        _book.Add(spec, [], _now);
        Assert.Equal([(1, 2), (2, 3), (1, 4), (1, 6)], _book.Preview(spec.Id, 100).Select(t => (t.InitiatorId, (int)(t.At - Noon).TotalMinutes)));
        Assert.Equal(2, _book.Preview(spec.Id, 2).Length);
        Assert.Empty(_book.Preview(JobId.New(), 2));
    }

    [Fact(DisplayName = "Thousands of entries that come and go are always taken in the order of their times")]
    public void Heap_order()
    {
        var random = new Random(3);
        var jobs = new List<JobId>();
        for (var i = 0; i < 3000; i++)
        {
            jobs.Add(Add(Cron($"{random.Next(60)} {random.Next(60)} * * * *")));
            if (random.Next(3) != 0)
                continue;
            var gone = random.Next(jobs.Count);
            _book.Remove(jobs[gone]);
            jobs.RemoveAt(gone);
        }

        var ticks = Run(() => _now < Noon.AddHours(2));
        Assert.Equal(ticks.Select(t => t.At).Order(), ticks.Select(t => t.At));
        Assert.True(ticks.GroupBy(t => t.JobId).All(group => group.Count() == 2 || group.Single().At == Noon.AddHours(1)));
        Assert.Equal(jobs.Count, ticks.Select(t => t.JobId).Distinct().Count());
    }

    [Fact(DisplayName = "The end of time is no trouble")]
    public void End_of_time()
    {
        _now = new DateTimeOffset(9999, 12, 31, 23, 59, 50, TimeSpan.Zero);
        Add(Cron("* * * * *") with { Jitter = TimeSpan.FromDays(1) });
        Add(RunAt(DateTimeOffset.MaxValue));
        _now = DateTimeOffset.MaxValue;
        Assert.NotEmpty(SettleAll(out _));
    }

    private JobId Add(params Initiator[] initiators)
    {
        var spec = Spec(JobId.New(), initiators);
        Assert.Empty(_book.Add(spec, [], _now));
        return spec.Id;
    }

    private JobSpec Spec(JobId id, params Initiator[] initiators) => new(id, _now, [.. initiators], []);

    private static Initiator Cron(string schedule, int id = 1, MissedTickPolicy missed = default) =>
        new(id, InitiatorType.Cron) { Schedule = schedule, Missed = missed };

    private static Initiator RunAt(DateTimeOffset time) => new(1, InitiatorType.RunAt) { Time = time };

    /// <summary>Moves the clock from one time to the next, all jobs answering at once.</summary>
    private List<JobCommands.Tick> Run(Func<bool> goesOn)
    {
        var ticks = new List<JobCommands.Tick>();
        while (_book.NextWake is { } wake)
        {
            _now = wake;
            if (!goesOn())
                break;
            ticks.AddRange(SettleAll(out _));
        }

        return ticks;
    }

    private List<JobCommands.Tick> TakeAll()
    {
        var ticks = new List<JobCommands.Tick>();
        while (_book.TakeDue(_now) is { } due)
        {
            if (due.Tick is { } tick)
                ticks.Add(tick);
        }

        return ticks;
    }

    private List<JobCommands.Tick> SettleAll(out List<Missed> missed)
    {
        var ticks = new List<JobCommands.Tick>();
        missed = [];
        while (_book.TakeDue(_now) is { } due)
        {
            if (due.Missed != Missed.None)
                missed.Add(due.Missed);
            if (due.Tick is not { } tick)
                continue;
            ticks.Add(tick);
            _book.Settle(tick.JobId, tick.InitiatorId, tick.At);
        }

        return ticks;
    }
}
