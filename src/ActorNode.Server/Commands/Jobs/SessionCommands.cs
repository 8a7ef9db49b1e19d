using System.CommandLine;
using System.Text;
using System.Text.Json.Nodes;

namespace ActorNode.Server.Commands.Jobs;

/// <summary><c>login</c>, <c>logout</c>, <c>chpass</c>: the session with a running node that the commands on jobs need.</summary>
internal static class SessionCommands
{
    public static Command LogIn(CommandContext context)
    {
        var file = FileOption("A file with the email and the password of the API's user, one a line. Without it they are asked for.");
        return JobsVerb.Create(context, "login", "Log in to a running node, for the commands on jobs.", [file], async (parsed, node) =>
        {
            var (user, problem) = ApiCredentials.Read(parsed.GetValue(file), file.Name, context);
            if (user is null)
                throw new UsageException(problem!);
            var answer = await node.LogInAsync(Body(new JsonObject { ["email"] = user.Email, ["password"] = user.Password.Reveal() }));
            await node.ShowAsync(answer, _ => $"Logged in as {TextTable.Printable(user.Email)}.");
        });
    }

    public static Command LogOut(CommandContext context) =>
        JobsVerb.Create(context, "logout", "End the session with a running node.", [], async (_, node) => await node.ShowAsync(await node.LogOutAsync(), _ => "Logged out."));

    public static Command ChangePassword(CommandContext context)
    {
        var file = FileOption("A file with the old and the new password, one a line. Without it they are asked for.");
        return JobsVerb.Create(context, "chpass", "Change the password of the API's user. Other sessions end.", [file], async (parsed, node) =>
        {
            var (old, replacement) = parsed.GetValue(file) is { } path ? FromFile(path, file.Name) : FromTerminal(context);
            var answer = await node.PatchAsync("/v2/user/password", Body(new JsonObject { ["oldPassword"] = old, ["newPassword"] = replacement }));
            await node.ShowAsync(answer, shown => $"The password of {TextTable.Printable((string?)shown["data"]?["attributes"]?["email"] ?? "the user")} is changed.");
        });
    }

    private static (string Old, string New) FromFile(string path, string option)
    {
        var (lines, problem) = ApiCredentials.ReadLines(path, option, "the old and the new password");
        return problem is null ? lines : throw new UsageException(problem);
    }

    private static (string Old, string New) FromTerminal(CommandContext context)
    {
        var read = context.ReadSecret ?? throw new UsageException("--file is missing: nobody can be asked for the passwords here");
        var (old, first) = (read("Old password: "), read("New password: "));
        return read("New password again: ") == first ? (old, first) : throw new UsageException("the new passwords differ");
    }

    private static byte[] Body(JsonObject json) => Encoding.UTF8.GetBytes(json.ToJsonString());

    private static Option<string?> FileOption(string description) => new("--file", "-f") { Description = description, HelpName = "FILE" };
}
