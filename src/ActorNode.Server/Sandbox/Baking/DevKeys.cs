using System.Collections.Immutable;
using ActorNode.Tezos.Keys;
using ActorNode.Tezos.Signers;

namespace ActorNode.Server.Sandbox.Baking;

/// <summary>The sandbox's own delegates: a key of each type, made at the start and gone at the end. No file ever has them.</summary>
internal static class DevKeys
{
    public const Network Network = Tezos.Keys.Network.Mavryk;

    private static readonly ImmutableArray<KeyType> Types = [KeyType.Ed25519, KeyType.Secp256k1, KeyType.P256, KeyType.Ed25519];

    public static ImmutableArray<SigningKey> Generate() => [.. Types.Select((type, i) => new SigningKey(SecretKey.Generate(type), Network, $"baker-{i + 1}"))];
}
