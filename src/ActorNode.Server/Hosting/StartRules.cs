using ActorNode.Configuration;
using ActorNode.Server.Forging;

namespace ActorNode.Server.Hosting;

/// <summary>What must hold before a node starts, beyond what the settings say about themselves.</summary>
internal static class StartRules
{
    /// <summary>Checks what a start needs.</summary>
    /// <exception cref="SettingsException">The node must not start so.</exception>
    public static void Check(NodeSettings settings)
    {
        if (settings.Http is { TokenFile: null, LoopbackOnly: false })
        {
            var open = settings.Http.Urls.Where(url => ListenUrl.TryParse(url, out var parsed, out _) && !parsed.IsLoopback);
            throw new SettingsException(
                [$"actornode.http.token-file: is off, but the node would listen at {string.Join(", ", open)}, where other machines reach it; name a file with a bearer token, or listen on loopback only"]);
        }

        TlsCertificate.Check(settings.Http);
        ForgingRules.Check(settings.Forging);
        if (settings.Http.TokenFile is { } path)
        {
            try
            {
                Http.BearerToken.FromFile(path);
            }
            catch (InvalidDataException wrong)
            {
                throw new SettingsException([wrong.Message]);
            }
        }
    }
}
