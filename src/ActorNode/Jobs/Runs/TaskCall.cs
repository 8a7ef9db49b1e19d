using ActorNode.Jobs.Adapters;

namespace ActorNode.Jobs.Runs;

/// <summary>One try of a task that is under way. What it came to is told to the run's actor once.</summary>
internal sealed class TaskCall(int task) : IDisposable
{
    private readonly CancellationTokenSource _cancel = new();

    /// <summary>Which task.</summary>
    public int Task { get; } = task;

    /// <summary>Ends the try, if the adapter listens.</summary>
    public void Cancel() => _cancel.Cancel();

    /// <summary>Performs the task. Never throws: what the adapter throws is the outcome.</summary>
    public async ValueTask<TaskOutcome> PerformAsync(Func<IAdapter> create, TaskInput input)
    {
        try
        {
            return await create().PerformAsync(input, _cancel.Token).ConfigureAwait(false);
        }
        catch (AdapterException wrong)
        {
            return TaskOutcome.Errored(input.Data, wrong.Message);
        }
        catch (OperationCanceledException) when (_cancel.IsCancellationRequested)
        {
            return TaskOutcome.Errored(input.Data, "cancelled");
        }
#pragma warning disable CA1031 // An application's adapter may throw anything; it fails its task, not the run's actor.
        catch (Exception unexpected)
        {
            return TaskOutcome.Errored(input.Data, unexpected.Message);
        }
#pragma warning restore CA1031
    }

    public void Dispose() => _cancel.Dispose();
}
