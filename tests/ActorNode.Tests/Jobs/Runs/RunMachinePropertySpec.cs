using System.Collections.Immutable;
using System.Text.Json;
using ActorNode.Jobs;
using ActorNode.Jobs.Runs;
using ActorNode.Protocol.Jobs;
using Xunit;

namespace ActorNode.Tests.Jobs.Runs;

/// <summary>
/// Random lives of a run, against a model that shares no code with the machine: outcomes, failed tries, answers, blocks, connections and sleeps
/// in any order, also where they do not belong, with restarts from what is stored in between.
/// </summary>
public sealed class RunMachinePropertySpec
{
    private const int Runs = 400;
    private const int Steps = 60;

    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory(DisplayName = "A run goes as the model does, its stored events bring it back the same, and nothing changes it once it is finished")]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Agrees_with_the_model(int seed)
    {
        var random = new Random(seed);
        var ends = new int[2];
        var refused = 0;
        var seen = new HashSet<RunStatus>();
        for (var i = 0; i < Runs; i++)
        {
            var life = new Life(random, $"seed {seed}, run {i}");
            for (var step = 0; step < Steps; step++)
            {
                life.Step();
                seen.Add(life.Run.Status);
            }

            refused += life.Refused;
            if (life.Run.Status.IsFinished())
                ends[life.Run.Status == RunStatus.Completed ? 0 : 1]++;
        }

        // The walk has been everywhere.
        Assert.True(ends.Min() > Runs / 20, $"{ends[0]} completed, {ends[1]} errored");
        Assert.True(refused > Runs);
        Assert.Equal(Enum.GetValues<RunStatus>().Except([RunStatus.Unstarted]).Order(), seen.Order());
    }

    [Fact(DisplayName = "A run that is errored as it is accepted is finished from the start")]
    public void Errored_at_acceptance()
    {
        var accepted = new RunAccepted(RunId.New(), 1, Start, RunResult.None) { Error = "no such adapter" };
        var run = RunMachine.Begin(Job(2), accepted);
        Assert.Equal((RunStatus.Errored, "no such adapter", Start), (run.Status, run.Result.Error, run.FinishedAt));
        Assert.NotNull(RunMachine.Answer(run, RunResult.None, Start).Problem);
        Assert.NotNull(RunMachine.Confirm(run, 1, Start).Problem);
        Assert.NotNull(RunMachine.Connect(run, Start).Problem);
    }

    private static JobSpec Job(int tasks) => new(
        JobId.New(), Start, [new Initiator(1, InitiatorType.RunLog)], [.. Enumerable.Range(1, tasks).Select(id => new TaskSpec(id, "noop", JobData.Empty))]);

    /// <summary>One run, its model and its journal.</summary>
    private sealed class Life
    {
        private static readonly RunStatus[] Outcomes =
        [
            RunStatus.Completed, RunStatus.Completed, RunStatus.Completed, RunStatus.Completed, RunStatus.Errored,
            RunStatus.PendingBridge, RunStatus.PendingSleep, RunStatus.PendingConnection, RunStatus.PendingConfirmations,
        ];

        private readonly Random _random;
        private readonly string _name;
        private readonly JobSpec _job;
        private readonly byte[] _accepted;
        private readonly List<(Type Type, byte[] Event)> _journal = [];
        private readonly Model _model;
        private DateTimeOffset _now = Start;
        private long _head;
        private int _number;

        public Life(Random random, string name)
        {
            (_random, _name) = (random, name);
            _job = Job(random.Next(1, 5));
            _head = random.Next(2) == 0 ? -1 : 100;
            var accepted = new RunAccepted(RunId.New(), 1, Start, new RunResult(Data("in"), Amount: Paid()));
            if (_head >= 0)
                accepted = accepted with { Height = _head, Minimums = [.. _job.Tasks.Select(_ => (uint)random.Next(0, 6))] };
            _accepted = JsonSerializer.SerializeToUtf8Bytes(accepted, JobEventsJson.Default.RunAccepted);
            Run = RunMachine.Begin(_job, accepted);
            _model = new Model(_job.Tasks.Length, accepted.Minimums, accepted.Height, accepted.Input.Data, accepted.Input.Amount);
            Compare("at acceptance");
        }

        public JobRun Run { get; private set; }

        public int Refused { get; private set; }

        public void Step()
        {
            _now = _now.AddSeconds(_random.Next(0, 5));
            switch (_random.Next(8))
            {
                case 0:
                    Restart();
                    break;
                case 1:
                    Answer();
                    break;
                case 2 or 3:
                    Head();
                    break;
                case 4:
                    Connect();
                    break;
                default:
                    GoOn();
                    break;
            }

            Compare("after a step");
        }

        /// <summary>What the run does by itself: it performs a task, or wakes.</summary>
        private void GoOn()
        {
            if (_model.Run == RunStatus.PendingSleep)
            {
                Store(new SleepEnded(_now));
                _model.Ended(RunStatus.Completed, null, null, null, _now);
            }
            else if (_model.Run == RunStatus.InProgress)
            {
                Perform();
            }
        }

        private void Perform()
        {
            var task = _model.Current;
            Assert.Equal(task, Run.Current);
            switch (_random.Next(12))
            {
                case 0:
                    Store(new TaskTried(task, "not now", _now));
                    _model.Tries[task]++;
                    _model.UpdatedAt = _now;
                    break;
                case 1 when _random.Next(4) == 0:
                    Store(new RunFailed("too long", _now));
                    _model.Fail("too long", _now);
                    break;
                default:
                    var status = Outcomes[_random.Next(Outcomes.Length)];
                    var (data, error, paid) = (Data("task"), status == RunStatus.Errored ? "broken" : null, Paid());
                    Store(new TaskEnded(task, status, data, error, paid, status == RunStatus.PendingSleep ? _now.AddSeconds(3) : null, Run.ObservedHeight, _now));
                    _model.Ended(status, data, error, paid, _now);
                    break;
            }
        }

        private void Answer()
        {
            var status = (RunStatus[])[RunStatus.Completed, RunStatus.Errored, RunStatus.PendingBridge];
            var answer = new RunResult(Data("answer"), status[_random.Next(3)], "said the bridge", Paid());
            var (answered, problem) = RunMachine.Answer(Run, answer, _now);
            if (!Agree(RunStatus.PendingBridge == _model.Run, answered, problem))
                return;
            Store(answered!);
            _model.Answered(answer, _now);
        }

        private void Head()
        {
            var height = _head = Math.Max(0, _head) + _random.Next(-1, 3);
            var (seen, problem) = RunMachine.Confirm(Run, height, _now);
            if (!Agree(_model.Run is RunStatus.PendingConfirmations or RunStatus.PendingConnection, seen, problem))
                return;
            Store(seen!);
            _model.Head(height, _now);
        }

        private void Connect()
        {
            var (connected, problem) = RunMachine.Connect(Run, _now);
            if (!Agree(_model.Run == RunStatus.PendingConnection, connected, problem))
                return;
            Store(connected!);
            (_model.Run, _model.UpdatedAt) = (RunStatus.InProgress, _now);
        }

        /// <summary>Whether it is allowed, on which both agree.</summary>
        private bool Agree(bool allowed, IRunEvent? runEvent, string? problem)
        {
            Assert.Equal(allowed, runEvent is not null);
            Assert.Equal(allowed, problem is null);
            if (!allowed)
                Refused++;
            return allowed;
        }

        private void Store(IRunEvent runEvent)
        {
            Assert.False(Run.Status.IsFinished(), $"{_name}: {runEvent} comes after the end");
            _journal.Add((runEvent.GetType(), JsonSerializer.SerializeToUtf8Bytes(runEvent, RunEventsJson.Default.GetTypeInfo(runEvent.GetType())!)));
            Run = RunMachine.Apply(Run, runEvent);
            if (Run.Status.IsFinished())
                Restart();
        }

        /// <summary>What is stored, and nothing else, brings the same run back.</summary>
        private void Restart()
        {
            var accepted = JsonSerializer.Deserialize(_accepted, JobEventsJson.Default.RunAccepted)!;
            var back = RunMachine.Begin(_job, accepted);
            foreach (var (type, stored) in _journal)
                back = RunMachine.Apply(back, (IRunEvent)JsonSerializer.Deserialize(stored, RunEventsJson.Default.GetTypeInfo(type)!)!);
            Assert.Equal(Text(Run), Text(back));
            Run = back;
        }

        private void Compare(string when)
        {
            var what = $"{_name} {when}, {_journal.Count} events: {Text(Run)}";
            Assert.True(_model.Run == Run.Status, what);
            Assert.True(_model.Tasks.SequenceEqual(Run.Tasks.Select(task => task.Status)), what);
            Assert.True(_model.Tries.SequenceEqual(Run.Tasks.Select(task => task.FailedTries)), what);
            Assert.True(_model.Observed == Run.ObservedHeight, what);
            Assert.True(_model.Overrides.Equals(Run.Overrides.Data), what);
            Assert.True(_model.Result.Equals(Run.Result.Data), what);
            Assert.True(_model.Paid == Run.Result.Amount, what);
            Assert.True(_model.Error == Run.Result.Error, what);
            Assert.True(_model.UpdatedAt == Run.UpdatedAt, what);
            Assert.True((Run.Status.IsFinished() ? _model.UpdatedAt : null) == Run.FinishedAt, what);
            // In order, whatever happens: done, then the one that is at it, then those that nobody has touched.
            var done = Run.Tasks.TakeWhile(task => task.Status == RunStatus.Completed).Count();
            Assert.All(Run.Tasks.Skip(done + 1), task => Assert.Equal(RunStatus.Unstarted, task.Status));
        }

        private static string Text(JobRun run) => JsonSerializer.Serialize(run, JobsJson.Default.JobRun);

        private JobData Data(string key) => JobData.Parse($$"""{"{{key}}{{_random.Next(3)}}":{{++_number}},"result":"{{_number}}"}""");

        private Juels? Paid() => _random.Next(4) == 0 ? new Juels(_random.Next(100)) : null;
    }

    /// <summary>What a run is, in the plainest words.</summary>
    private sealed class Model
    {
        private readonly ImmutableArray<uint>? _minimums;
        private readonly long? _height;
        private Juels? _overridesPaid;

        public Model(int tasks, ImmutableArray<uint>? minimums, long? height, JobData input, Juels? paid)
        {
            (_minimums, _height, Observed, Overrides, Result, _overridesPaid, Paid) = (minimums, height, height, input, input, paid, paid);
            Tasks = new RunStatus[tasks];
            Tries = new int[tasks];
            Gate();
        }

        public RunStatus[] Tasks { get; }

        public int[] Tries { get; }

        public RunStatus Run { get; set; }

        public int Current { get; private set; }

        public long? Observed { get; private set; }

        public JobData Overrides { get; private set; }

        public JobData Result { get; private set; }

        public Juels? Paid { get; private set; }

        public string? Error { get; private set; }

        public DateTimeOffset UpdatedAt { get; set; } = Start;

        /// <summary>A task ended. Without data: those that it had stay.</summary>
        public void Ended(RunStatus status, JobData? data, string? error, Juels? paid, DateTimeOffset now)
        {
            if (data is not null)
                (Result, Error, Paid, Tries[Current]) = (data, error, paid ?? _overridesPaid, 0);
            Become(status, now);
        }

        public void Answered(RunResult answer, DateTimeOffset now)
        {
            Overrides = Overrides.Merge(answer.Data);
            _overridesPaid = answer.Amount ?? _overridesPaid;
            (Result, Error, Paid) = (answer.Data, answer.Error, _overridesPaid);
            Become(answer.Status, now);
        }

        public void Head(long height, DateTimeOffset now)
        {
            (Observed, UpdatedAt) = (height, now);
            Gate();
        }

        public void Fail(string error, DateTimeOffset now) => (Run, Error, UpdatedAt) = (RunStatus.Errored, error, now);

        private void Become(RunStatus status, DateTimeOffset now)
        {
            (Tasks[Current], Run, UpdatedAt) = (status, status, now);
            if (status != RunStatus.Completed)
                return;
            Current++;
            if (Current < Tasks.Length)
                Gate();
        }

        private void Gate()
        {
            var confirmations = Observed is { } observed && _height is { } height && observed >= height ? observed - height + 1 : 0;
            Run = _minimums is { } minimums && confirmations < minimums[Current] ? RunStatus.PendingConfirmations : RunStatus.InProgress;
        }
    }
}
