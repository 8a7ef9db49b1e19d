using ActorNode.Configuration;
using ActorNode.Tezos.Signers.KeyFiles;

namespace ActorNode.Server.Forging;

/// <summary>Where a node's key files are: commands edit the folder, and a running node sees it.</summary>
internal static class KeysFolder
{
    public static KeyFolder Of(NodeSettings settings) => new(Path.Combine(settings.Data, "keys"));
}
