using System.CommandLine;
using System.Text.Json.Nodes;

namespace ActorNode.Server.Commands.Keys;

/// <summary><c>keys list</c>: the keys of the folder. A file that is no key is told of, and makes the command fail, after all others.</summary>
internal static class ListKeysCommand
{
    public static Command Create(CommandContext context)
    {
        var options = new KeyCommandOptions();
        var command = new Command("list", "List the keys, without their secrets.");
        options.AddTo(command);
        command.SetAction((parsed, _) => options.RunAsync(parsed, context, async folder =>
        {
            var listing = folder.List();
            if (options.Json(parsed))
            {
                await context.Output.WriteLineAsync(JsonOutput.Of(new JsonObject
                {
                    ["folder"] = folder.Path,
                    ["keys"] = new JsonArray([.. listing.Keys.Select(key => (JsonNode)KeyWords.ToJson(key, folder))]),
                    ["problems"] = new JsonArray([.. listing.Problems.Select(each => (JsonNode)new JsonObject { ["file"] = each.File, ["problem"] = each.Problem })]),
                }));
            }
            else
            {
                foreach (var key in listing.Keys)
                    await context.Output.WriteLineAsync($"{key.Hash}  {KeyWords.Of(key.PublicKey.Type),-9}  {key.Alias ?? "-"}");
                if (listing.Keys.IsEmpty)
                    await context.Error.WriteLineAsync($"no keys in {folder.Path}");
            }

            foreach (var problem in listing.Problems)
                await context.Error.WriteLineAsync($"{problem.File}: {problem.Problem}");
            return listing.Problems.IsEmpty ? ExitCode.Ok : ExitCode.Failed;
        }));
        return command;
    }
}
