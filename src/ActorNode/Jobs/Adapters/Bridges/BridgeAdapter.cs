using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using ActorNode.Jobs.Adapters.Http;
using ActorNode.Protocol.Jobs;

namespace ActorNode.Jobs.Adapters.Bridges;

/// <summary>
/// A task that another program does. It gets the run's id, which is the same however often it is asked, so it can tell a repeated request. It
/// answers at once, or says that it will, to <c>/v2/runs/ID</c> of this node.
/// </summary>
/// <param name="bridge">Where it is.</param>
/// <param name="responses">This node's address for later answers; null: it has none.</param>
/// <param name="calls">How it is called.</param>
internal sealed class BridgeAdapter(BridgeTerms bridge, string? responses, HttpCalls calls) : IAdapter
{
    /// <inheritdoc/>
    public async ValueTask<TaskOutcome> PerformAsync(TaskInput input, CancellationToken cancellationToken)
    {
        if (input.Own.Status.IsFinished())
            return new TaskOutcome(input.Own.Status, input.Own.Data, input.Own.Error) { Amount = input.Own.Amount };
        // The bridge was asked already: who enters the task again has put its answer into the data, and the run goes on.
        if (input.Own.Status == RunStatus.PendingBridge)
            return TaskOutcome.Completed(input.Data);
        var payload = Payload(input);
        var reply = await PostAsync(Request(input.RunId, payload), cancellationToken).ConfigureAwait(false);
        return Outcome(payload, Answer(reply.Body));
    }

    /// <summary>
    /// The data of the task with its parameters over them, except for the result: that of the task before is what the bridge works on, whatever
    /// the run's input says under the same name.
    /// </summary>
    private static JobData Payload(TaskInput input)
    {
        try
        {
            var data = input.Data.Merge(input.Parameters);
            return input.Data.Result is { ValueKind: not JsonValueKind.Undefined } result ? data.WithResult(result) : data;
        }
        catch (FormatException wrong)
        {
            throw new AdapterException($"ExternalBridge handling data param: {wrong.Message}", wrong);
        }
    }

    private byte[] Request(RunId run, JobData payload)
    {
        var buffer = new ArrayBufferWriter<byte>();
        buffer.Write("{\"id\":"u8);
        CanonicalJson.WriteText(run.Value, buffer);
        buffer.Write(",\"data\":"u8);
        buffer.Write(payload.Utf8.Span);
        if (responses is not null)
        {
            buffer.Write(",\"responseURL\":"u8);
            CanonicalJson.WriteText($"{responses}/v2/runs/{run}", buffer);
        }

        buffer.Write("}"u8);
        return buffer.WrittenSpan.ToArray();
    }

    private async ValueTask<HttpReply> PostAsync(byte[] body, CancellationToken cancellationToken)
    {
        ImmutableArray<KeyValuePair<string, ImmutableArray<string>>> headers = [new("Authorization", ["Bearer " + bridge.OutgoingToken])];
        HttpReply reply;
        try
        {
            reply = await calls.SendAsync(new HttpCall(CallKind.Bridge, HttpMethod.Post, bridge.Url, headers, body), cancellationToken).ConfigureAwait(false);
        }
        catch (AdapterException failed)
        {
            throw new AdapterException($"ExternalBridge post to external adapter: POST request: {failed.Message}", failed);
        }

        if (!reply.IsFailure)
            return reply;
        // A server that repeats what it was sent must not make the token part of an error, which everybody may read.
        var said = bridge.OutgoingToken.Length == 0 ? reply.Text : reply.Text.Replace(bridge.OutgoingToken, "[token]", StringComparison.Ordinal);
        throw new AdapterException($"ExternalBridge post to external adapter: POST response: {reply.Status} {said}".TrimEnd());
    }

    private static RunResult Answer(byte[] body)
    {
        try
        {
            return BridgeAnswer.Read(body);
        }
        catch (FormatException wrong)
        {
            throw new AdapterException($"ExternalBridge unmarshaling JSON: {wrong.Message}", wrong);
        }
    }

    /// <summary>What was sent, with the answer's data over it: later tasks see both, as in the original.</summary>
    private static TaskOutcome Outcome(JobData payload, RunResult answer)
    {
        var error = answer.Status == RunStatus.Errored ? answer.Error ?? "the bridge answered with the status errored and no error" : null;
        return new TaskOutcome(answer.Status, payload.Merge(answer.Data), error) { Amount = answer.Amount };
    }
}
