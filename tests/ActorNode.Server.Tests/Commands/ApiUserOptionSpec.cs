using System.CommandLine;
using ActorNode.Jobs.Access;
using ActorNode.Server.Commands;
using Xunit;

namespace ActorNode.Server.Tests.Commands;

public sealed class ApiUserOptionSpec : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    [Theory(DisplayName = "The file has an email and a password on two lines, however they end")]
    [InlineData("a@example.com\ncorrect horse\n")]
    [InlineData("a@example.com\r\ncorrect horse\r\n")]
    [InlineData("a@example.com \ncorrect horse")]
    public void Reads(string text)
    {
        File.WriteAllText(_file, text);
        var (user, problem) = Read($"--api {_file}");
        Assert.Null(problem);
        Assert.Equal(("a@example.com", "correct horse"), (user!.Email, user.Password.Reveal()));
        Assert.DoesNotContain("correct horse", user.ToString());
    }

    [Theory(DisplayName = "What is no such file, and credentials that break rules, are refused without showing them")]
    [InlineData("one line", "must hold two lines, an email and a password")]
    [InlineData("a@example.com\nhidden-word\nthree", "must hold two lines, an email and a password")]
    [InlineData("nobody\nhidden-word", "--api: Invalid email format")]
    [InlineData("\nhidden-word", "--api: Must enter an email")]
    [InlineData("a@example.com\nhidden", "--api: Must enter a password with 8 - 1028 characters")]
    public void Refuses(string text, string expected)
    {
        File.WriteAllText(_file, text);
        var (user, problem) = Read($"--api {_file}");
        Assert.Null(user);
        Assert.Contains(expected, problem, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", problem, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "A file that is not there or too long is refused by its name")]
    public void Unreadable()
    {
        Assert.Contains("cannot be read", Read("--api /nowhere/at-all").Problem, StringComparison.Ordinal);
        File.WriteAllText(_file, new string('x', 10_000));
        Assert.Contains(_file, Read($"--api {_file}").Problem, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "Without a file the terminal is asked; where there is none the credentials must be supplied")]
    public void Asks()
    {
        var answers = new Queue<string>(["a@example.com", "correct horse"]);
        var asked = Read("--api", _ => answers.Dequeue());
        Assert.Equal("a@example.com", asked.User!.Email);
        Assert.Equal("API credentials must be supplied", Read("--api").Problem);
    }

    [Fact(DisplayName = "Without the option nobody is asked")]
    public void Silent() => Assert.Equal((null, null), Read("", _ => throw new InvalidOperationException("asked")));

    [Fact(DisplayName = "A run with bad credentials does not start")]
    public async Task Does_not_start()
    {
        File.WriteAllText(_file, "nobody\nhidden-word");
        var run = await CommandRun.Of("run", "--api", _file);
        Assert.Equal((2, "--api: Invalid email format"), (run.ExitCode, run.Error.Trim()));
    }

    public void Dispose() => File.Delete(_file);

    private static (ApiUser? User, string? Problem) Read(string arguments, Func<string, string>? terminal = null)
    {
        var option = new ApiUserOption();
        var command = new RootCommand();
        option.AddTo(command);
        return option.Read(command.Parse(arguments), new CommandContext
        {
            OpenInput = () => Stream.Null,
            OpenOutput = () => Stream.Null,
            Output = TextWriter.Null,
            Error = TextWriter.Null,
            ReadSecret = terminal,
        });
    }
}
