using System.Text;
using ActorNode.Jobs.Access;
using ActorNode.Protocol.Jobs;
using Xunit;

namespace ActorNode.Tests.Jobs.Access;

public sealed class SessionsSpec : AccessSpec
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(1);

    [Fact(DisplayName = "A session's id is 32 random bytes in hexadecimal, another one with each login, and made up ones open nothing")]
    public async Task Ids()
    {
        await StartWithUserAsync();
        var (one, two) = (await LogInAsync(), await LogInAsync());
        Assert.Matches("^[0-9a-f]{64}$", one.Reveal());
        Assert.NotEqual(one, two);
        Assert.Equal(new AccessReplies.SessionIs(Email), await SessionAsync(one));
        Assert.Equal(new AccessReplies.NoSession(Expired: false), await SessionAsync(new Secret(new string('0', 64))));
        Assert.Equal(new AccessReplies.NoSession(Expired: false), await SessionAsync(new Secret(Credentials.HashOfSession(one.Reveal()))));
    }

    [Fact(DisplayName = "A session lasts as long as it is used within the timeout, to the moment, and has expired after it")]
    public async Task Slides()
    {
        await StartWithUserAsync();
        var session = await LogInAsync();
        for (var i = 0; i < 5; i++)
        {
            Scheduler.Advance(Settings.Timeout);
            Assert.IsType<AccessReplies.SessionIs>(await SessionAsync(session));
        }

        Scheduler.Advance(Settings.Timeout + Moment);
        Assert.Equal(new AccessReplies.NoSession(Expired: true), await SessionAsync(session));
        // Asking is no use.
        Assert.Equal(new AccessReplies.NoSession(Expired: true), await SessionAsync(session));
    }

    [Fact(DisplayName = "Who only looks whether a session is open does not keep it open")]
    public async Task Looks()
    {
        await StartWithUserAsync();
        var session = await LogInAsync();
        Scheduler.Advance(Settings.Timeout);
        Assert.IsType<AccessReplies.SessionIs>(await AskAsync<object>(new AccessQueries.SessionOf(session) { IsUse = false }));
        Scheduler.Advance(Moment);
        Assert.Equal(new AccessReplies.NoSession(Expired: true), await SessionAsync(session));
    }

    [Fact(DisplayName = "A session survives a restart; of its last use at most a minute is forgotten")]
    public async Task Survives()
    {
        await StartWithUserAsync();
        var session = await LogInAsync();
        Scheduler.Advance(TimeSpan.FromMinutes(10));
        await SessionAsync(session);
        Scheduler.Advance(TimeSpan.FromSeconds(59));
        await SessionAsync(session);
        await RestartAsync();

        Scheduler.Advance(Settings.Timeout - TimeSpan.FromSeconds(59));
        Assert.IsType<AccessReplies.SessionIs>(await SessionAsync(session));
        await RestartAsync();
        Scheduler.Advance(Settings.Timeout + Moment);
        Assert.IsType<AccessReplies.NoSession>(await SessionAsync(session));
    }

    [Fact(DisplayName = "The journal learns of uses once a minute, not of each")]
    public async Task Stores_uses_sparsely()
    {
        await StartWithUserAsync();
        var session = await LogInAsync();
        Journal.FailWrites = true;
        for (var i = 0; i < 60; i++)
        {
            Assert.IsType<AccessReplies.SessionIs>(await SessionAsync(session));
            Scheduler.Advance(TimeSpan.FromMilliseconds(999));
        }

        // The first use after a minute is stored: the journal that fails now ends the actor, which proves that it was asked.
        Watch(Access);
        Scheduler.Advance(TimeSpan.FromSeconds(1));
        Assert.IsType<AccessReplies.SessionIs>(await SessionAsync(session));
        await ExpectMsgAsync<AccessReplies.Unavailable>();
        await ExpectTerminatedAsync(Access);
    }

    [Fact(DisplayName = "A logout ends the session for good, wakes the reaper, and twice is once")]
    public async Task Logs_out()
    {
        await StartWithUserAsync();
        var (one, two) = (await LogInAsync(), await LogInAsync());
        await AskAsync<AccessReplies.LoggedOut>(new AccessCommands.LogOut(one));
        await AskAsync<AccessReplies.LoggedOut>(new AccessCommands.LogOut(one));
        await RestartAsync();
        Assert.IsType<AccessReplies.NoSession>(await SessionAsync(one));
        Assert.IsType<AccessReplies.SessionIs>(await SessionAsync(two));
        Assert.Equal(3, WakeUps);
    }

    [Fact(DisplayName = "The reaper removes sessions that were not used for longer than the timeout and 240 hours, to the moment, and no others")]
    public async Task Reaps()
    {
        await StartWithUserAsync();
        var old = await LogInAsync();
        Scheduler.Advance(Moment);
        var younger = await LogInAsync();
        Scheduler.Advance(Settings.Timeout + TimeSpan.FromHours(240));

        var reaped = await AskAsync<AccessReplies.SessionsReaped>(AccessCommands.ReapSessions.Instance);
        await RestartAsync();

        Assert.Equal(1, reaped.Count);
        Assert.Equal(new AccessReplies.NoSession(Expired: false), await SessionAsync(old));
        Assert.Equal(new AccessReplies.NoSession(Expired: true), await SessionAsync(younger));
        Assert.Equal(0, (await AskAsync<AccessReplies.SessionsReaped>(AccessCommands.ReapSessions.Instance)).Count);
    }

    [Fact(DisplayName = "There are so many sessions at most; the one that was not used for the longest makes room")]
    public void Bounds()
    {
        var time = DateTimeOffset.UnixEpoch;
        var state = AccessState.Empty;
        for (var i = 0; i < AccessState.MaxSessions; i++)
        {
            Assert.Null(state.SessionToReplace());
            state = state.Apply(new SessionOpened($"{i}", time.AddSeconds(i)));
        }

        state = state.Use("0", time.AddDays(1));
        Assert.Equal("1", state.SessionToReplace());
    }

    [Fact(DisplayName = "Snapshots hold all of it, and the journal stays readable past them")]
    public async Task Snapshots()
    {
        await StartWithUserAsync();
        var session = await LogInAsync();
        var created = await AskAsync<AccessReplies.InitiatorCreated>(new AccessCommands.CreateInitiator("bitcoin"));
        // A use a minute is an event a minute: two snapshots and more.
        for (var i = 0; i < 1100; i++)
        {
            Scheduler.Advance(TimeSpan.FromMinutes(1));
            Assert.IsType<AccessReplies.SessionIs>(await SessionAsync(session));
        }

        // Uses are answered before they are stored; what is stored after them has waited for them.
        await AskAsync<AccessReplies.InitiatorCreated>(new AccessCommands.CreateInitiator("litecoin"));
        await RestartAsync();
        Assert.IsType<AccessReplies.SessionIs>(await SessionAsync(session));
        await AskAsync<AccessReplies.InitiatorIs>(new AccessQueries.InitiatorOf(created.AccessKey, created.Secret));
        await LogInAsync();
    }

    [Fact(DisplayName = "No message shows a password, a session's id or a secret when it is printed")]
    public async Task Prints_nothing()
    {
        await StartWithUserAsync();
        var session = await LogInAsync();
        var initiator = await AskAsync<AccessReplies.InitiatorCreated>(new AccessCommands.CreateInitiator("name", "http://localhost:1/"));
        var printed = new StringBuilder()
            .Append(new AccessCommands.LogIn(Email, Password))
            .Append(new AccessCommands.EnsureUser(Email, Password))
            .Append(new AccessCommands.LogOut(session))
            .Append(new AccessCommands.ChangePassword(session, Password, Password))
            .Append(new AccessQueries.SessionOf(session))
            .Append(new AccessReplies.LoggedIn(session))
            .Append(initiator)
            .ToString();
        Assert.DoesNotContain(Password.Reveal(), printed);
        Assert.DoesNotContain(session.Reveal(), printed);
        Assert.DoesNotContain(initiator.Secret.Reveal(), printed);
        Assert.DoesNotContain(initiator.Initiator.OutgoingSecret!.Reveal(), printed);
        Assert.Contains(Email, printed);
    }

    private async Task StartWithUserAsync()
    {
        Start();
        await CreateUserAsync();
    }
}
