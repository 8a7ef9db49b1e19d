using System.Buffers;
using System.Text.Json;
using ActorNode.Ethereum.Words;
using ActorNode.Jobs.Adapters;
using ActorNode.Protocol.Jobs;

namespace ActorNode.Ethereum.Adapters;

/// <summary>Sends the result to a contract and waits until the transaction is deep enough in the chain.</summary>
internal sealed class EthTxType(uint minimumConfirmations, Juels minimumPayment, bool dev, ITransactionSender? transactions) : IAdapterType
{
    /// <inheritdoc/>
    public string Name => "ethtx";

    /// <inheritdoc/>
    public uint MinimumConfirmations => minimumConfirmations;

    /// <inheritdoc/>
    public Juels MinimumPayment => minimumPayment;

    /// <inheritdoc/>
    public IAdapter Create(JobData parameters)
    {
        var read = EthTxParameters.Read(parameters);
        // A requester may override parameters: what the node pays for gas is not for him to say.
        return new EthTx(dev ? read : read with { GasPrice = null, GasLimit = null }, transactions);
    }
}

/// <summary>
/// One ethtx task. Sends at most one transaction, however often it is performed: its key is the run and the task of the run, and the port keeps
/// what was sent under it.
/// </summary>
internal sealed class EthTx(EthTxParameters parameters, ITransactionSender? transactions) : IAdapter
{
    /// <summary>Parity's light client has not got the answer yet.</summary>
    private const string EmptyResponse = "Error cause was EmptyResponse";

    /// <inheritdoc/>
    public async ValueTask<TaskOutcome> PerformAsync(TaskInput input, CancellationToken cancellationToken)
    {
        if (transactions is not { IsConnected: true })
            return TaskOutcome.Pending(RunStatus.PendingConnection, input.Data);
        return input.Own.Status == RunStatus.PendingConfirmations
            ? await ConfirmAsync(transactions, input.Data, cancellationToken).ConfigureAwait(false)
            : await SendAsync(transactions, input, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<TaskOutcome> SendAsync(ITransactionSender sender, TaskInput input, CancellationToken cancellationToken)
    {
        var request = Request(input.Data.Result);
        JobData? sent = null;
        try
        {
            var hash = await sender.SendAsync(new TransactionKey(input.RunId, input.TaskRunId), request, cancellationToken).ConfigureAwait(false);
            sent = input.Data.WithResult(hash);
            var progress = await sender.CheckAsync(hash, cancellationToken).ConfigureAwait(false);
            return progress is { State: TransactionState.Safe, Receipt: { } receipt }
                ? Safe(sent, receipt)
                : TaskOutcome.Pending(RunStatus.PendingConfirmations, sent);
        }
        catch (ChainUnavailableException)
        {
            // Without the hash as its result: the next try makes the same request, and the port knows what became of the first.
            return TaskOutcome.Pending(RunStatus.PendingConnection, input.Data);
        }
        catch (TransactionException failed)
        {
            if (!failed.Message.Contains(EmptyResponse, StringComparison.Ordinal))
                throw new AdapterException(failed.Message, failed);
            // What waits for confirmations has a hash to look for. Both states are looked at again with the next block.
            return sent is null
                ? TaskOutcome.Pending(RunStatus.PendingConnection, input.Data)
                : TaskOutcome.Pending(RunStatus.PendingConfirmations, sent);
        }
    }

    private static async ValueTask<TaskOutcome> ConfirmAsync(ITransactionSender sender, JobData data, CancellationToken cancellationToken)
    {
        if (data.Result.ValueKind != JsonValueKind.String)
            throw new AdapterException("non string result");
        try
        {
            var progress = await sender.BumpUntilSafeAsync(data.Result.GetString()!, cancellationToken).ConfigureAwait(false);
            return progress switch
            {
                { State: TransactionState.Safe, Receipt: { } receipt } => Safe(data, receipt),
                { State: TransactionState.Confirmed, Receipt: { } receipt } => TaskOutcome.Pending(RunStatus.PendingConfirmations, Confirmed(data, receipt)),
                _ => TaskOutcome.Pending(RunStatus.PendingConfirmations, data),
            };
        }
        catch (ChainUnavailableException)
        {
            // The transaction is on its way; the next block looks again.
            return TaskOutcome.Pending(RunStatus.PendingConfirmations, data);
        }
        catch (TransactionException failed)
        {
            return failed.State == TransactionState.Unknown && !failed.Message.Contains(EmptyResponse, StringComparison.Ordinal)
                ? throw new AdapterException(failed.Message, failed)
                : TaskOutcome.Pending(RunStatus.PendingConfirmations, data);
        }
    }

    private TransactionRequest Request(JsonElement result)
    {
        if (parameters.Address == EthereumAddress.Zero)
            throw new AdapterException("address: is missing, and nothing is sent to the zero address");
        try
        {
            return new TransactionRequest(parameters.Address, CallData.Build(parameters, result), parameters.GasPrice, parameters.GasLimit);
        }
        catch (Exception wrong) when (wrong is FormatException or OverflowException)
        {
            throw new AdapterException(wrong.Message, wrong);
        }
    }

    private static JobData Confirmed(JobData data, TransactionReceipt receipt) =>
        data.WithResult(receipt.TransactionHash).With("latestOutgoingTxHash", receipt.TransactionHash);

    private static TaskOutcome Safe(JobData data, TransactionReceipt receipt)
    {
        const string Key = "ethereumReceipts";
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartArray();
            var before = data.Find(Key);
            if (before.ValueKind == JsonValueKind.Array)
            {
                foreach (var earlier in before.EnumerateArray())
                    earlier.WriteTo(json);
            }

            receipt.Json.WriteTo(json);
            json.WriteEndArray();
        }

        return TaskOutcome.Completed(Confirmed(data, receipt).With(Key, buffer.WrittenSpan));
    }
}
