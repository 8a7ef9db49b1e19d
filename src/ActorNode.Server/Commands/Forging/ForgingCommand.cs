using System.CommandLine;
using System.Text.Json.Nodes;

namespace ActorNode.Server.Commands.Forging;

/// <summary><c>forging status</c>: the keys of a running node.</summary>
internal static class ForgingCommand
{
    public static Command Create(CommandContext context)
    {
        var client = new ClientCommandOptions();
        var status = new Command("status", "Show the keys that the node signs with, and how they fare.");
        client.AddTo(status);
        status.SetAction((parsed, _) => ForgingClient.RunAsync(() => client.Client(parsed), context, async node =>
        {
            await NodeCommand.ShowAsync(context, await node.StatusAsync(), client.Json(parsed), ShowAsync);
            return ExitCode.Ok;
        }));
        var command = new Command("forging", "The forge worker of a running node.") { status };
        NodeCommandLine.ShowHelp(command);
        return command;
    }

    private static async Task ShowAsync(JsonObject answer, TextWriter output)
    {
        if (answer["problem"] is { } problem)
            await output.WriteLineAsync($"problem: {problem}");
        await output.WriteLineAsync($"{"key",-36}  {"alias",-16}{"held",8}{"signed",12}{"unsigned",12}  last error");
        foreach (var key in answer["keys"]!.AsArray())
        {
            var error = (bool)key!["quarantined"]! ? "QUARANTINED: its signer does not answer" : key["lastError"]?.ToString() ?? "-";
            await output.WriteLineAsync($"{key["key"],-36}  {key["alias"]?.ToString() ?? "-",-16}{key["held"],8}{key["signed"],12}{key["unsigned"],12}  {error}");
        }
    }
}
