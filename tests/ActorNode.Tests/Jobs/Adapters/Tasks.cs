using ActorNode.Jobs;
using ActorNode.Jobs.Adapters;
using ActorNode.Jobs.Adapters.Http;
using ActorNode.Protocol.Jobs;

namespace ActorNode.Tests.Jobs.Adapters;

/// <summary>Tasks of adapters, performed by themselves.</summary>
internal static class Tasks
{
    public static readonly RunId Run = new("11111111111111111111111111111111");

    /// <summary>What a run's actor gives a task that has not been entered before.</summary>
    public static TaskInput Input(string data = "{}", string parameters = "{}", RunResult? own = null) =>
        new(Run, new RunId("22222222222222222222222222222222"), JobData.Parse(data), JobData.Parse(parameters), own ?? RunResult.None);

    /// <summary>What a core adapter makes of these parameters and data.</summary>
    public static async Task<TaskOutcome> PerformAsync(string type, string parameters, string data, TimeProvider? clock = null)
    {
        using var calls = new HttpCalls(new JobsHttpSettings());
        var input = Input(data, parameters);
        var adapter = CoreAdapters.All(new JobsSettings(), calls, clock ?? TimeProvider.System).Single(kind => kind.Name == type).Create(input.Parameters);
        return await adapter.PerformAsync(input, default);
    }

    /// <summary>The data that a task completes with, as text.</summary>
    public static async Task<string> DataAsync(string type, string parameters, string data)
    {
        var outcome = await PerformAsync(type, parameters, data);
        Xunit.Assert.Equal((RunStatus.Completed, null), (outcome.Status, outcome.Error));
        return outcome.Data.ToString();
    }

    /// <summary>Why a task fails. Its data stay as they were.</summary>
    public static async Task<string> ErrorAsync(string type, string parameters, string data)
    {
        try
        {
            var outcome = await PerformAsync(type, parameters, data);
            Xunit.Assert.Equal((RunStatus.Errored, JobData.Parse(data)), (outcome.Status, outcome.Data));
            return outcome.Error!;
        }
        catch (AdapterException failed)
        {
            return failed.Message;
        }
    }
}
