using ActorNode.Configuration;
using ActorNode.Forging;
using ActorNode.Tezos.Codec;
using ActorNode.Tezos.Hashes;
using ActorNode.Tezos.Keys;

namespace ActorNode.Server.Forging;

/// <summary>What must hold of the settings of forging beyond what they say about themselves: they know no chain, and this does.</summary>
internal static class ForgingRules
{
    /// <exception cref="SettingsException">A key, address or chain of the settings is none.</exception>
    public static void Check(ForgingSettings settings)
    {
        var problems = new List<string>();
        foreach (var text in settings.Http.AuthorizedKeys)
            Try("http.authorized-keys", text, () =>
            {
                if (PublicKey.Parse(text).Type == KeyType.Bls12381)
                    throw new TezosFormatException("is a BLS key, whose signatures this node cannot verify");
            });
        foreach (var entry in settings.Http.KeyMagicBytes)
            Try("http.key-magic-bytes", entry, () => PublicKeyHash.Parse(entry.Split('=')[0].Trim()));
        if (settings.Http.Chain is { } chain)
            Try("http.chain", chain, () => ChainId.Parse(chain));
        foreach (var key in settings.Signers.Remote.Keys)
            Try("signers.remote.keys", key, () => PublicKeyHash.Parse(key));
        if (problems.Count > 0)
            throw new SettingsException([.. problems]);

        void Try(string setting, string text, Action parse)
        {
            try
            {
                parse();
            }
            catch (TezosFormatException wrong)
            {
                // A secret key that was put there by mistake is not repeated.
                var shown = text.StartsWith("edsk", StringComparison.Ordinal) || text.StartsWith("spsk", StringComparison.Ordinal) || text.StartsWith("p2sk", StringComparison.Ordinal) ? "" : $" '{text}'";
                problems.Add($"actornode.forging.{setting}:{shown} {wrong.Message}");
            }
        }
    }
}
