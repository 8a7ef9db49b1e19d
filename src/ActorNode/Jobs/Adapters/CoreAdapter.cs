using ActorNode.Protocol.Jobs;

namespace ActorNode.Jobs.Adapters;

/// <summary>A kind of task that the node itself brings and that costs nothing.</summary>
/// <param name="name">What tasks call it.</param>
/// <param name="minimumConfirmations">Blocks that its tasks wait for at least.</param>
/// <param name="create">The adapter with parameters; may throw <see cref="AdapterException"/>.</param>
internal sealed class CoreAdapter(string name, uint minimumConfirmations, Func<JobData, IAdapter> create) : IAdapterType
{
    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public uint MinimumConfirmations => minimumConfirmations;

    /// <inheritdoc/>
    public Juels MinimumPayment => Juels.Zero;

    /// <inheritdoc/>
    public IAdapter Create(JobData parameters) => create(parameters);
}

/// <summary>A task that waits for nothing.</summary>
/// <param name="perform">What it comes to; may throw <see cref="AdapterException"/>.</param>
internal sealed class ImmediateAdapter(Func<TaskInput, TaskOutcome> perform) : IAdapter
{
    /// <inheritdoc/>
    public ValueTask<TaskOutcome> PerformAsync(TaskInput input, CancellationToken cancellationToken) => ValueTask.FromResult(Perform(input));

    private TaskOutcome Perform(TaskInput input)
    {
        try
        {
            return perform(input);
        }
        catch (FormatException wrong)
        {
            // Data that grew deeper than any may be.
            throw new AdapterException(wrong.Message, wrong);
        }
    }
}
