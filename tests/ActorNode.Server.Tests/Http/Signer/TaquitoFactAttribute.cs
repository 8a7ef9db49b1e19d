using Xunit;

namespace ActorNode.Server.Tests.Http.Signer;

/// <summary>Needs Taquito's remote signer for Node.js. Where it is not installed the test is skipped, but not in CI.</summary>
public sealed class TaquitoFactAttribute : FactAttribute
{
    /// <summary>The version that .ci/run installs.</summary>
    private const string Version = "21.0.0";

    public TaquitoFactAttribute()
    {
        if (!Directory.Exists(Path.Combine(Modules, "@taquito", "remote-signer")) && Environment.GetEnvironmentVariable("CI") != "true")
            Skip = $"needs Taquito: npm install --prefix {Folder} @taquito/remote-signer@{Version} @taquito/utils@{Version}";
    }

    /// <summary>The modules of Node.js.</summary>
    public static string Modules => Path.Combine(Folder, "node_modules");

    private static string Folder => Environment.GetEnvironmentVariable("ACTORNODE_TAQUITO") is { Length: > 0 } folder
        ? folder
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache", "actornode", "taquito");
}
