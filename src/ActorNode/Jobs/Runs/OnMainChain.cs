using ActorNode.Jobs.Adapters;
using ActorNode.Protocol.Jobs;

namespace ActorNode.Jobs.Runs;

/// <summary>Looks whether the log that started a run is still on the main chain.</summary>
internal sealed class OnMainChain(IRunChain chain, JobRun run) : IAdapter
{
    /// <inheritdoc/>
    public async ValueTask<TaskOutcome> PerformAsync(TaskInput input, CancellationToken cancellationToken) =>
        await chain.IsOnMainChainAsync(run.Origin.TxHash!, run.Origin.BlockHash, cancellationToken).ConfigureAwait(false)
            ? TaskOutcome.Completed(input.Data)
            : TaskOutcome.Errored(input.Own.Data, $"TxHash {run.Origin.TxHash} initiating run {run.Id} not on main chain; presumably has been uncled");
}
