using System.CommandLine;
using ActorNode.Server.Transfer;

namespace ActorNode.Server.Commands.Jobs;

/// <summary>One command on the jobs' API: its own arguments and options, those of all such commands, and what it does with a client.</summary>
internal static class JobsVerb
{
    /// <summary>A command that only groups others.</summary>
    public static Command Group(string name, string description, params Command[] verbs)
    {
        var group = new Command(name, description);
        foreach (var verb in verbs)
            group.Add(verb);
        NodeCommandLine.ShowHelp(group);
        return group;
    }

    /// <summary>A command. What stands in its way it throws as <see cref="UsageException"/> or <see cref="NodeClientException"/>.</summary>
    public static Command Create(CommandContext context, string name, string description, Symbol[] own, Func<ParseResult, JobsClient, Task> work) =>
        Create(context, name, description, own, async (parsed, node) =>
        {
            await work(parsed, node);
            return ExitCode.Ok;
        });

    /// <summary>The same for one that may end in another way.</summary>
    public static Command Create(CommandContext context, string name, string description, Symbol[] own, Func<ParseResult, JobsClient, Task<int>> work)
    {
        var url = NodeOption.Url();
        var cookies = new Option<string?>("--cookie-file")
        {
            Description = "The file with your sessions, which login writes. [default: actornode/sessions.json in your folder for settings]",
            HelpName = "FILE",
        };
        var json = NodeOption.Json("Print the node's answer as JSON.");
        var command = new Command(name, description);
        foreach (var symbol in own)
        {
            if (symbol is Argument argument)
                command.Add(argument);
            else
                command.Add((Option)symbol);
        }

        command.Add(url);
        command.Add(cookies);
        command.Add(json);
        command.SetAction((parsed, _) =>
        {
            var node = parsed.GetRequiredValue(url);
            return NodeCommand.RunAsync(context, () => new ClientOptions(node), client =>
            {
                var sessions = parsed.GetValue(cookies) is { } path ? new SessionFile(path) : SessionFile.OfUser(context);
                return work(parsed, new JobsClient(client, node, sessions, parsed.GetValue(json), context));
            });
        });
        return command;
    }

    /// <summary>An id or a name, as part of a path.</summary>
    public static Argument<string> Id(string name, string description)
    {
        var id = new Argument<string>(name) { Description = description };
        id.Validators.Add(result =>
        {
            // An empty one would be the list of all.
            if (result.Tokens is not [{ Value.Length: > 0 }])
                result.AddError($"{name}: must not be empty");
        });
        return id;
    }

    /// <summary>The id as a part of a path.</summary>
    public static string PathOf(ParseResult parsed, Argument<string> id) => Uri.EscapeDataString(parsed.GetRequiredValue(id));
}
