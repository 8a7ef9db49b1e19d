using System.CommandLine;
using System.Text.Json.Nodes;
using ActorNode.Configuration;
using ActorNode.Server.Hosting;

namespace ActorNode.Server.Commands;

/// <summary><c>check-config</c>: reads the configuration as <c>run</c> would, and shows what it comes to. Secrets are masked.</summary>
internal static class CheckConfigCommand
{
    public static Command Create(CommandContext context)
    {
        var options = new ConfigurationOptions();
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var command = new Command("check-config", "Check the configuration that 'run' would use, and show it. Starts nothing.") { json };
        options.AddTo(command);
        command.SetAction((parsed, _) => CheckAsync(parsed, options, context, parsed.GetValue(json)));
        return command;
    }

    private static async Task<int> CheckAsync(ParseResult parsed, ConfigurationOptions options, CommandContext context, bool json)
    {
        NodeConfiguration configuration;
        try
        {
            configuration = options.Load(parsed, context);
            StartRules.Check(configuration.Settings);
        }
        catch (SettingsException wrong)
        {
            return await ConfigurationOptions.RefuseAsync(wrong.Problems, context, json);
        }

        if (json)
        {
            var shown = new JsonObject { ["valid"] = true, [HoconDocument.NodeSection] = SettingsWriter.ToJson(configuration.Settings) };
            await context.Output.WriteLineAsync(JsonOutput.Of(shown));
        }
        else
        {
            await context.Output.WriteAsync(SettingsWriter.ToHocon(configuration));
            if (!configuration.Akka.IsEmpty)
                await context.Output.WriteLineAsync("# The section 'akka' of the file goes to the actor system as it is.");
        }

        return ExitCode.Ok;
    }
}
