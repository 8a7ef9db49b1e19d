using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;
using ActorNode.Ethereum.Words;
using ActorNode.Jobs.Adapters;
using ActorNode.Protocol.Jobs;

namespace ActorNode.Ethereum.Adapters;

/// <summary>The parameters of an ethtx task.</summary>
/// <param name="Address">The contract; zero where none is given, to which nothing is sent.</param>
/// <param name="Selector">The function: four bytes, zeros where none is given.</param>
/// <param name="Prefix">Arguments that come first.</param>
/// <param name="Format">How the result is encoded; empty: as a word in hexadecimal.</param>
/// <param name="GasPrice">In wei.</param>
/// <param name="GasLimit">Of the transaction.</param>
internal sealed record EthTxParameters(
    EthereumAddress Address, ReadOnlyMemory<byte> Selector, ReadOnlyMemory<byte> Prefix, string Format, BigInteger? GasPrice, ulong? GasLimit)
{
    private const int SelectorLength = 4;

    /// <exception cref="AdapterException">One breaks its rule.</exception>
    public static EthTxParameters Read(JobData parameters) => new(
        ReadAddress(parameters),
        ReadSelector(parameters),
        ReadPrefix(parameters),
        Text(parameters, "format") ?? "",
        ReadNumber(parameters, "gasPrice"),
        ReadGasLimit(parameters));

    private static EthereumAddress ReadAddress(JobData parameters)
    {
        if (Text(parameters, "address") is not { } text)
            return EthereumAddress.Zero;
        return EthereumAddress.TryParse(text, out var address) ? address : throw new AdapterException("address: must be 0x and 40 hexadecimal digits");
    }

    private static byte[] ReadSelector(JobData parameters)
    {
        if (Text(parameters, "functionSelector") is not { } text)
            return new byte[SelectorLength];
        if (!Hex.HasPrefix(text))
            return Keccak256.Hash(Encoding.UTF8.GetBytes(text))[..SelectorLength];
        return Hex.TryDecode(text, out var selector) && selector.Length == SelectorLength
            ? selector
            : throw new AdapterException("Function ID must be 4 bytes in length");
    }

    private static byte[] ReadPrefix(JobData parameters)
    {
        if (Text(parameters, "dataPrefix") is not { } text)
            return [];
        return Hex.TryDecode(text, out var prefix) ? prefix : throw new AdapterException("dataPrefix: must be 0x and whole bytes in hexadecimal digits");
    }

    private static ulong? ReadGasLimit(JobData parameters) => ReadNumber(parameters, "gasLimit") switch
    {
        null => null,
        { } limit when limit <= ulong.MaxValue => (ulong)limit,
        _ => throw new AdapterException("gasLimit: must be at most 18446744073709551615"),
    };

    private static BigInteger? ReadNumber(JobData parameters, string key)
    {
        var value = parameters.Find(key);
        var text = value.ValueKind switch
        {
            JsonValueKind.Undefined or JsonValueKind.Null => null,
            JsonValueKind.String => value.GetString()!,
            // The canonical form of a whole number has no exponent below 10^21, which is more wei than any price.
            JsonValueKind.Number => value.GetRawText(),
            _ => "",
        };
        if (text is null)
            return null;
        return text.Length <= Juels.MaxDigits && BigInteger.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new AdapterException($"{key}: must be a whole number that is not negative, as a number or as a string of digits");
    }

    private static string? Text(JobData parameters, string key)
    {
        var value = parameters.Find(key);
        return value.ValueKind switch
        {
            JsonValueKind.Undefined or JsonValueKind.Null => null,
            JsonValueKind.String => value.GetString(),
            _ => throw new AdapterException($"{key}: must be a string"),
        };
    }
}
