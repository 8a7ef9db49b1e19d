using System.CommandLine;
using ActorNode.Jobs.Access;

namespace ActorNode.Server.Commands;

/// <summary>
/// <c>--api FILE</c>: the credentials of the API's user, an email and a password on two lines; without a file they are asked for at the terminal.
/// They make the first user; one that exists stays.
/// </summary>
internal sealed class ApiUserOption
{
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
        var (user, problem) = ApiCredentials.Read(parsed.GetValue(_file), _file.Name, context);
        return user is null ? (null, problem)
            : UserRules.Problem(user.Email, user.Password.Reveal()) is { } broken ? (null, $"{_file.Name}: {broken}")
            : (user, null);
    }
}
