using System.Collections.Immutable;
using System.Text.Json.Serialization;
using ActorNode.Storage.Journal;

namespace ActorNode.Jobs.Access;

/// <summary>What the journal holds of users, sessions and external initiators. Hashes where a hash does, never a password or a session's id.</summary>
internal interface IAccessEvent;

/// <summary>The API has a user, who replaces one that was before.</summary>
internal sealed record UserCreated(
    [property: JsonRequired] string Email, [property: JsonRequired] string PasswordHash, [property: JsonRequired] DateTimeOffset At) : IAccessEvent;

/// <summary>The user has another password, and all sessions but one have ended.</summary>
internal sealed record UserPasswordChanged(
    [property: JsonRequired] string PasswordHash, [property: JsonRequired] string KeptSession, [property: JsonRequired] DateTimeOffset At) : IAccessEvent;

/// <param name="Session">The hash of the session's id.</param>
/// <param name="At">When.</param>
internal sealed record SessionOpened([property: JsonRequired] string Session, [property: JsonRequired] DateTimeOffset At) : IAccessEvent;

/// <summary>Not stored with every use.</summary>
internal sealed record SessionUsed([property: JsonRequired] string Session, [property: JsonRequired] DateTimeOffset At) : IAccessEvent;

internal sealed record SessionsClosed([property: JsonRequired] ImmutableArray<string> Sessions) : IAccessEvent;

internal sealed record InitiatorCreated(
    [property: JsonRequired] string AccessKey,
    [property: JsonRequired] string Salt,
    [property: JsonRequired] string HashedSecret,
    string? Name,
    string? Url,
    string? OutgoingToken,
    string? OutgoingSecret,
    [property: JsonRequired] DateTimeOffset At) : IAccessEvent;

internal sealed record InitiatorDeleted([property: JsonRequired] string AccessKey) : IAccessEvent;

/// <summary>All of it at one moment.</summary>
internal sealed record AccessSnapshot(
    UserCreated? User,
    [property: JsonRequired] ImmutableArray<AccessSnapshot.Session> Sessions,
    [property: JsonRequired] ImmutableArray<InitiatorCreated> Initiators)
{
    internal sealed record Session(
        [property: JsonRequired] string Hash, [property: JsonRequired] DateTimeOffset OpenedAt, [property: JsonRequired] DateTimeOffset LastUsed);
}

/// <summary>The journal's names of these types.</summary>
internal static class AccessEventTypes
{
    public static readonly ImmutableArray<EventType> All =
    [
        EventType.Of("user-created", AccessJson.Default.UserCreated),
        EventType.Of("user-password-changed", AccessJson.Default.UserPasswordChanged),
        EventType.Of("session-opened", AccessJson.Default.SessionOpened),
        EventType.Of("session-used", AccessJson.Default.SessionUsed),
        EventType.Of("sessions-closed", AccessJson.Default.SessionsClosed),
        EventType.Of("initiator-created", AccessJson.Default.InitiatorCreated),
        EventType.Of("initiator-deleted", AccessJson.Default.InitiatorDeleted),
        EventType.Of("access", AccessJson.Default.AccessSnapshot),
    ];
}

[JsonSerializable(typeof(UserCreated))]
[JsonSerializable(typeof(UserPasswordChanged))]
[JsonSerializable(typeof(SessionOpened))]
[JsonSerializable(typeof(SessionUsed))]
[JsonSerializable(typeof(SessionsClosed))]
[JsonSerializable(typeof(InitiatorCreated))]
[JsonSerializable(typeof(InitiatorDeleted))]
[JsonSerializable(typeof(AccessSnapshot))]
internal sealed partial class AccessJson : JsonSerializerContext;
