using ActorNode.Configuration;
using ActorNode.Forging;
using ActorNode.Server.Commands;
using ActorNode.Tezos.Keys;
using ActorNode.Tezos.Signers;
using ActorNode.Tezos.Signers.KeyFiles;
using ActorNode.Tezos.Signers.Remote;

namespace ActorNode.Server.Forging;

/// <summary>The signers of the settings as one: key files first, then the remote signer. Closes them, and clears secrets, when it is disposed.</summary>
internal sealed class ForgingSigners : IDisposable
{
    private readonly List<IDisposable> _owned = [];

    private ForgingSigners(NodeSettings settings, CommandContext context, ILoggerFactory loggers)
    {
        try
        {
            var signers = SignersOf(settings, context, loggers);
            var verified = new VerifyingSigner(new SignerSet(loggers.CreateLogger<SignerSet>(), signers), loggers.CreateLogger<VerifyingSigner>());
            Ports = new ForgingPorts(new OneAddressPerKey(verified, loggers.CreateLogger<OneAddressPerKey>()), Reader: new TezosPayloadReader());
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>What the forge worker works with.</summary>
    public ForgingPorts Ports { get; }

    /// <summary>Opens the signers; a terminal may be asked for the passphrase of the key files.</summary>
    /// <exception cref="PassphraseException">There are key files and no passphrase that opens them.</exception>
    public static ForgingSigners Open(NodeSettings settings, CommandContext context, ILoggerFactory loggers) => new(settings, context, loggers);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var each in Enumerable.Reverse(_owned))
            each.Dispose();
        _owned.Clear();
    }

    private List<ISigner> SignersOf(NodeSettings settings, CommandContext context, ILoggerFactory loggers)
    {
        var signers = new List<ISigner>();
        var folder = KeysFolder.Of(settings);
        var remote = settings.Forging.Signers.Remote;
        using var passphrase = PassphraseOf(settings, context, folder);
        if (passphrase is not null)
        {
            MustOpen(folder, passphrase);
            signers.Add(Own(new KeyFileSigner(folder, passphrase.Bytes.Span, loggers.CreateLogger<KeyFileSigner>())));
        }

        if (!remote.Endpoints.IsEmpty)
        {
            signers.Add(Own(new RemoteSigner(
                new RemoteSignerSettings
                {
                    Endpoints = [.. remote.Endpoints.Select(text => new Uri(text))],
                    Keys = [.. remote.Keys.Select(PublicKeyHash.Parse)],
                    Authentication = remote.AuthenticationKey is { } name ? Own(Authentication(folder, name, passphrase)) : null,
                    Timeout = remote.Timeout,
                    ConnectTimeout = remote.ConnectTimeout,
                },
                log: loggers.CreateLogger<RemoteSigner>())));
        }

        return signers;
    }

    private static Passphrase? PassphraseOf(NodeSettings settings, CommandContext context, KeyFolder folder)
    {
        if (settings.Forging.Signers.PassphraseFile is { } path)
            return Passphrase.FromFile(path, "actornode.forging.signers.passphrase-file");
        if (context.Environment.TryGetValue(Passphrase.Variable, out var text))
            return Passphrase.FromText(text, Passphrase.Variable);
        if (folder.List().Keys.IsEmpty)
            return null;
        return context.ReadSecret is { } ask
            ? Passphrase.FromText(ask("Passphrase of the keys: "), "passphrase")
            : throw new PassphraseException(
                $"{folder.Path} has keys, and their passphrase is missing: set actornode.forging.signers.passphrase-file or {Passphrase.Variable}, or use a terminal");
    }

    /// <summary>A wrong passphrase opens no file: better to say so at the start than to sign nothing.</summary>
    private static void MustOpen(KeyFolder folder, Passphrase passphrase)
    {
        if (folder.List().Keys is not [var first, ..])
            return;
        try
        {
            first.Unlock(passphrase.Bytes.Span).Dispose();
        }
        catch (KeyFileException wrong)
        {
            throw new PassphraseException($"the passphrase does not open the keys in {folder.Path}: {wrong.Message}");
        }
    }

    private static SecretKey Authentication(KeyFolder folder, string name, Passphrase? passphrase)
    {
        const string Setting = "actornode.forging.signers.remote.authentication-key";
        if (passphrase is null || folder.Find(name) is not { } file)
            throw new PassphraseException($"{Setting}: {folder.Path} has no key with this address or alias");
        try
        {
            return file.Unlock(passphrase.Bytes.Span);
        }
        catch (KeyFileException wrong)
        {
            throw new PassphraseException($"{Setting}: {wrong.Message}");
        }
    }

    private T Own<T>(T part)
        where T : IDisposable
    {
        _owned.Add(part);
        return part;
    }
}
