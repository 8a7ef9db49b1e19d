using System.Collections.Immutable;
using ActorNode.Configuration;

namespace ActorNode.Forging;

/// <summary>Where signatures come from: the section <c>actornode.forging.signers</c>.</summary>
public sealed record SignersSettings
{
    /// <summary>
    /// The file whose one line is the passphrase of the key files in the data folder. Null: the environment or a prompt has it, otherwise
    /// the node signs with no key files, and does not start while there are some.
    /// </summary>
    public string? PassphraseFile { get; init; }

    /// <summary>Another signer, asked over HTTP.</summary>
    public RemoteSignerSection Remote { get; init; } = new();
}

/// <summary>A remote signer: the section <c>actornode.forging.signers.remote</c>.</summary>
public sealed record RemoteSignerSection : ISettingsRules
{
    /// <summary>Its addresses, the preferred one first: one signer, or several that share a store of watermarks. Empty: there is none.</summary>
    public ImmutableArray<string> Endpoints { get; init; } = [];

    /// <summary>The addresses of the keys that it is asked for.</summary>
    public ImmutableArray<string> Keys { get; init; } = [];

    /// <summary>The address or alias of the key in the data folder that signs every request, where the signer wants to know who asks.</summary>
    public string? AuthenticationKey { get; init; }

    /// <summary>A whole call, over all endpoints.</summary>
    [InRange("100 ms", "10 m")]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>One attempt to connect.</summary>
    [InRange("10 ms", "1 m")]
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <inheritdoc/>
    public IEnumerable<(string Key, string Rule)> Problems()
    {
        foreach (var text in Endpoints.Where(text => !Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri is not { Scheme: "http" or "https", UserInfo: "", Query: "", Fragment: "" }))
            yield return ("endpoints", $"'{text}' is no http or https url without user, query and fragment");
        if (Endpoints.IsEmpty && !Keys.IsEmpty)
            yield return ("keys", "are given, but no endpoints");
        if (!Endpoints.IsEmpty && Keys.IsEmpty)
            yield return ("keys", "are missing: the protocol has no call that lists a signer's keys");
    }
}
