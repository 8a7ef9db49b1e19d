using System.CommandLine;
using ActorNode.Jobs.Access;
using ActorNode.Protocol.Jobs;

namespace ActorNode.Server.Commands;

/// <summary>
/// <c>--api FILE</c>: the credentials of the API's user, an email and a password on two lines; without a file they are asked for at the terminal.
/// They make the first user; one that exists stays.
/// </summary>
internal sealed class ApiUserOption
{
    private const int MaxFile = 8192;

    private readonly Option<string?> _file = new("--api")
    {
        Description = "A file with the email and the password of the API's user, one a line, used where there is no user yet; without FILE they are asked for.",
        HelpName = "FILE",
        Arity = ArgumentArity.ZeroOrOne,
    };

    public void AddTo(Command command) => command.Add(_file);

    /// <summary>The credentials; null: none were asked for. A problem is in words for the operator and never shows what was read.</summary>
    public (ApiUser? User, string? Problem) Read(ParseResult parsed, CommandContext context)
    {
        if (parsed.GetResult(_file) is null or { Implicit: true })
            return (null, null);
        var (user, problem) = parsed.GetValue(_file) is { } path ? FromFile(path) : FromTerminal(context);
        return user is null ? (null, problem)
            : UserRules.Problem(user.Email, user.Password.Reveal()) is { } broken ? (null, $"{_file.Name}: {broken}")
            : (user, null);
    }

    private (ApiUser? User, string? Problem) FromFile(string path)
    {
        try
        {
            if (new FileInfo(path).Length > MaxFile)
                return (null, $"{_file.Name}: '{path}' is longer than {MaxFile} bytes; it must hold two lines, an email and a password");
            var lines = File.ReadAllText(path).TrimEnd('\r', '\n').Split('\n');
            return lines is [var email, var password]
                ? (new ApiUser(email.Trim(), new Secret(password.TrimEnd('\r'))), null)
                : (null, $"{_file.Name}: '{path}' must hold two lines, an email and a password");
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return (null, $"{_file.Name}: '{path}' cannot be read: {unreadable.Message}");
        }
    }

    private static (ApiUser? User, string? Problem) FromTerminal(CommandContext context)
    {
        if (context.ReadSecret is not { } read)
            return (null, "API credentials must be supplied");
        return (new ApiUser(read("Enter API Email: ").Trim(), new Secret(read("Enter API Password: "))), null);
    }
}
