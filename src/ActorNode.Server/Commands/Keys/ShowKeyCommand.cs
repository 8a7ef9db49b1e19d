using System.CommandLine;
using ActorNode.Tezos.Signers.KeyFiles;

namespace ActorNode.Server.Commands.Keys;

/// <summary><c>keys show</c>: what is public about one key.</summary>
internal static class ShowKeyCommand
{
    public static Command Create(CommandContext context)
    {
        var which = KeyArgument();
        var options = new KeyCommandOptions();
        var command = new Command("show", "Show one key, without its secret.") { which };
        options.AddTo(command);
        command.SetAction((parsed, _) => options.RunAsync(parsed, context, async folder =>
        {
            await KeyWords.ShowAsync(Find(folder, parsed.GetRequiredValue(which)), folder, options.Json(parsed), context.Output);
            return ExitCode.Ok;
        }));
        return command;
    }

    /// <summary>The argument that names a key.</summary>
    internal static Argument<string> KeyArgument() => new("KEY") { Description = "The key's address or alias." };

    /// <exception cref="KeyFileException">There is no such key.</exception>
    internal static KeyFile Find(KeyFolder folder, string addressOrAlias) =>
        folder.Find(addressOrAlias) ?? throw new KeyFileException($"KEY: {folder.Path} has no key with this address or alias");
}
