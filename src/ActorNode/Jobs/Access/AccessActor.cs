using System.Collections.Immutable;
using ActorNode.Protocol.Jobs;
using Akka.Actor;
using Akka.Event;
using Akka.Persistence;

namespace ActorNode.Jobs.Access;

/// <summary>
/// Who may use the jobs' API: its user, sessions and external initiators, event-sourced. What was answered is stored, except that the journal
/// learns of a session's use at most once a minute: after a restart it may end by so much sooner. Stops at a failure of its store; what waited
/// for that is answered <see cref="AccessReplies.Unavailable"/>. Passwords are hashed beside its turns.
/// </summary>
internal sealed class AccessActor : UntypedPersistentActor
{
    private const int SnapshotEvery = 500;
    private static readonly TimeSpan UseStoredEvery = TimeSpan.FromMinutes(1);

    private readonly JobsSessionSettings _settings;
    private readonly PasswordHasher _hasher;
    private readonly SchedulerClock _clock = new(Context.System.Scheduler);
    private readonly PasswordQueue _hashes = new();
    private readonly SnapshotSchedule _snapshots = new(SnapshotEvery);
    private readonly Action _wakeReaper;
    private AccessState _state = AccessState.Empty;

    /// <param name="settings">How long sessions last.</param>
    /// <param name="wakeReaper">Called after every login and logout; has <see cref="AccessCommands.ReapSessions"/> sent some time after.</param>
    public static Props Props(JobsSessionSettings settings, Action wakeReaper) => Akka.Actor.Props.Create(() => new AccessActor(settings, wakeReaper));

    public AccessActor(JobsSessionSettings settings, Action wakeReaper)
    {
        (_settings, _wakeReaper) = (settings, wakeReaper);
        _hasher = new PasswordHasher(settings.PasswordCost);
    }

    /// <inheritdoc/>
    public override string PersistenceId => "access";

    /// <inheritdoc/>
    protected override void OnRecover(object message)
    {
        switch (message)
        {
            case IAccessEvent accessEvent:
                _state = _state.Apply(accessEvent);
                break;
            case SnapshotOffer { Snapshot: AccessSnapshot snapshot } offer:
                _state = AccessState.Of(snapshot);
                _snapshots.Recovered(offer.Metadata.SequenceNr);
                break;
            case RecoveryCompleted:
                break;
            default:
                throw new InvalidOperationException($"the journal of {PersistenceId} holds a {message.GetType().Name}");
        }
    }

    /// <inheritdoc/>
    protected override void OnCommand(object message)
    {
        switch (message)
        {
            case AccessQueries.SessionOf query:
                OnSessionOf(query.Session, query.IsUse);
                break;
            case AccessQueries.InitiatorOf query:
                OnInitiatorOf(query);
                break;
            case AccessQueries.User:
                Sender.Tell(_state.User is { } user ? new AccessReplies.UserIs(user.Email, IsNew: false) : AccessReplies.NoUser.Instance);
                break;
            case AccessQueries.InitiatorNamed query:
                Sender.Tell(_state.InitiatorNamed(query.Name) is { } named ? new AccessReplies.InitiatorIs(InitiatorOf(named)) : AccessReplies.NoInitiator.Instance);
                break;
            case AccessCommands.EnsureUser ensure:
                OnEnsureUser(ensure);
                break;
            case AccessCommands.LogIn login:
                OnLogIn(login);
                break;
            case AccessCommands.LogOut logout:
                OnLogOut(logout.Session);
                break;
            case AccessCommands.ChangePassword change:
                OnChangePassword(change);
                break;
            case AccessCommands.CreateInitiator create:
                OnCreateInitiator(create);
                break;
            case AccessCommands.DeleteInitiator delete:
                OnDeleteInitiator(delete.AccessKey);
                break;
            case AccessCommands.ReapSessions:
                OnReap();
                break;
            case Hashed hashed:
                _hashes.Ended();
                OnHashed(hashed);
                break;
            case HashFailed failed:
                _hashes.Ended();
                Log.Error(failed.Error, "A password could not be hashed");
                Sender.Tell(AccessReplies.Unavailable.Instance);
                break;
            case SaveSnapshotSuccess saved:
                if (_snapshots.Saved(saved.Metadata.SequenceNr) is > 0 and var before)
                {
                    DeleteMessages(before);
                    DeleteSnapshots(new SnapshotSelectionCriteria(before - 1));
                }

                break;
            case SaveSnapshotFailure failed:
                _snapshots.Failed();
                Log.Warning(failed.Cause, "The snapshot of users and sessions could not be saved");
                break;
            case DeleteMessagesSuccess or DeleteSnapshotsSuccess:
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void OnSessionOf(Secret id, bool isUse)
    {
        var hash = Credentials.HashOfSession(id.Reveal());
        if (_state.User is not { } user || !_state.Sessions.TryGetValue(hash, out var session))
        {
            Sender.Tell(new AccessReplies.NoSession(Expired: false));
            return;
        }

        var now = _clock.GetUtcNow();
        if (IsExpired(session, now))
        {
            Sender.Tell(new AccessReplies.NoSession(Expired: true));
            return;
        }

        Sender.Tell(new AccessReplies.SessionIs(user.Email));
        if (!isUse)
            return;
        _state = _state.Use(hash, now);
        var every = _settings.Timeout / 4 < UseStoredEvery ? _settings.Timeout / 4 : UseStoredEvery;
        if (now - session.StoredUse >= every)
            PersistAsync(new SessionUsed(hash, now), Stored);
    }

    private void OnInitiatorOf(AccessQueries.InitiatorOf query)
    {
        var known = _state.Initiators.GetValueOrDefault(query.AccessKey);
        // The same work for a key that is not known.
        var hash = Credentials.HashOfInitiator(query.AccessKey, query.Secret.Reveal(), known?.Salt ?? "");
        Sender.Tell(Credentials.AreEqual(hash, known?.HashedSecret ?? new string('0', hash.Length)) && known is not null
            ? new AccessReplies.InitiatorIs(InitiatorOf(known))
            : AccessReplies.NoInitiator.Instance);
    }

    private void OnEnsureUser(AccessCommands.EnsureUser ensure)
    {
        if (_state.User is { } user)
            Sender.Tell(new AccessReplies.UserIs(user.Email, IsNew: false));
        else if (UserRules.Problem(ensure.Email, ensure.Password.Reveal()) is { } problem)
            Sender.Tell(new AccessReplies.Refused([problem]));
        else
            Hash(() => new HashedUser(ensure.Email, _hasher.Hash(ensure.Password.Reveal())));
    }

    private void OnLogIn(AccessCommands.LogIn login)
    {
        if (_state.User is not { } user)
            Sender.Tell(new AccessReplies.LoginRefused("API credentials must be supplied"));
        else if (!Credentials.AreEqualByHash(login.Email, user.Email))
            Sender.Tell(new AccessReplies.LoginRefused("Invalid email"));
        else
            Hash(() => new HashedLogin(user.PasswordHash, PasswordHasher.Verify(login.Password.Reveal(), user.PasswordHash)));
    }

    private void OnLogOut(Secret id)
    {
        var hash = Credentials.HashOfSession(id.Reveal());
        if (!_state.Sessions.ContainsKey(hash))
        {
            Sender.Tell(AccessReplies.LoggedOut.Instance);
            return;
        }

        Persist(new SessionsClosed([hash]), closed =>
        {
            Stored(closed);
            Sender.Tell(AccessReplies.LoggedOut.Instance);
            _wakeReaper();
        });
    }

    private void OnChangePassword(AccessCommands.ChangePassword change)
    {
        var session = Credentials.HashOfSession(change.Session.Reveal());
        if (_state.User is not { } user || !_state.Sessions.TryGetValue(session, out var open) || IsExpired(open, _clock.GetUtcNow()))
        {
            Sender.Tell(new AccessReplies.NoSession(Expired: false));
            return;
        }

        Hash(() =>
        {
            object? refusal = !PasswordHasher.Verify(change.Old.Reveal(), user.PasswordHash) ? AccessReplies.OldPasswordWrong.Instance
                : UserRules.PasswordProblem(change.New.Reveal()) is { } problem ? new AccessReplies.Refused([problem])
                : null;
            return new HashedChange(session, user.PasswordHash, refusal, refusal is null ? _hasher.Hash(change.New.Reveal()) : null);
        });
    }

    private void OnHashed(Hashed hashed)
    {
        switch (hashed)
        {
            case HashedUser user when _state.User is { } other:
                // Somebody else was faster.
                Sender.Tell(new AccessReplies.UserIs(other.Email, IsNew: false));
                break;
            case HashedUser user:
                Persist(new UserCreated(user.Email, user.PasswordHash, _clock.GetUtcNow()), created =>
                {
                    Stored(created);
                    Sender.Tell(new AccessReplies.UserIs(created.Email, IsNew: true));
                });
                break;
            case HashedLogin login when !login.Matches || login.PasswordHash != _state.User?.PasswordHash:
                Sender.Tell(new AccessReplies.LoginRefused("Invalid password"));
                break;
            case HashedLogin login:
                Open();
                break;
            case HashedChange { Refusal: { } refusal } change:
                Sender.Tell(refusal);
                break;
            case HashedChange change when change.OldHash != _state.User?.PasswordHash:
                Sender.Tell(AccessReplies.OldPasswordWrong.Instance);
                break;
            case HashedChange change:
                Persist(new UserPasswordChanged(change.NewHash!, change.Session, _clock.GetUtcNow()), changed =>
                {
                    var before = _state.Sessions.Count;
                    Stored(changed);
                    Sender.Tell(new AccessReplies.PasswordChanged(_state.User!.Email, _state.User.At, before - _state.Sessions.Count));
                });
                break;
        }
    }

    private void Open()
    {
        var id = Credentials.NewSessionId();
        var opened = new SessionOpened(Credentials.HashOfSession(id), _clock.GetUtcNow());
        IAccessEvent[] events = _state.SessionToReplace() is { } oldest ? [new SessionsClosed([oldest]), opened] : [opened];
        PersistAll(events, stored =>
        {
            Stored(stored);
            if (stored is not SessionOpened)
                return;
            Sender.Tell(new AccessReplies.LoggedIn(new Secret(id)));
            _wakeReaper();
        });
    }

    private void OnCreateInitiator(AccessCommands.CreateInitiator create)
    {
        if (InitiatorRules.Problems(create, _state) is { IsEmpty: false } problems)
        {
            Sender.Tell(new AccessReplies.Refused(problems));
            return;
        }

        var (key, secret, salt) = (Credentials.NewToken(), Credentials.NewSecret(), Credentials.NewToken());
        var created = new InitiatorCreated(
            key,
            salt,
            Credentials.HashOfInitiator(key, secret, salt),
            create.Name?.ToLowerInvariant(),
            create.Url,
            create.Url is null ? null : Credentials.NewSecret(),
            create.Url is null ? null : Credentials.NewSecret(),
            _clock.GetUtcNow());
        Persist(created, stored =>
        {
            Stored(stored);
            Sender.Tell(new AccessReplies.InitiatorCreated(key, new Secret(secret), InitiatorOf(stored)));
        });
    }

    private void OnDeleteInitiator(string accessKey)
    {
        if (!_state.Initiators.ContainsKey(accessKey))
        {
            Sender.Tell(AccessReplies.NoInitiator.Instance);
            return;
        }

        Persist(new InitiatorDeleted(accessKey), deleted =>
        {
            Stored(deleted);
            Sender.Tell(new AccessReplies.InitiatorDeleted(accessKey));
        });
    }

    private void OnReap()
    {
        var gone = _state.UnusedSince(_clock.GetUtcNow() - _settings.Timeout - _settings.ReapAfter);
        if (gone.IsEmpty)
        {
            Sender.Tell(new AccessReplies.SessionsReaped(0));
            return;
        }

        Persist(new SessionsClosed(gone), closed =>
        {
            Stored(closed);
            Sender.Tell(new AccessReplies.SessionsReaped(gone.Length));
        });
    }

    private bool IsExpired(Session session, DateTimeOffset now) => now - session.LastUsed > _settings.Timeout;

    /// <summary>What comes of it is dealt with as if the present sender had sent it.</summary>
    private void Hash(Func<Hashed> work)
    {
        var (self, asker) = (Self, Sender);
        if (!_hashes.TryStart(() => Task.Factory
            .StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)
            .PipeTo(self, asker, success: done => done, failure: error => new HashFailed(error))))
        {
            Sender.Tell(AccessReplies.Busy.Instance);
        }
    }

    private void Stored(IAccessEvent stored)
    {
        _state = _state.Apply(stored);
        if (_snapshots.Begin(LastSequenceNr))
            SaveSnapshot(_state.ToSnapshot());
    }

    private static ExternalInitiator InitiatorOf(InitiatorCreated created) =>
        new(created.AccessKey, created.Name, created.Url, created.OutgoingToken, created.OutgoingSecret is { } secret ? new Secret(secret) : null);

    /// <inheritdoc/>
    protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr)
    {
        base.OnPersistFailure(cause, @event, sequenceNr);
        Sender.Tell(AccessReplies.Unavailable.Instance);
    }

    /// <inheritdoc/>
    protected override void OnPersistRejected(Exception cause, object @event, long sequenceNr)
    {
        base.OnPersistRejected(cause, @event, sequenceNr);
        Sender.Tell(AccessReplies.Unavailable.Instance);
        // What waits for the event would wait for ever.
        Context.Stop(Self);
    }

    /// <summary>Work with a password is done.</summary>
    private abstract record Hashed
    {
        // They hold hashes, which nobody needs to see either.
        public sealed override string ToString() => GetType().Name;
    }

    private sealed record HashedUser(string Email, string PasswordHash) : Hashed;

    private sealed record HashedLogin(string PasswordHash, bool Matches) : Hashed;

    private sealed record HashedChange(string Session, string OldHash, object? Refusal, string? NewHash) : Hashed;

    private sealed record HashFailed(Exception Error);
}
