using System.Collections.Immutable;
using System.CommandLine;
using System.Text.Json.Nodes;
using ActorNode.Configuration;

namespace ActorNode.Server.Commands;

/// <summary>The options of commands that read the node's configuration.</summary>
internal sealed class ConfigurationOptions
{
    private readonly Option<string?> _file = new("--config") { Description = "A configuration file (HOCON).", HelpName = "FILE" };
    private readonly Option<string?> _data = new("--data") { Description = "The folder for data and logs. [default: ./data]", HelpName = "DIR" };
    private readonly Option<string?> _urls = new("--urls") { Description = "Where to listen; several divided by ';'. [default: http://127.0.0.1:6688]", HelpName = "URL" };

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        AddDataTo(command);
        command.Add(_urls);
    }

    /// <summary>Adds the options to a command that only wants to know where the data are.</summary>
    public void AddDataTo(Command command)
    {
        command.Add(_file);
        command.Add(_data);
    }

    /// <summary>Reads the configuration that the options ask for.</summary>
    /// <exception cref="SettingsException">It is wrong.</exception>
    public NodeConfiguration Load(ParseResult parsed, CommandContext context, params (string Path, string Value, string Option)[] more)
    {
        var values = ImmutableDictionary.CreateBuilder<string, SettingValue>(StringComparer.Ordinal);
        void Add(string path, string? value, string option)
        {
            if (value is not null)
                values[path] = SettingValue.Text(value, $"option {option}");
        }

        Add("actornode.data", parsed.GetValue(_data), _data.Name);
        Add("actornode.http.urls", parsed.GetValue(_urls), _urls.Name);
        foreach (var (path, value, option) in more)
            Add(path, value, option);
        return NodeConfiguration.Load(new ConfigurationSources
        {
            CommandLine = values.ToImmutable(),
            Environment = context.Environment,
            File = parsed.GetValue(_file),
        });
    }

    /// <summary>Shows what is wrong with a configuration.</summary>
    public static async Task<int> RefuseAsync(IEnumerable<string> problems, CommandContext context, bool json)
    {
        if (json)
        {
            var result = new JsonObject { ["valid"] = false, ["problems"] = new JsonArray([.. problems.Select(p => (JsonNode)JsonValue.Create(p))]) };
            await context.Output.WriteLineAsync(JsonOutput.Of(result));
        }
        else
        {
            foreach (var problem in problems)
                await context.Error.WriteLineAsync(problem);
        }

        return ExitCode.Usage;
    }
}
