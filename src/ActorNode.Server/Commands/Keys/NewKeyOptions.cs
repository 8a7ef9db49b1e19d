using System.CommandLine;
using ActorNode.Server.Forging;
using ActorNode.Tezos.Codec;
using ActorNode.Tezos.Keys;
using ActorNode.Tezos.Signers.KeyFiles;

namespace ActorNode.Server.Commands.Keys;

/// <summary>The options of commands that add a key. Secrets are never among them: other users see arguments, and shells remember them.</summary>
internal sealed class NewKeyOptions
{
    private readonly Option<Network> _network = new("--network")
    {
        Description = "The network whose address the key is known by: mv (Mavryk) or tz (Tezos).",
        HelpName = "mv|tz",
        DefaultValueFactory = _ => Network.Mavryk,
        CustomParser = result => OptionValue.Of(result, "mv or tz", KeyWords.NetworkOf),
    };

    private readonly Option<string?> _alias = new("--alias") { Description = "A name for the key.", HelpName = "NAME" };

    private readonly Option<string?> _passphraseFile = new("--passphrase-file")
    {
        Description = $"A file whose one line is the passphrase of the folder's keys. Without it: the variable {Passphrase.Variable}, or a prompt.",
        HelpName = "FILE",
    };

    // Takes whatever is no option, so that the parser does not show it: it may be a secret.
    private readonly Argument<string[]> _stray = new("stray") { Arity = ArgumentArity.ZeroOrMore, Hidden = true };

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(_network);
        command.Add(_alias);
        command.Add(_passphraseFile);
        command.Add(_stray);
    }

    public Network NetworkOf(ParseResult parsed) => parsed.GetValue(_network);

    /// <summary>The name for the key; null without one.</summary>
    public string? AliasOf(ParseResult parsed) => parsed.GetValue(_alias);

    /// <summary>Refuses what no option takes, and names that could not be told from addresses.</summary>
    /// <exception cref="UsageException">There is such.</exception>
    public void Check(ParseResult parsed)
    {
        if (parsed.GetValue(_stray) is { Length: > 0 } stray)
        {
            var name = stray.FirstOrDefault(each => each.StartsWith('-'))?.Split('=')[0];
            throw new UsageException(
                $"{(name is { Length: <= 32 } ? $"'{name}' is no option of this command" : "this command takes options only")}; secrets are never arguments, since other users can see those: see --help");
        }

        if (AliasOf(parsed) is { } alias && IsAddress(alias))
            throw new UsageException("--alias: is an address; a name must not look like another key");
    }

    /// <summary>The passphrase, by file, environment or prompt. A new folder's is typed twice. The caller disposes it.</summary>
    /// <exception cref="UsageException">There is no way to ask for it.</exception>
    /// <exception cref="PassphraseException">What was given is none.</exception>
    public Passphrase ReadPassphrase(ParseResult parsed, CommandContext context, KeyFolder folder)
    {
        if (parsed.GetValue(_passphraseFile) is { } path)
            return Passphrase.FromFile(path, "--passphrase-file");
        if (context.Environment.TryGetValue(Passphrase.Variable, out var text))
            return Passphrase.FromText(text, Passphrase.Variable);
        if (context.ReadSecret is not { } ask)
            throw new UsageException($"the passphrase is missing: name a file by --passphrase-file, set {Passphrase.Variable}, or use a terminal");
        var isNew = folder.List().Keys.IsEmpty;
        var passphrase = Passphrase.FromText(ask(isNew ? "New passphrase of the keys: " : "Passphrase of the keys: "), "passphrase");
        if (!isNew)
            return passphrase;
        using var again = Passphrase.FromText(ask("The same again: "), "passphrase");
        if (again.Matches(passphrase))
            return passphrase;
        passphrase.Dispose();
        throw new PassphraseException("passphrase: the two are different; nothing was changed");
    }

    private static bool IsAddress(string text)
    {
        try
        {
            PublicKeyHash.Parse(text);
            return true;
        }
        catch (TezosFormatException)
        {
            return false;
        }
    }
}
