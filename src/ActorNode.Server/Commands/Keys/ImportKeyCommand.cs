using System.CommandLine;
using System.Security.Cryptography;
using System.Text;
using ActorNode.Tezos.Codec;
using ActorNode.Tezos.Keys;

namespace ActorNode.Server.Commands.Keys;

/// <summary><c>keys import</c>: a secret key in base58, from a file, standard input or a prompt.</summary>
internal static class ImportKeyCommand
{
    private const int MaxLength = 1024;

    public static Command Create(CommandContext context)
    {
        var from = new Option<string>("--from")
        {
            Description = "The file that holds the secret key in base58 (edsk, spsk or p2sk, also with 'unencrypted:' before it); - is standard input.",
            HelpName = "FILE",
            DefaultValueFactory = _ => "-",
        };
        var created = new NewKeyOptions();
        var options = new KeyCommandOptions();
        var command = new Command("import", "Add a secret key that exists already.") { from };
        created.AddTo(command);
        options.AddTo(command);
        command.SetAction((parsed, stop) => options.RunAsync(parsed, context, async folder =>
        {
            created.Check(parsed);
            using var secret = Read(parsed.GetRequiredValue(from), context);
            using var passphrase = created.ReadPassphrase(parsed, context, folder);
            var key = await folder.ImportAsync(secret, created.NetworkOf(parsed), created.AliasOf(parsed), passphrase.Bytes, stop);
            await KeyWords.ShowAsync(key, folder, options.Json(parsed), context.Output);
            return ExitCode.Ok;
        }));
        return command;
    }

    private static SecretKey Read(string from, CommandContext context)
    {
        if (from == "-" && context.ReadSecret is { } ask)
            return Parse(ask("Secret key: "), "secret key");
        var buffer = new byte[MaxLength + 1];
        try
        {
            using var stream = from == "-" ? context.OpenInput() : File.OpenRead(from);
            var length = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            var source = from == "-" ? "standard input" : $"--from: '{from}'";
            return length > MaxLength
                ? throw new UsageException($"{source} is longer than {MaxLength} bytes; it must hold one secret key")
                : Parse(Encoding.UTF8.GetString(buffer.AsSpan(0, length)), source);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"--from: '{from}' cannot be read: {unreadable.Message}");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(buffer);
        }
    }

    private static SecretKey Parse(string text, string source)
    {
        try
        {
            return SecretKey.Parse(text.Trim());
        }
        catch (TezosFormatException wrong)
        {
            throw new TezosFormatException($"{source}: {wrong.Message}");
        }
    }
}
