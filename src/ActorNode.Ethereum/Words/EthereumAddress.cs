using System.Buffers.Binary;
using System.Text;

namespace ActorNode.Ethereum.Words;

/// <summary>An account or a contract: 20 bytes.</summary>
public readonly record struct EthereumAddress
{
    /// <summary>Bytes of an address.</summary>
    public const int Length = 20;

    /// <summary>The address without a 1 in it, which stands for none.</summary>
    public static readonly EthereumAddress Zero;

    private readonly UInt128 _high;
    private readonly uint _low;

    /// <param name="bytes">20 of them.</param>
    public EthereumAddress(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Length)
            throw new ArgumentException($"an address has {Length} bytes, not {bytes.Length}", nameof(bytes));
        _high = BinaryPrimitives.ReadUInt128BigEndian(bytes);
        _low = BinaryPrimitives.ReadUInt32BigEndian(bytes[16..]);
    }

    /// <summary>The address at the end of a word.</summary>
    public static EthereumAddress OfWord(ReadOnlySpan<byte> word) => new(word[^Length..]);

    /// <summary>Reads 0x and 40 digits; letters in any case, a checksum is not looked at.</summary>
    public static bool TryParse(string? text, out EthereumAddress address)
    {
        address = default;
        if (text is not { Length: 2 * Length + 2 } || !Hex.TryDecode(text, out var bytes))
            return false;
        address = new EthereumAddress(bytes);
        return true;
    }

    /// <summary>Reads 0x and 40 digits; letters in any case, a checksum is not looked at.</summary>
    /// <exception cref="FormatException">It is something else.</exception>
    public static EthereumAddress Parse(string text) =>
        TryParse(text, out var address) ? address : throw new FormatException("an address is 0x and 40 hexadecimal digits");

    /// <summary>Reads an address whose letters have the case that its checksum wants (EIP-55).</summary>
    /// <exception cref="FormatException">They have not, or it is no address.</exception>
    public static EthereumAddress ParseChecksummed(string text) => TryParse(text, out var address) && address.ToString() == text
        ? address
        : throw new FormatException($"\"{Shown(text)}\" is not a valid EIP55 formatted address");

    /// <summary>The bytes, left of which a word has zeros.</summary>
    public byte[] ToWord() => EvmWord.OfLastBytes(ToBytes());

    /// <summary>The bytes.</summary>
    public byte[] ToBytes()
    {
        var bytes = new byte[Length];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, _high);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(16), _low);
        return bytes;
    }

    /// <summary>0x and 40 digits in lower case.</summary>
    public string ToLower() => Hex.Encode(ToBytes());

    /// <summary>0x and 40 digits, the case of the letters as EIP-55 has it.</summary>
    public override string ToString()
    {
        var digits = Convert.ToHexStringLower(ToBytes());
        // A letter is large where its place in the hash of the digits holds 8 or more.
        var hash = Keccak256.Hash(Encoding.ASCII.GetBytes(digits));
        return string.Create(digits.Length + 2, (digits, hash), static (text, from) =>
        {
            "0x".CopyTo(text);
            for (var i = 0; i < from.digits.Length; i++)
            {
                var nibble = from.hash[i / 2] >> (i % 2 == 0 ? 4 : 0) & 0xf;
                text[i + 2] = nibble >= 8 ? char.ToUpperInvariant(from.digits[i]) : from.digits[i];
            }
        });
    }

    // What is no address may be of any length.
    private static string Shown(string text) => text.Length <= 100 ? text : text[..100] + "...";
}
