using System.Collections.Immutable;
using ActorNode.Configuration;

namespace ActorNode.Jobs.Adapters.Http;

/// <summary>Settings of the calls that tasks make over HTTP: the section <c>actornode.jobs.http</c>.</summary>
public sealed record JobsHttpSettings : ISettingsRules
{
    /// <summary>The largest answer of a server or a bridge. A larger one fails the task.</summary>
    [Bytes, InRange("1", "64 MiB")]
    public int DefaultHttpLimit { get; init; } = 32768;

    /// <summary>The longest wait for a connection, name lookup included. The whole call ends with the task's timeout.</summary>
    [InRange("1 ms", "10 m")]
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Redirects that are followed in a row.</summary>
    [InRange("0", "100")]
    public int MaxRedirects { get; init; } = 10;

    /// <summary>Whether httpget and httppost may reach addresses that are not of the public internet.</summary>
    public bool AllowPrivate { get; init; }

    /// <summary>What they may reach nevertheless: host names, addresses, networks such as <c>10.1.0.0/16</c>.</summary>
    public ImmutableArray<string> Allow { get; init; } = [];

    /// <summary>Whether bridges may have such addresses.</summary>
    public bool BridgesAllowPrivate { get; init; } = true;

    /// <summary>Calls under way at once; others wait.</summary>
    [InRange("1", "100000")]
    public int MaxCalls { get; init; } = 256;

    /// <summary>Connections to one server at once.</summary>
    [InRange("1", "10000")]
    public int MaxConnectionsPerServer { get; init; } = 32;

    /// <summary>An unused connection is closed after this.</summary>
    [InRange("0", "1 h")]
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>A connection is replaced after this, so that a name is looked up anew.</summary>
    [InRange("1 s", "1 d")]
    public TimeSpan ConnectionLifetime { get; init; } = TimeSpan.FromMinutes(5);

    /// <inheritdoc/>
    public IEnumerable<(string Key, string Rule)> Problems() =>
        from entry in Allow
        where !AddressGuard.IsEntry(entry)
        select ("allow", $"'{entry}' is no host name, address or network such as 10.1.0.0/16");
}
