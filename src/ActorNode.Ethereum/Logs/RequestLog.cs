using System.Text;
using ActorNode.Ethereum.Words;
using ActorNode.Protocol.Jobs;

namespace ActorNode.Ethereum.Logs;

/// <summary>A request that somebody made of an oracle contract, as its log tells it.</summary>
/// <param name="Layout">The contract's generation.</param>
/// <param name="Input">The run's input: the request's parameters, and over them what the answer needs: address, dataPrefix, functionSelector.</param>
/// <param name="Payment">What was paid.</param>
/// <param name="Requester">Who asked.</param>
/// <param name="RequestId">0x and 64 digits.</param>
public sealed record RequestLog(RequestLayout Layout, JobData Input, Juels Payment, EthereumAddress Requester, string RequestId)
{
    private const int JobTopic = 1;
    private const int RequesterTopic = 2;
    private const int PaymentTopic = 3;

    /// <summary>Reads the log of a runlog or execagreement initiator.</summary>
    /// <exception cref="FormatException">It is of no known layout, shorter than its layout, or its parameters are damaged.</exception>
    public static RequestLog Parse(EthereumLog log, JobDataLimits? limits = null)
    {
        if (log.Topics.IsEmpty)
            throw new FormatException("No parser for the RunLogEvent topic : the log has no topics");
        var layout = RequestLayout.Find(log.Topics[0].Span)
            ?? throw new FormatException($"No parser for the RunLogEvent topic {Hex.Encode(log.Topics[0].Span)}");
        // Everything below lies within these.
        if (log.Topics.Length < layout.Topics)
            throw new FormatException($"a log of layout {layout.Name} has {layout.Topics} topics, this one {log.Topics.Length}");
        if (log.Data.Length < layout.Cbor)
            throw new FormatException($"the data of a log of layout {layout.Name} have at least {layout.Cbor} bytes, these {log.Data.Length}");
        var prefix = new byte[layout.Prefix.Length * EvmWord.Length];
        for (var i = 0; i < layout.Prefix.Length; i++)
            WordAt(log, layout.Prefix[i]).CopyTo(prefix.AsSpan(i * EvmWord.Length));
        var input = CborReader.Read(log.Data.Span[layout.Cbor..], limits)
            .With("address", log.Address.ToString())
            .With("dataPrefix", Hex.Encode(prefix))
            .With("functionSelector", layout.Selector);
        var inData = layout.Topics <= RequesterTopic;
        return new RequestLog(
            layout,
            input,
            new Juels(EvmWord.ReadUnsigned(inData ? WordAt(log, RequestLayout.Part.Word(2)) : log.Topics[PaymentTopic].Span)),
            EthereumAddress.OfWord(inData ? WordAt(log, RequestLayout.Part.Word(0)) : log.Topics[RequesterTopic].Span),
            Hex.Encode(WordAt(log, RequestLayout.Part.Word(layout.Request))));
    }

    /// <summary>Why a log starts no run of a job, or null: it must name the job, as text or as the bytes of its digits.</summary>
    /// <param name="log">The log.</param>
    /// <param name="job">The job.</param>
    /// <param name="initiator">Of the job. An ethlog initiator takes every log.</param>
    public static string? Problem(EthereumLog log, JobId job, InitiatorType initiator)
    {
        if (initiator == InitiatorType.EthLog)
            return null;
        if (log.Topics.Length <= JobTopic)
            return $"Run Log didn't have matching job ID:  != {job}";
        var topic = log.Topics[JobTopic].Span;
        var named = topic.SequenceEqual(EvmWord.OfBytes(Encoding.UTF8.GetBytes(job.Value)))
            || Convert.ToHexStringLower(topic[..(EvmWord.Length / 2)]) == job.Value;
        return named ? null : $"Run Log didn't have matching job ID: {Hex.Encode(topic)} != {job}";
    }

    private static ReadOnlySpan<byte> WordAt(EthereumLog log, RequestLayout.Part part) =>
        part == RequestLayout.Part.Payment ? log.Topics[PaymentTopic].Span : log.Data.Span.Slice(part.Index * EvmWord.Length, EvmWord.Length);
}
