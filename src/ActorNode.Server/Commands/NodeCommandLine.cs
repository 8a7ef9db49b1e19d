using System.CommandLine;
using System.CommandLine.Help;
using ActorNode.Server.Commands.Forging;
using ActorNode.Server.Commands.Jobs;
using ActorNode.Server.Commands.Keys;

namespace ActorNode.Server.Commands;

/// <summary>The command line: what there is, how it is parsed, and how commands end.</summary>
internal static class NodeCommandLine
{
    /// <summary>Runs a command and returns its exit code. Without a command it shows the help.</summary>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, CommandContext context)
    {
        var root = Build(context);
        var parsed = root.Parse(arguments);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors)
                await context.Error.WriteLineAsync(error.Message);
            await context.Error.WriteLineAsync($"See: {Name} {string.Join(' ', PathOf(parsed.CommandResult.Command))}--help");
            return ExitCode.Usage;
        }

        return await parsed.InvokeAsync(
            new InvocationConfiguration
            {
                Output = context.Output,
                Error = context.Error,
                EnableDefaultExceptionHandler = false,

                // Signals are the process's own business: see StopSignals.
                ProcessTerminationTimeout = null,
            },
            context.Stop);
    }

    private const string Name = "actornode";

    private static RootCommand Build(CommandContext context)
    {
        var messages = new Command("messages", "Bring messages into a running node, or take them out.")
        {
            ImportCommand.Create(context),
            ExportCommand.Create(context),
        };
        ShowHelp(messages);
        var root = new RootCommand("ActorNode: the background work of a blockchain node, one supervised actor per key.")
        {
            RunCommand.Create(context),
            SandboxCommand.Create(context),
            CheckConfigCommand.Create(context),
            messages,
            UpkeepCommand.Create(context),
            KeysCommand.Create(context),
            ForgingCommand.Create(context),
            WatermarksCommand.Create(context),
            SessionCommands.LogIn(context),
            SessionCommands.LogOut(context),
            SessionCommands.ChangePassword(context),
            JobsCommand.Create(context),
            RunsCommand.Create(context),
            BridgesCommand.Create(context),
            InitiatorsCommand.Create(context),
            AgreementsCommand.Create(context),
        };
        root.HelpName = Name;
        ShowHelp(root);
        return root;
    }

    /// <summary>A command that only groups others shows them.</summary>
    internal static void ShowHelp(Command command) => command.SetAction(parsed => new HelpAction().Invoke(parsed));

    private static string PathOf(Command command) => command is RootCommand
        ? ""
        : PathOf(command.Parents.OfType<Command>().First()) + command.Name + " ";
}
