using System.Text.Json;
using ActorNode.Ethereum.Words;
using ActorNode.Jobs.Adapters;
using ActorNode.Protocol.Jobs;

namespace ActorNode.Ethereum.Adapters;

/// <summary>Puts the word that the result makes in its place, as 0x and 64 digits. Has no parameters.</summary>
internal sealed class WordAdapter(string name, uint minimumConfirmations, Func<JsonElement, byte[]> encode) : IAdapterType, IAdapter
{
    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public uint MinimumConfirmations => minimumConfirmations;

    /// <inheritdoc/>
    public Juels MinimumPayment => Juels.Zero;

    /// <inheritdoc/>
    public IAdapter Create(JobData parameters) => this;

    /// <inheritdoc/>
    public ValueTask<TaskOutcome> PerformAsync(TaskInput input, CancellationToken cancellationToken)
    {
        try
        {
            return ValueTask.FromResult(TaskOutcome.Completed(input.Data.WithResult(Hex.Encode(encode(input.Data.Result)))));
        }
        catch (Exception wrong) when (wrong is FormatException or OverflowException)
        {
            throw new AdapterException(wrong.Message, wrong);
        }
    }
}
