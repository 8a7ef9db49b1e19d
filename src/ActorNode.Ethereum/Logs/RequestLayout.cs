using System.Collections.Immutable;
using System.Text;
using ActorNode.Ethereum.Words;

namespace ActorNode.Ethereum.Logs;

/// <summary>Where one generation of oracle contracts puts what in the log of a request. Words are numbered from 0.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Event">The event's signature; its hash is the first topic.</param>
/// <param name="Topics">Topics that a log has at least.</param>
/// <param name="Request">The word of the request's id.</param>
/// <param name="Cbor">The byte that the parameters begin at.</param>
/// <param name="Fulfil">The signature of the function that takes the answer.</param>
/// <param name="Prefix">What of the log goes back before the answer.</param>
public sealed record RequestLayout(string Name, string Event, int Topics, int Request, int Cbor, string Fulfil, ImmutableArray<RequestLayout.Part> Prefix)
{
    /// <summary>The first contracts.</summary>
    public static readonly RequestLayout Original = new(
        "original",
        "RunRequest(bytes32,address,uint256,uint256,uint256,bytes)",
        Topics: 4, Request: 0, Cbor: 4 * EvmWord.Length,
        "fulfillData(uint256,bytes32)",
        [Part.Word(0)]);

    /// <summary>With a callback.</summary>
    public static readonly RequestLayout V20190123 = new(
        "20190123",
        "RunRequest(bytes32,address,uint256,uint256,uint256,address,bytes4,uint256,bytes)",
        Topics: 4, Request: 0, Cbor: 7 * EvmWord.Length,
        "fulfillData(uint256,uint256,address,bytes4,uint256,bytes32)",
        [Part.Word(0), Part.Payment, Part.Word(2), Part.Word(3), Part.Word(4)]);

    /// <summary>The job alone is a topic.</summary>
    public static readonly RequestLayout V20190207 = new(
        "20190207",
        "OracleRequest(bytes32,address,bytes32,uint256,address,bytes4,uint256,uint256,bytes)",
        Topics: 2, Request: 1, Cbor: 9 * EvmWord.Length,
        "fulfillOracleRequest(bytes32,uint256,address,bytes4,uint256,bytes32)",
        [Part.Word(1), Part.Word(2), Part.Word(3), Part.Word(4), Part.Word(5)]);

    /// <summary>Of a service agreement.</summary>
    public static readonly RequestLayout Agreement = new(
        "execagreement",
        "ServiceAgreementExecution(bytes32,address,uint256,uint256,uint256,bytes)",
        Topics: 4, Request: 0, Cbor: 4 * EvmWord.Length,
        "fulfillData(uint256,bytes32)",
        [Part.Word(0)]);

    /// <summary>Those of runlog initiators, the newest first.</summary>
    public static readonly ImmutableArray<RequestLayout> RunLogs = [V20190207, V20190123, Original];

    /// <summary>All.</summary>
    public static readonly ImmutableArray<RequestLayout> All = [.. RunLogs, Agreement];

    /// <summary>The first topic of its logs.</summary>
    public ReadOnlyMemory<byte> Topic { get; } = Keccak256.Hash(Encoding.ASCII.GetBytes(Event));

    /// <summary>The selector of the function that takes the answer, as 0x and 8 digits.</summary>
    public string Selector { get; } = Hex.Encode(Keccak256.Hash(Encoding.ASCII.GetBytes(Fulfil)).AsSpan(0, 4));

    /// <summary>The layout of logs with that first topic, or null.</summary>
    public static RequestLayout? Find(ReadOnlySpan<byte> topic)
    {
        foreach (var layout in All)
        {
            if (layout.Topic.Span.SequenceEqual(topic))
                return layout;
        }

        return null;
    }

    /// <summary>One word of a log.</summary>
    /// <param name="Index">Which of the data; below 0: the topic of the payment.</param>
    public readonly record struct Part(int Index)
    {
        /// <summary>The payment, which is a topic.</summary>
        public static readonly Part Payment = new(-1);

        /// <summary>A word of the data.</summary>
        public static Part Word(int index) => new(index);
    }
}
