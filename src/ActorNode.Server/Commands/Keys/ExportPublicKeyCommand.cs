using System.CommandLine;
using System.Text.Json.Nodes;

namespace ActorNode.Server.Commands.Keys;

/// <summary><c>keys export-public</c>: the public key alone, for other programs.</summary>
internal static class ExportPublicKeyCommand
{
    public static Command Create(CommandContext context)
    {
        var which = ShowKeyCommand.KeyArgument();
        var options = new KeyCommandOptions();
        var command = new Command("export-public", "Print the public key of one key and nothing else.") { which };
        options.AddTo(command);
        command.SetAction((parsed, _) => options.RunAsync(parsed, context, async folder =>
        {
            var key = ShowKeyCommand.Find(folder, parsed.GetRequiredValue(which));
            await context.Output.WriteLineAsync(options.Json(parsed)
                ? JsonOutput.Of(new JsonObject { ["publicKeyHash"] = key.Hash.ToString(), ["publicKey"] = key.PublicKey.ToString() })
                : key.PublicKey.ToString());
            return ExitCode.Ok;
        }));
        return command;
    }
}
