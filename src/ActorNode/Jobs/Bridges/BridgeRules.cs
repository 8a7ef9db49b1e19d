using System.Collections.Immutable;
using ActorNode.Jobs.Access;
using ActorNode.Protocol.Jobs;

namespace ActorNode.Jobs.Bridges;

/// <summary>What a bridge must be like, and who proves to be one. Pure.</summary>
public static class BridgeRules
{
    /// <summary>Every rule that a new bridge breaks, in the words and the order of the original.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="url">Where it is.</param>
    /// <param name="exists">Whether an adapter or a bridge has a name, in lower case.</param>
    public static ImmutableArray<string> Problems(string name, string url, Func<string, bool> exists)
    {
        var problems = ImmutableArray.CreateBuilder<string>();
        if (name.Length == 0)
            problems.Add("No name specified");
        if (!IsTaskType(name))
            problems.Add($"Task Type validation: name {name} contains invalid characters");
        if (!IsUrl(url))
            problems.Add("Invalid URL format");
        if (exists(name.ToLowerInvariant()))
            problems.Add($"Adapter {name} already exists");
        return problems.ToImmutable();
    }

    /// <summary>Whether the node can post to it: http or https, and a host.</summary>
    public static bool IsUrl(string url) =>
        // Where paths start with a slash "//host" is a file's absolute url.
        !url.StartsWith('/') && Uri.TryCreate(url, UriKind.Absolute, out var parsed) && parsed is { Scheme: "http" or "https", Host.Length: > 0 };

    /// <summary>Whether this is the token that was given to the bridge, in constant time.</summary>
    public static bool Opens(BridgeType bridge, Secret token) =>
        Credentials.AreEqual(Credentials.HashOfBridgeToken(token.Reveal(), bridge.Salt), bridge.IncomingTokenHash);

    private static bool IsTaskType(string name) => name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');
}
