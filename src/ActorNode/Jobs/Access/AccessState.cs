using System.Collections.Immutable;

namespace ActorNode.Jobs.Access;

/// <summary>An open session, by what is in memory. What the journal knows of its last use may be older.</summary>
internal sealed record Session(DateTimeOffset OpenedAt, DateTimeOffset LastUsed, DateTimeOffset StoredUse);

/// <summary>The user, open sessions by the hashes of their ids, external initiators by their access keys. Immutable.</summary>
internal sealed record AccessState(
    UserCreated? User, ImmutableDictionary<string, Session> Sessions, ImmutableDictionary<string, InitiatorCreated> Initiators)
{
    /// <summary>Most open sessions; with more the one that was not used for the longest time ends.</summary>
    public const int MaxSessions = 10_000;

    public static readonly AccessState Empty = new(
        null, ImmutableDictionary.Create<string, Session>(StringComparer.Ordinal), ImmutableDictionary.Create<string, InitiatorCreated>(StringComparer.Ordinal));

    /// <summary>Pure. Replay of the same events gives the same state.</summary>
    public AccessState Apply(IAccessEvent accessEvent) => accessEvent switch
    {
        UserCreated created => this with { User = created, Sessions = Sessions.Clear() },
        UserPasswordChanged changed => this with
        {
            User = User! with { PasswordHash = changed.PasswordHash },
            Sessions = Sessions.RemoveRange(Sessions.Keys.Where(session => session != changed.KeptSession)),
        },
        SessionOpened opened => this with { Sessions = Sessions.SetItem(opened.Session, new Session(opened.At, opened.At, opened.At)) },
        SessionUsed used => Sessions.TryGetValue(used.Session, out var session)
            ? this with { Sessions = Sessions.SetItem(used.Session, session with { LastUsed = Later(session.LastUsed, used.At), StoredUse = used.At }) }
            : this,
        SessionsClosed closed => this with { Sessions = Sessions.RemoveRange(closed.Sessions) },
        InitiatorCreated created => this with { Initiators = Initiators.SetItem(created.AccessKey, created) },
        InitiatorDeleted deleted => this with { Initiators = Initiators.Remove(deleted.AccessKey) },
        _ => throw new InvalidOperationException($"{accessEvent.GetType().Name} is no event of access"),
    };

    /// <summary>A session is used; in memory only.</summary>
    public AccessState Use(string session, DateTimeOffset now) =>
        this with { Sessions = Sessions.SetItem(session, Sessions[session] with { LastUsed = now }) };

    /// <summary>Sessions that were not used since.</summary>
    public ImmutableArray<string> UnusedSince(DateTimeOffset before) =>
        [.. Sessions.Where(session => session.Value.LastUsed < before).Select(session => session.Key)];

    /// <summary>The session that a new one takes the place of; null: there is room.</summary>
    public string? SessionToReplace() => Sessions.Count < MaxSessions ? null : Sessions.MinBy(session => session.Value.LastUsed).Key;

    public InitiatorCreated? InitiatorNamed(string name) =>
        Initiators.Values.FirstOrDefault(initiator => string.Equals(initiator.Name, name, StringComparison.OrdinalIgnoreCase));

    public AccessSnapshot ToSnapshot() => new(
        User,
        [.. Sessions.Select(session => new AccessSnapshot.Session(session.Key, session.Value.OpenedAt, session.Value.LastUsed))],
        [.. Initiators.Values]);

    public static AccessState Of(AccessSnapshot snapshot) => new(
        snapshot.User,
        Empty.Sessions.AddRange(snapshot.Sessions.Select(
            session => KeyValuePair.Create(session.Hash, new Session(session.OpenedAt, session.LastUsed, session.LastUsed)))),
        Empty.Initiators.AddRange(snapshot.Initiators.Select(initiator => KeyValuePair.Create(initiator.AccessKey, initiator))));

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;
}
