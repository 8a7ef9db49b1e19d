using System.Collections.Immutable;
using ActorNode.Configuration;

namespace ActorNode.Jobs.Access;

/// <summary>The jobs' HTTP API: the section <c>actornode.jobs.api</c>.</summary>
public sealed record JobsApiSettings : ISettingsRules
{
    /// <summary>Longest request body; more gets 413.</summary>
    [Bytes, InRange("1 KiB", "64 MiB")]
    public int MaxRequestBody { get; init; } = 32 * 1024;

    /// <summary>Deepest JSON of a request body.</summary>
    [InRange("4", "1000")]
    public int MaxJsonDepth { get; init; } = 64;

    /// <summary>Most keys of all objects together in a request body.</summary>
    [InRange("16", "1000000")]
    public int MaxJsonKeys { get; init; } = 4096;

    /// <summary>Most entries on one page.</summary>
    [InRange("1", "100000")]
    public int MaxPage { get; init; } = 1_000;

    /// <summary>Most requests of one client in a minute; more get 429. Null: any number.</summary>
    [InRange("1", "100000000")]
    public int? RequestsPerMinute { get; init; } = 1_000;

    /// <summary>Most logins that one client may try in 20 seconds; more get 429. Null: any number.</summary>
    [InRange("1", "1000000")]
    public int? LoginsPerWindow { get; init; } = 5;

    /// <summary>Clients whose requests are counted apart; further ones share one count.</summary>
    [InRange("1", "1000000")]
    public int MaxClients { get; init; } = 10_000;

    /// <summary>Web pages that may use the API from a browser: <c>http://host:port</c>, or <c>*</c> for all.</summary>
    public ImmutableArray<string> AllowOrigins { get; init; } = ["http://localhost:3000", "http://localhost:6688"];

    /// <inheritdoc/>
    public IEnumerable<(string Key, string Rule)> Problems()
    {
        foreach (var origin in AllowOrigins)
        {
            if (origin != "*" && (!Uri.TryCreate(origin, UriKind.Absolute, out var url) || url.GetLeftPart(UriPartial.Authority) != origin))
                yield return ("allow-origins", $"'{origin}' is no origin; write http://HOST:PORT, or *");
        }
    }
}

/// <summary>Users and their sessions: the section <c>actornode.jobs.sessions</c>.</summary>
public sealed record JobsSessionSettings
{
    /// <summary>A session that was not used for so long has expired.</summary>
    [InRange("1 s", "365 d")]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>An expired session is forgotten after so long.</summary>
    [InRange("0", "3650 d")]
    public TimeSpan ReapAfter { get; init; } = TimeSpan.FromHours(240);

    /// <summary>Whether the session's cookie is for https only. Over http on loopback it never is.</summary>
    public bool SecureCookies { get; init; } = true;

    /// <summary>What hashing a password costs: the binary logarithm of scrypt's N. Each step doubles time and memory.</summary>
    [InRange("14", "19")]
    public int PasswordCost { get; init; } = 15;
}
