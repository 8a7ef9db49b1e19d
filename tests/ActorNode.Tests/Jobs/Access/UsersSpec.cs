using ActorNode.Protocol.Jobs;
using Xunit;

namespace ActorNode.Tests.Jobs.Access;

public sealed class UsersSpec : AccessSpec
{
    [Theory(DisplayName = "A user needs an email of the common form and a password of 8 to 1028 characters")]
    [InlineData("", "password", "Must enter an email")]
    [InlineData("nobody", "password", "Invalid email format")]
    [InlineData("@example.com", "password", "Invalid email format")]
    [InlineData("a b@example.com", "password", "Invalid email format")]
    [InlineData("a@-example.com", "password", "Invalid email format")]
    [InlineData("a@example..com", "password", "Invalid email format")]
    [InlineData("a@b@example.com", "password", "Invalid email format")]
    [InlineData("a@example.com", "1234567", "Must enter a password with 8 - 1028 characters")]
    [InlineData("a@example.com", "", "Must enter a password with 8 - 1028 characters")]
    public async Task Rules(string email, string password, string problem)
    {
        Start();
        var refused = await AskAsync<AccessReplies.Refused>(new AccessCommands.EnsureUser(email, new Secret(password)));
        Assert.Equal(problem, Assert.Single(refused.Problems));
    }

    [Fact(DisplayName = "The bounds of a password's length are allowed, and one more is not")]
    public async Task Bounds()
    {
        Start();
        var refused = await AskAsync<AccessReplies.Refused>(new AccessCommands.EnsureUser("a@b", new Secret(new string('x', 1029))));
        var user = await AskAsync<AccessReplies.UserIs>(new AccessCommands.EnsureUser("a@b", new Secret(new string('x', 1028))));
        Assert.Equal("Must enter a password with 8 - 1028 characters", Assert.Single(refused.Problems));
        Assert.True(user.IsNew);
    }

    [Fact(DisplayName = "A user that exists stays, with the password it has, also over a restart")]
    public async Task Keeps_the_first()
    {
        Start();
        var first = await CreateUserAsync();
        var second = await AskAsync<AccessReplies.UserIs>(new AccessCommands.EnsureUser("other@example.com", new Secret("another password")));
        await RestartAsync();
        var third = await AskAsync<AccessReplies.UserIs>(new AccessCommands.EnsureUser("other@example.com", new Secret("another password")));
        Assert.Equal((Email, true), (first.Email, first.IsNew));
        Assert.Equal((Email, false), (second.Email, second.IsNew));
        Assert.Equal((Email, false), (third.Email, third.IsNew));
        await LogInAsync();
    }

    [Fact(DisplayName = "Of two first users at once one is made")]
    public async Task One_of_two()
    {
        Start();
        Access.Tell(new AccessCommands.EnsureUser("one@example.com", Password), TestActor);
        Access.Tell(new AccessCommands.EnsureUser("two@example.com", Password), TestActor);
        var replies = new[] { await ExpectMsgAsync<AccessReplies.UserIs>(), await ExpectMsgAsync<AccessReplies.UserIs>() };
        Assert.Single(replies, reply => reply.IsNew);
        Assert.Single(replies.Select(reply => reply.Email).Distinct());
    }

    [Fact(DisplayName = "Wrong credentials open nothing; what is wrong is said in the words of the original")]
    public async Task Wrong_credentials()
    {
        Start();
        var none = await AskAsync<AccessReplies.LoginRefused>(new AccessCommands.LogIn(Email, Password));
        await CreateUserAsync();
        var email = await AskAsync<AccessReplies.LoginRefused>(new AccessCommands.LogIn("Operator@example.com", Password));
        var password = await AskAsync<AccessReplies.LoginRefused>(new AccessCommands.LogIn(Email, new Secret("correct horse ")));
        Assert.Equal(
            ["API credentials must be supplied", "Invalid email", "Invalid password"],
            new[] { none.Reason, email.Reason, password.Reason });
        Assert.Equal(0, WakeUps);
    }

    [Fact(DisplayName = "A changed password ends every session but the one that changed it, and is the only one from then on, also after a restart")]
    public async Task Changes_password()
    {
        Start();
        await CreateUserAsync();
        var (mine, other) = (await LogInAsync(), await LogInAsync());
        var fresh = new Secret("battery staple");

        await AskAsync<AccessReplies.OldPasswordWrong>(new AccessCommands.ChangePassword(mine, new Secret("wrong password"), fresh));
        var tooShort = await AskAsync<AccessReplies.Refused>(new AccessCommands.ChangePassword(mine, Password, new Secret("short")));
        var changed = await AskAsync<AccessReplies.PasswordChanged>(new AccessCommands.ChangePassword(mine, Password, fresh));
        await RestartAsync();

        Assert.Equal("Must enter a password with 8 - 1028 characters", Assert.Single(tooShort.Problems));
        Assert.Equal((Email, 1), (changed.Email, changed.SessionsEnded));
        Assert.IsType<AccessReplies.SessionIs>(await SessionAsync(mine));
        Assert.IsType<AccessReplies.NoSession>(await SessionAsync(other));
        await AskAsync<AccessReplies.LoginRefused>(new AccessCommands.LogIn(Email, Password));
        await AskAsync<AccessReplies.LoggedIn>(new AccessCommands.LogIn(Email, fresh));
    }

    [Fact(DisplayName = "Who has no session changes no password")]
    public async Task Needs_a_session()
    {
        Start();
        await CreateUserAsync();
        await AskAsync<AccessReplies.NoSession>(new AccessCommands.ChangePassword(new Secret("made up"), Password, new Secret("battery staple")));
        await LogInAsync();
    }

    [Fact(DisplayName = "Hashes run two at once and 32 wait; what is beyond is told to come again, and all others are answered")]
    public async Task Bounds_hashing()
    {
        Start();
        await CreateUserAsync();
        for (var i = 0; i < 100; i++)
            Access.Tell(new AccessCommands.LogIn(Email, Password), TestActor);
        var replies = new List<object>();
        for (var i = 0; i < 100; i++)
            replies.Add(await ExpectMsgAsync<object>());
        Assert.All(replies, reply => Assert.True(reply is AccessReplies.Busy or AccessReplies.LoggedIn));
        Assert.InRange(replies.OfType<AccessReplies.LoggedIn>().Count(), 34, 99);
        Assert.Equal(replies.OfType<AccessReplies.LoggedIn>().Count(), replies.OfType<AccessReplies.LoggedIn>().Select(reply => reply.Session.Reveal()).Distinct().Count());
    }

    [Fact(DisplayName = "What the store does not take was not done: the reply says so, and after a restart there is nothing of it")]
    public async Task Store_failure()
    {
        Start();
        Journal.FailWrites = true;
        Watch(Access);
        Access.Tell(new AccessCommands.EnsureUser(Email, Password), TestActor);
        await ExpectMsgAsync<AccessReplies.Unavailable>();
        await ExpectTerminatedAsync(Access);
        Unwatch(Access);
        Journal.FailWrites = false;
        Start();
        Assert.True((await CreateUserAsync()).IsNew);
    }
}
