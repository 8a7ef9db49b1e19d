using System.CommandLine;
using ActorNode.Configuration;
using ActorNode.Server.Hosting;

namespace ActorNode.Server.Commands;

/// <summary><c>run</c>: the node itself.</summary>
internal static class RunCommand
{
    public static Command Create(CommandContext context)
    {
        var options = new ConfigurationOptions();
        var json = new Option<bool>("--json") { Description = "Log JSON, one object a line." };
        var command = new Command("run", "Run the node until it is told to stop (Ctrl-C or SIGTERM; a second one does not wait for running work).") { json };
        var user = new ApiUserOption();
        options.AddTo(command);
        user.AddTo(command);
        command.SetAction((parsed, _) => RunAsync(parsed, options, user, context, parsed.GetValue(json)));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, ConfigurationOptions options, ApiUserOption user, CommandContext context, bool json)
    {
        try
        {
            var configuration = json
                ? options.Load(parsed, context, ("actornode.logging.json", "on", "--json"))
                : options.Load(parsed, context);
            StartRules.Check(configuration.Settings);
            var (apiUser, problem) = user.Read(parsed, context);
            return problem is null
                ? await NodeHost.RunAsync(configuration, context, apiUser: apiUser)
                : await ConfigurationOptions.RefuseAsync([problem], context, json: false);
        }
        catch (SettingsException wrong)
        {
            return await ConfigurationOptions.RefuseAsync(wrong.Problems, context, json: false);
        }
    }
}
