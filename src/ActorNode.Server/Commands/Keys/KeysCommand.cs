using System.CommandLine;

namespace ActorNode.Server.Commands.Keys;

/// <summary><c>keys ...</c>: the key files under the data folder. Needs no running node; one that runs sees what was changed.</summary>
internal static class KeysCommand
{
    public static Command Create(CommandContext context)
    {
        var command = new Command("keys", "Consensus keys in encrypted files in DATA/keys. A running node notices what is changed.")
        {
            GenerateKeyCommand.Create(context),
            ImportKeyCommand.Create(context),
            ListKeysCommand.Create(context),
            ShowKeyCommand.Create(context),
            ExportPublicKeyCommand.Create(context),
        };
        NodeCommandLine.ShowHelp(command);
        return command;
    }
}
