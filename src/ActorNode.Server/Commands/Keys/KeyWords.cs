using System.Text.Json.Nodes;
using ActorNode.Tezos.Keys;
using ActorNode.Tezos.Signers.KeyFiles;

namespace ActorNode.Server.Commands.Keys;

/// <summary>How commands spell keys, as options and in what they print. Only public parts.</summary>
internal static class KeyWords
{
    public static Network? NetworkOf(string text) => text switch
    {
        "mv" => Network.Mavryk,
        "tz" => Network.Tezos,
        _ => null,
    };

    public static KeyType? TypeOf(string text) => text switch
    {
        "ed25519" => KeyType.Ed25519,
        "secp256k1" => KeyType.Secp256k1,
        "p256" => KeyType.P256,
        "bls" => KeyType.Bls12381,
        _ => null,
    };

    public static string Of(Network network) => network == Network.Mavryk ? "mv" : "tz";

    public static string Of(KeyType type) => type switch
    {
        KeyType.Ed25519 => "ed25519",
        KeyType.Secp256k1 => "secp256k1",
        KeyType.P256 => "p256",
        _ => "bls",
    };

    public static JsonObject ToJson(KeyFile key, KeyFolder folder) => new()
    {
        ["publicKeyHash"] = key.Hash.ToString(),
        ["publicKey"] = key.PublicKey.ToString(),
        ["type"] = Of(key.PublicKey.Type),
        ["network"] = Of(key.Hash.Network),
        ["alias"] = key.Alias,
        ["file"] = FileOf(key, folder),
    };

    /// <summary>Prints everything that is public about a key.</summary>
    public static async Task ShowAsync(KeyFile key, KeyFolder folder, bool json, TextWriter output)
    {
        if (json)
        {
            await output.WriteLineAsync(JsonOutput.Of(ToJson(key, folder)));
            return;
        }

        await output.WriteLineAsync($"""
            address     {key.Hash}
            public key  {key.PublicKey}
            type        {Of(key.PublicKey.Type)}
            alias       {key.Alias ?? "-"}
            file        {FileOf(key, folder)}
            """);
    }

    private static string FileOf(KeyFile key, KeyFolder folder) => Path.Combine(folder.Path, $"{key.Hash}.json");
}
