using System.CommandLine;
using ActorNode.Configuration;
using ActorNode.Server.Transfer;

namespace ActorNode.Server.Commands;

/// <summary>The options of commands that speak to a running node.</summary>
internal sealed class ClientCommandOptions
{
    private const int MaxTokenFile = 4096;

    private readonly Option<Uri> _url = NodeOption.Url();

    private readonly Option<string?> _tokenFile = new("--token-file") { Description = "A file with the node's bearer token.", HelpName = "FILE" };

    private readonly Option<TimeSpan?> _giveUpAfter = new("--give-up-after")
    {
        Description = "How long to go on trying while nothing succeeds. [default: 5 m]",
        HelpName = "DURATION",
        CustomParser = result => OptionValue.Of(result, SettingType.Duration.Expected, text => (TimeSpan?)SettingType.Duration.Parse(text)),
    };

    private readonly Option<bool> _json = NodeOption.Json("Print the summary as JSON.");

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(_url);
        command.Add(_tokenFile);
        command.Add(_giveUpAfter);
        command.Add(_json);
    }

    /// <summary>Whether the summary is JSON.</summary>
    public bool Json(ParseResult parsed) => parsed.GetValue(_json);

    /// <summary>The client that the options ask for.</summary>
    /// <exception cref="UsageException">The token file is no such file.</exception>
    public ClientOptions Client(ParseResult parsed) => new(parsed.GetRequiredValue(_url))
    {
        Token = parsed.GetValue(_tokenFile) is { } path ? ReadToken(path) : null,
        GiveUpAfter = parsed.GetValue(_giveUpAfter) ?? TimeSpan.FromMinutes(5),
    };

    private static string ReadToken(string path)
    {
        try
        {
            if (new FileInfo(path) is { Exists: true, Length: > MaxTokenFile })
                throw new UsageException($"--token-file: '{path}' is longer than {MaxTokenFile} bytes; it must hold one token");
            var token = File.ReadAllText(path).Trim();
            return token.Length > 0 && token.All(c => c is > ' ' and <= '~')
                ? token
                : throw new UsageException($"--token-file: '{path}' must hold one line of printable ASCII characters without spaces");
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"--token-file: '{path}' cannot be read: {unreadable.Message}");
        }
    }
}

/// <summary>The command line asks for what cannot be. The message is for its user.</summary>
internal sealed class UsageException(string message) : Exception(message);
