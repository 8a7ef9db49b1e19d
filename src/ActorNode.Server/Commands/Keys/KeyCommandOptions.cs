using System.CommandLine;
using ActorNode.Configuration;
using ActorNode.Server.Forging;
using ActorNode.Tezos.Codec;
using ActorNode.Tezos.Keys;
using ActorNode.Tezos.Signers.KeyFiles;

namespace ActorNode.Server.Commands.Keys;

/// <summary>What all commands on key files have in common: where the files are, JSON or text, and how failures end.</summary>
internal sealed class KeyCommandOptions
{
    private readonly ConfigurationOptions _configuration = new();
    private readonly Option<bool> _json = new("--json") { Description = "Print JSON." };

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        _configuration.AddDataTo(command);
        command.Add(_json);
    }

    /// <summary>Whether the result is JSON.</summary>
    public bool Json(ParseResult parsed) => parsed.GetValue(_json);

    /// <summary>Does a command's work on the folder and returns its exit code; what it throws is told without any secret.</summary>
    public async Task<int> RunAsync(ParseResult parsed, CommandContext context, Func<KeyFolder, Task<int>> work)
    {
        try
        {
            return await work(KeysFolder.Of(_configuration.Load(parsed, context).Settings));
        }
        catch (SettingsException wrong)
        {
            return await ConfigurationOptions.RefuseAsync(wrong.Problems, context, Json(parsed));
        }
        catch (UsageException wrong)
        {
            await context.Error.WriteLineAsync(wrong.Message);
            return ExitCode.Usage;
        }
        catch (Exception failure) when (failure is KeyFileException or PassphraseException or TezosFormatException or UnsupportedKeyTypeException)
        {
            await context.Error.WriteLineAsync(failure.Message);
            return ExitCode.Failed;
        }
        catch (OperationCanceledException)
        {
            await context.Error.WriteLineAsync("interrupted");
            return ExitCode.Failed;
        }
    }
}
