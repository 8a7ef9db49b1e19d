using System.Collections.Immutable;

namespace ActorNode.Protocol.Jobs;

/// <summary>Answers to <see cref="AccessCommands"/> and <see cref="AccessQueries"/>.</summary>
public static class AccessReplies
{
    /// <summary>The API's user. <paramref name="IsNew"/>: made just now.</summary>
    public sealed record UserIs(string Email, bool IsNew);

    /// <summary>The API has no user: nobody can log in.</summary>
    public sealed record NoUser
    {
        /// <summary>The only instance.</summary>
        public static readonly NoUser Instance = new();

        private NoUser()
        {
        }
    }

    /// <summary>What was asked for breaks rules; nothing was done.</summary>
    public sealed record Refused(ImmutableArray<string> Problems);

    /// <summary>A session is open. Its id goes to the user and is kept by nobody else.</summary>
    public sealed record LoggedIn(Secret Session);

    /// <summary>No session was opened.</summary>
    public sealed record LoginRefused(string Reason);

    /// <summary>The session is no more.</summary>
    public sealed record LoggedOut
    {
        /// <summary>The only instance.</summary>
        public static readonly LoggedOut Instance = new();

        private LoggedOut()
        {
        }
    }

    /// <summary>The session is open.</summary>
    public sealed record SessionIs(string Email);

    /// <summary>There is no such session, or it was not used for too long.</summary>
    public sealed record NoSession(bool Expired);

    /// <summary>The password is another one, and other sessions have ended.</summary>
    public sealed record PasswordChanged(string Email, DateTimeOffset UserCreatedAt, int SessionsEnded);

    /// <summary>The password stays: the old one was not given.</summary>
    public sealed record OldPasswordWrong
    {
        /// <summary>The only instance.</summary>
        public static readonly OldPasswordWrong Instance = new();

        private OldPasswordWrong()
        {
        }
    }

    /// <summary>
    /// An external initiator was let in: the only time that its secret is seen. The outgoing pair is what the node shows to it.
    /// </summary>
    public sealed record InitiatorCreated(string AccessKey, Secret Secret, ExternalInitiator Initiator);

    /// <summary>The external initiator is let in no more.</summary>
    public sealed record InitiatorDeleted(string AccessKey);

    /// <summary>An external initiator.</summary>
    public sealed record InitiatorIs(ExternalInitiator Initiator);

    /// <summary>There is none of this key, secret or name.</summary>
    public sealed record NoInitiator
    {
        /// <summary>The only instance.</summary>
        public static readonly NoInitiator Instance = new();

        private NoInitiator()
        {
        }
    }

    /// <summary>So many sessions were removed.</summary>
    public sealed record SessionsReaped(int Count);

    /// <summary>Too many passwords are being checked; the same again later.</summary>
    public sealed record Busy
    {
        /// <summary>The only instance.</summary>
        public static readonly Busy Instance = new();

        private Busy()
        {
        }
    }

    /// <summary>The store cannot be reached.</summary>
    public sealed record Unavailable
    {
        /// <summary>The only instance.</summary>
        public static readonly Unavailable Instance = new();

        private Unavailable()
        {
        }
    }
}

/// <summary>Somebody outside who may start runs.</summary>
/// <param name="AccessKey">Who it says it is.</param>
/// <param name="Name">What jobs call it, in small letters; null: nothing.</param>
/// <param name="Url">Where it is told of new jobs; null: it is not.</param>
/// <param name="OutgoingToken">How the node identifies itself there.</param>
/// <param name="OutgoingSecret">How the node proves itself there.</param>
public sealed record ExternalInitiator(string AccessKey, string? Name, string? Url, string? OutgoingToken, Secret? OutgoingSecret);
