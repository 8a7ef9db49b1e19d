using ActorNode.Jobs.Adapters;
using ActorNode.Protocol.Jobs;

namespace ActorNode.Jobs.Runs;

/// <summary>What a task of a run is given. Pure.</summary>
internal static class TaskInputs
{
    /// <summary>The task's parameters, over which the run's input and the answers of bridges have the last word.</summary>
    public static JobData Parameters(JobRun run, int index) => run.Tasks[index].Task.Params.Merge(run.Overrides.Data);

    /// <summary>The run's input, under what the task before left, under what this one left when it became pending.</summary>
    public static TaskInput Of(JobRun run, int index)
    {
        var task = run.Tasks[index];
        var previous = index == 0 ? JobData.Empty : run.Tasks[index - 1].Result.Data;
        return new TaskInput(run.Id, task.Id, run.Overrides.Data.Merge(previous.Merge(task.Result.Data)), Parameters(run, index), task.Result);
    }
}
