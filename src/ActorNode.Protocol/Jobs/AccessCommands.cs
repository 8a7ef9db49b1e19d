namespace ActorNode.Protocol.Jobs;

/// <summary>
/// What is done about who may use the jobs' API: its one user, that user's sessions, and external initiators. While the store of all this cannot
/// be reached the reply to each is <see cref="AccessReplies.Unavailable"/>; it has no effect then, or one that was not confirmed.
/// </summary>
public static class AccessCommands
{
    /// <summary>
    /// Makes the API's user, if there is none yet: one that exists stays, with its password. Reply: <see cref="AccessReplies.UserIs"/>,
    /// <see cref="AccessReplies.Refused"/> or <see cref="AccessReplies.Busy"/>.
    /// </summary>
    public sealed record EnsureUser(string Email, Secret Password);

    /// <summary>
    /// Opens a session, always under a new id. Reply: <see cref="AccessReplies.LoggedIn"/>, <see cref="AccessReplies.LoginRefused"/> or
    /// <see cref="AccessReplies.Busy"/>.
    /// </summary>
    public sealed record LogIn(string Email, Secret Password);

    /// <summary>Ends a session; an unknown one is none. Reply: <see cref="AccessReplies.LoggedOut"/>.</summary>
    public sealed record LogOut(Secret Session);

    /// <summary>
    /// Changes the user's password and ends all sessions but the one that asks. Reply: <see cref="AccessReplies.PasswordChanged"/>,
    /// <see cref="AccessReplies.OldPasswordWrong"/>, <see cref="AccessReplies.Refused"/>, <see cref="AccessReplies.NoSession"/> or
    /// <see cref="AccessReplies.Busy"/>.
    /// </summary>
    public sealed record ChangePassword(Secret Session, Secret Old, Secret New);

    /// <summary>
    /// Lets an external initiator in. With a name it can be named by jobs, with a url it is told of them. Reply:
    /// <see cref="AccessReplies.InitiatorCreated"/> or <see cref="AccessReplies.Refused"/>.
    /// </summary>
    public sealed record CreateInitiator(string? Name = null, string? Url = null);

    /// <summary>Reply: <see cref="AccessReplies.InitiatorDeleted"/> or <see cref="AccessReplies.NoInitiator"/>.</summary>
    public sealed record DeleteInitiator(string AccessKey);

    /// <summary>Removes sessions that ended long ago. Reply: <see cref="AccessReplies.SessionsReaped"/>.</summary>
    public sealed record ReapSessions
    {
        /// <summary>The only instance.</summary>
        public static readonly ReapSessions Instance = new();

        private ReapSessions()
        {
        }
    }
}

/// <summary>Questions about who may use the jobs' API.</summary>
public static class AccessQueries
{
    /// <summary>Reply: <see cref="AccessReplies.UserIs"/> or <see cref="AccessReplies.NoUser"/>.</summary>
    public sealed record User
    {
        /// <summary>The only instance.</summary>
        public static readonly User Instance = new();

        private User()
        {
        }
    }

    /// <summary>
    /// Whose session this is; using it keeps it open. Reply: <see cref="AccessReplies.SessionIs"/> or <see cref="AccessReplies.NoSession"/>.
    /// </summary>
    public sealed record SessionOf(Secret Session)
    {
        /// <summary>Whether this is a use.</summary>
        public bool IsUse { get; init; } = true;
    }

    /// <summary>Whether these are an external initiator's credentials. Reply: <see cref="AccessReplies.InitiatorIs"/> or <see cref="AccessReplies.NoInitiator"/>.</summary>
    public sealed record InitiatorOf(string AccessKey, Secret Secret);

    /// <summary>The external initiator of a name. Reply: <see cref="AccessReplies.InitiatorIs"/> or <see cref="AccessReplies.NoInitiator"/>.</summary>
    public sealed record InitiatorNamed(string Name);
}
