using System.Collections.Immutable;
using System.Globalization;
using ActorNode.Configuration;

namespace ActorNode.Forging;

/// <summary>The remote signer protocol that the node serves to bakers and wallets: the section <c>actornode.forging.http</c>.</summary>
public sealed record ForgingHttpSettings : ISettingsRules
{
    /// <summary>
    /// Public keys of those who may have something signed: each request must carry a signature of one of them. Empty: whoever reaches the
    /// port may, which is allowed on loopback, or with TLS and the bearer token.
    /// </summary>
    public ImmutableArray<string> AuthorizedKeys { get; init; } = [];

    /// <summary>How the addresses of authorized keys are shown to clients.</summary>
    public ForgingNetwork Network { get; init; } = ForgingNetwork.Mavryk;

    /// <summary>What every key may sign, by the first byte of the payload.</summary>
    public ImmutableArray<string> MagicBytes { get; init; } = ["0x11", "0x12", "0x13"];

    /// <summary>What single keys may sign instead: <c>ADDRESS=0x03,0x11</c>.</summary>
    public ImmutableArray<string> KeyMagicBytes { get; init; } = [];

    /// <summary>The chain whose blocks and votes are signed, in base58. Null: those of any chain, each with its own watermarks.</summary>
    public string? Chain { get; init; }

    /// <summary>Longest body of a request to sign: two digits a byte.</summary>
    [Bytes, InRange("1 KiB", "64 MiB")]
    public int MaxRequestBody { get; init; } = 256 * 1024;

    /// <summary>The magic bytes that a key may sign.</summary>
    public ImmutableArray<byte> MagicBytesOf(string key) =>
        KeyMagicBytes.Select(entry => entry.Split('=')).LastOrDefault(entry => entry[0].Trim() == key) is { Length: 2 } own
            ? BytesOf(own[1].Split(','))
            : BytesOf(MagicBytes);

    /// <inheritdoc/>
    public IEnumerable<(string Key, string Rule)> Problems()
    {
        foreach (var text in MagicBytes.Where(text => ByteOf(text) is null))
            yield return ("magic-bytes", $"'{text}' is no magic byte; write 0x11");
        foreach (var entry in KeyMagicBytes)
        {
            if (entry.Split('=') is not [var key, var bytes] || key.Trim().Length == 0)
                yield return ("key-magic-bytes", $"'{entry}' is not ADDRESS=0x11,0x12");
            else if (bytes.Split(',').FirstOrDefault(text => ByteOf(text) is null) is { } wrong)
                yield return ("key-magic-bytes", $"'{wrong.Trim()}' of {key.Trim()} is no magic byte; write 0x11");
        }
    }

    private static ImmutableArray<byte> BytesOf(IEnumerable<string> texts) => [.. texts.Select(text => ByteOf(text)!.Value)];

    private static byte? ByteOf(string text) =>
        text.Trim() is ['0', 'x', _, _] hex && byte.TryParse(hex.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value) ? value : null;
}

/// <summary>The networks, which differ in how addresses look.</summary>
public enum ForgingNetwork
{
    /// <summary>mv1 to mv4.</summary>
    Mavryk,

    /// <summary>tz1 to tz4.</summary>
    Tezos,
}
