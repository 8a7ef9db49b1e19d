using System.Text.Json;
using System.Text.Json.Serialization;

namespace ActorNode.Tezos.Signers.KeyFiles;

/// <summary>The JSON of a key file.</summary>
internal sealed record KeyFileContent(int Version, string PublicKeyHash, string PublicKey, string? Alias, SealedSecret Secret);

/// <summary>A secret key under a passphrase: scrypt makes the key of AES-256-GCM.</summary>
internal sealed record SealedSecret(string Kdf, int N, int R, int P, byte[] Salt, string Cipher, byte[] Nonce, byte[] Tag, byte[] Data);

[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    WriteIndented = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    NumberHandling = JsonNumberHandling.Strict)]
[JsonSerializable(typeof(KeyFileContent))]
internal sealed partial class KeyFileJson : JsonSerializerContext;
