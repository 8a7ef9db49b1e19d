using System.Collections.Immutable;
using System.Text.Json.Nodes;
using ActorNode.Server.Tests.Http.Jobs;
using Xunit;

namespace ActorNode.Server.Tests.Commands.Jobs;

public sealed class SessionCommandsSpec
{
    private const string LogInFirst = "401 Unauthorized; Try logging in\n";

    [Fact(DisplayName = "login by a file keeps a session that the other commands use, in a file for its user alone; logout ends it")]
    public async Task By_file()
    {
        await using var who = await JobsOperator.StartAsync();
        var before = await who.RunAsync("jobs", "list");
        var login = await who.RunAsync("login", "--file", who.Write("credentials", $"{JobsNode.Email}\r\n{JobsNode.Password}\r\n"));
        var mode = OperatingSystem.IsWindows() ? UnixFileMode.UserRead | UnixFileMode.UserWrite : File.GetUnixFileMode(who.Cookies);
        var during = await who.RunAsync("jobs", "list");
        var logout = await who.RunAsync("logout");
        var after = await who.RunAsync("jobs", "list");
        var again = await who.RunAsync("logout");

        Assert.Equal((1, "", LogInFirst), Of(before));
        Assert.Equal((0, $"Logged in as {JobsNode.Email}.\n", ""), Of(login));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, mode);
        Assert.Equal((0, "ID  Created At  Initiators  Tasks\n", ""), Of(during));
        Assert.Equal((0, "Logged out.\n", ""), Of(logout));
        Assert.Equal((1, "", LogInFirst), Of(after));
        Assert.Equal((1, "", LogInFirst), Of(again));
        Assert.DoesNotContain("clsession", await File.ReadAllTextAsync(who.Cookies), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "Without a file login asks; where nobody can be asked the credentials must be supplied; --json shows the node's answer")]
    public async Task By_prompt()
    {
        await using var who = await JobsOperator.StartAsync();
        var nobody = await who.RunAsync("login");
        var login = await who.AnsweringAsync([JobsNode.Email, JobsNode.Password], "login", "--json");

        Assert.Equal((2, "", "API credentials must be supplied\n"), Of(nobody));
        Assert.Equal(0, login.ExitCode);
        Assert.True((bool)JsonNode.Parse(login.Output)!["data"]!["attributes"]!["authenticated"]!);
        Assert.Equal(0, (await who.RunAsync("jobs", "list")).ExitCode);
    }

    [Theory(DisplayName = "Credentials that are refused, or no credentials, keep nothing and are not shown")]
    [InlineData(1, "Invalid password", "operator@example.com\nnot-the-password")]
    [InlineData(1, "Invalid email", "nobody@example.com\nnot-the-password")]
    [InlineData(2, "must hold two lines, an email and a password", "not-the-password")]
    public async Task Refused(int code, string problem, string file)
    {
        await using var who = await JobsOperator.StartAsync();

        var login = await who.RunAsync("login", "--file", who.Write("credentials", file));

        Assert.Equal((code, ""), (login.ExitCode, login.Output));
        Assert.Contains(problem, login.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("not-the-password", login.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(who.Cookies));
    }

    [Fact(DisplayName = "chpass changes the password, by a file or asked twice; the session goes on")]
    public async Task Changes_password()
    {
        await using var who = await JobsOperator.LoggedInAsync();
        var wrong = await who.RunAsync("chpass", "--file", who.Write("wrong", "not-the-password\nanother long one"));
        var changed = await who.RunAsync("chpass", "--file", who.Write("right", $"{JobsNode.Password}\nanother long one"));
        var differ = await who.AnsweringAsync(["another long one", "third long one", "third lonq one"], "chpass");
        var asked = await who.AnsweringAsync(["another long one", "third long one", "third long one"], "chpass");
        var still = await who.RunAsync("jobs", "list");
        var old = await who.RunAsync("login", "--file", who.Write("old", $"{JobsNode.Email}\n{JobsNode.Password}"));
        var login = await who.RunAsync("login", "--file", who.Write("new", $"{JobsNode.Email}\nthird long one"));
        var nobody = await who.RunAsync("chpass");

        Assert.Equal((1, "", "Old password does not match\n"), Of(wrong));
        Assert.Equal((0, $"The password of {JobsNode.Email} is changed.\n", ""), Of(changed));
        Assert.Equal((2, "", "the new passwords differ\n"), Of(differ));
        Assert.Equal(0, asked.ExitCode);
        Assert.Equal(0, still.ExitCode);
        Assert.Equal((1, "", "Invalid password\n"), Of(old));
        Assert.Equal(0, login.ExitCode);
        Assert.Equal((2, "", "--file is missing: nobody can be asked for the passwords here\n"), Of(nobody));
    }

    [Fact(DisplayName = "Sessions are kept in the user's folder for settings, and a node gets no cookie but its own")]
    public async Task User_folder()
    {
        await using var one = await JobsOperator.StartAsync();
        await using var other = await JobsOperator.StartAsync();
        var settings = ImmutableDictionary<string, string>.Empty.Add("HOME", one.PathOf("home"));
        var credentials = one.Write("credentials", $"{JobsNode.Email}\n{JobsNode.Password}");

        var login = await CommandRun.Of(["login", "--file", credentials, "--url", one.Url], "", settings);
        var here = await CommandRun.Of(["jobs", "list", "--url", one.Url], "", settings);
        var there = await CommandRun.Of(["jobs", "list", "--url", other.Url], "", settings);
        var homeless = await CommandRun.Of("jobs", "list", "--url", one.Url);

        Assert.Equal((0, 0), (login.ExitCode, here.ExitCode));
        Assert.True(File.Exists(Path.Combine(one.PathOf("home"), ".config", "actornode", "sessions.json")));
        Assert.Equal((1, "", LogInFirst), Of(there));
        Assert.Equal((2, "", "--cookie-file is missing: no variable HOME says where your settings are\n"), Of(homeless));
    }

    [Theory(DisplayName = "A file that holds no sessions is not used and not overwritten")]
    [InlineData("[]")]
    [InlineData("clsession=abc")]
    [InlineData("""{"http://127.0.0.1:1/":{}}""")]
    public async Task Bad_cookie_file(string content)
    {
        await using var who = await JobsOperator.StartAsync();
        who.Write("sessions.json", content);

        var list = await who.RunAsync("jobs", "list");
        var login = await who.RunAsync("login", "--file", who.Write("credentials", $"{JobsNode.Email}\n{JobsNode.Password}"));

        Assert.Equal((2, 2), (list.ExitCode, login.ExitCode));
        Assert.Contains("does not hold any; remove it or name another one by --cookie-file", list.Error, StringComparison.Ordinal);
        Assert.Equal(content, await File.ReadAllTextAsync(who.Cookies));
    }

    [Fact(DisplayName = "A node that is not there is named, and nothing is waited for")]
    public async Task Unreachable()
    {
        await using var who = await JobsOperator.StartAsync();

        var run = await CommandRun.Of("jobs", "archive", "x", "--url", "http://127.0.0.1:1", "--cookie-file", who.Cookies);

        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.StartsWith("the node at http://127.0.0.1:1/ cannot be reached: ", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("may have been done", run.Error, StringComparison.Ordinal);
    }

    private static (int, string, string) Of(CommandRun run) => (run.ExitCode, run.Output.ReplaceLineEndings("\n"), run.Error.ReplaceLineEndings("\n"));
}
