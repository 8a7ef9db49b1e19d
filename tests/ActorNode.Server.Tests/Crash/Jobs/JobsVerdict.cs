using System.Globalization;
using System.Text.Json.Nodes;
using ActorNode.Server.Tests.Jobs;
using Xunit;

namespace ActorNode.Server.Tests.Crash.Jobs;

/// <summary>What a node's journal and list say after all kills, held against what was promised by it and what was seen outside of it.</summary>
internal sealed class JobsVerdict(JobsJournal journal, JobsLoad load, IReadOnlyList<JsonNode> listed)
{
    private readonly ILookup<string, Effect> _calls = load.Outside.Calls.ToLookup(call => call.Run);
    private readonly Dictionary<string, JsonNode> _listed = listed.ToDictionary(run => (string)run["id"]!);
    private int _ended;
    private int _repeated;
    private int _ticks;
    private int _pairs;

    public void Check()
    {
        CheckList();
        foreach (var run in listed)
            CheckRun(run);
        foreach (var job in load.Ordered)
            CheckOrder(job);
        CheckTimes();
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"""
        {load.Promised.Count:N0} runs promised, {listed.Count:N0} in the journal and in the list; {_ended:N0} ends of tasks, {load.Outside.Calls.Count:N0} calls outside,
        {_repeated:N0} of them repeated because a kill hid their end; {_pairs:N0} ordered pairs of runs; {_ticks:N0} scheduled times of {load.Timed.Count:N0} jobs, each once;
        {load.Unanswered:N0} requests without an answer at a kill
        """).ReplaceLineEndings(" ");

    /// <summary>Each accepted run once, each promised one among them.</summary>
    private void CheckList()
    {
        var accepted = journal.Jobs.Values.SelectMany(job => job.Accepted).Select(run => run.Run).ToList();
        Assert.Equal(accepted.Count, accepted.Distinct().Count());
        Assert.Equal(accepted.Order(), _listed.Keys.Order());
        Assert.Empty(load.Promised.Except(accepted));
        Assert.Empty(journal.Runs.Keys.Except(accepted));
        Assert.Empty(_calls.Select(calls => calls.Key).Except(accepted));
    }

    private void CheckRun(JsonNode run)
    {
        var id = (string)run["id"]!;
        var tasks = run["taskRuns"]!.AsArray();
        var history = journal.Runs[id];
        Assert.True(history.Errored || history.Completed == tasks.Count, $"run {id} has no end in the journal");
        Assert.Equal(history.Errored ? "errored" : "completed", (string?)run["status"]);
        Assert.Equal(history.LastAt, (DateTimeOffset)run["finishedAt"]!);
        Assert.Equal(history.Completed, tasks.Count(task => (string?)task!["status"] == "completed"));
        Assert.Equal(history.Errored ? 1 : 0, tasks.Count(task => (string?)task!["status"] == "errored"));
        foreach (var task in history.Ended.GroupBy(ended => ended.Task))
            CheckTask(id, (string)tasks[task.Key]!["task"]!["type"]!, task.First());
        Assert.All(tasks.Skip(history.Completed + (history.Errored ? 1 : 0)), task => Assert.Empty(Calls(id, (string)task!["task"]!["type"]!)));
    }

    /// <summary>A call by a later life of the node than the one that journalled the end, or later than it, did the task again.</summary>
    private void CheckTask(string run, string task, EndedTask ended)
    {
        var calls = Calls(run, task);
        Assert.True(calls.Count > 0, $"{task} of run {run} has ended and was not performed");
        _ended++;
        _repeated += Math.Max(0, calls.Select(Life).Distinct().Count() - 1);
        // What was under way in a life that was killed may be seen late; it is of its life all the same.
        var life = calls.Where(call => call.At <= ended.At).Select(Life).DefaultIfEmpty(0).Max();
        Assert.All(calls, call => Assert.True(
            call.At <= ended.At || Life(call) < life, $"{task} of run {run} ended at {ended.At:O} in life {life} and was performed at {call.At:O} in life {Life(call)}"));
    }

    /// <summary>A run of an ordered job does nothing before the one that was accepted before it has ended.</summary>
    private void CheckOrder(string job)
    {
        foreach (var (before, after) in journal.Accepted(job).Zip(journal.Accepted(job).Skip(1)))
        {
            _pairs++;
            var end = journal.Runs[before.Run].LastAt;
            var first = _calls[after.Run].Min(call => call.At);
            Assert.True(first >= end, $"run {after.Run} began at {first:O} before {before.Run} ended at {end:O}");
        }
    }

    /// <summary>Every second of a schedule once, and none left out between the first and the last; a single time once.</summary>
    private void CheckTimes()
    {
        foreach (var ticks in journal.Jobs.Values.SelectMany(job => job.Ticks.Values))
        {
            _ticks += ticks.Count;
            Assert.Equal(Enumerable.Range(0, ticks.Count).Select(i => ticks[0].AddSeconds(i)), ticks);
        }

        foreach (var (job, kind) in load.Timed)
        {
            Assert.True(journal.Jobs.TryGetValue(job, out var history), $"job {job} was promised and is lost");
            if (kind == "runat")
                Assert.Single(history!.Ticks[1]);
        }
    }

    private List<Effect> Calls(string run, string task) => [.. _calls[run].Where(call => call.Task == task)];

    /// <summary>Which life of the node has made the call: what it says where late answers go.</summary>
    private static int Life(Effect call) => int.Parse(new Uri(call.Node).Segments[1].TrimEnd('/'), CultureInfo.InvariantCulture);
}
