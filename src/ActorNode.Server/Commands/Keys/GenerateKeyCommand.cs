using System.CommandLine;
using ActorNode.Tezos.Keys;

namespace ActorNode.Server.Commands.Keys;

/// <summary><c>keys generate</c>: a new random key.</summary>
internal static class GenerateKeyCommand
{
    public static Command Create(CommandContext context)
    {
        var type = new Option<KeyType>("--type")
        {
            Description = "The kind of key.",
            HelpName = "ed25519|secp256k1|p256",
            DefaultValueFactory = _ => KeyType.Ed25519,
            CustomParser = result => OptionValue.Of(result, "ed25519, secp256k1 or p256", KeyWords.TypeOf),
        };
        var created = new NewKeyOptions();
        var options = new KeyCommandOptions();
        var command = new Command("generate", "Make a new key from the system's random source.") { type };
        created.AddTo(command);
        options.AddTo(command);
        command.SetAction((parsed, stop) => options.RunAsync(parsed, context, async folder =>
        {
            created.Check(parsed);
            using var passphrase = created.ReadPassphrase(parsed, context, folder);
            var key = await folder.GenerateAsync(parsed.GetValue(type), created.NetworkOf(parsed), created.AliasOf(parsed), passphrase.Bytes, stop);
            await KeyWords.ShowAsync(key, folder, options.Json(parsed), context.Output);
            return ExitCode.Ok;
        }));
        return command;
    }
}
