using System.CommandLine;

namespace ActorNode.Server.Commands.Jobs;

/// <summary><c>bridges create|show|list|update|remove</c>: the bridges of a running node.</summary>
internal static class BridgesCommand
{
    private const string Bridges = "/v2/bridge_types";

    public static Command Create(CommandContext context) => JobsVerb.Group(
        "bridges", "The bridges of a running node: tasks that other programs do.", New(context), Show(context), List(context), Update(context), Remove(context));

    private static Command New(CommandContext context)
    {
        var bridge = JsonArgument.Required("The bridge, such as {\"name\":\"prices\",\"url\":\"http://localhost:8080\"}");
        return JobsVerb.Create(context, "create", "Create a bridge. Its incoming token is shown this once.", [bridge], async (parsed, node) =>
            await node.ShowAsync(await node.PostAsync(Bridges, await JsonArgument.ReadAsync(parsed.GetRequiredValue(bridge), context)), JobTables.NewBridge));
    }

    private static Command Show(CommandContext context)
    {
        var name = NameArgument();
        return JobsVerb.Create(context, "show", "Show a bridge.", [name], async (parsed, node) => await node.ShowAsync(await node.GetAsync(PathOf(parsed, name)), JobTables.Bridge));
    }

    private static Command List(CommandContext context)
    {
        var page = new PageOptions(sorted: false);
        return JobsVerb.Create(context, "list", "List the bridges.", page.Symbols, async (parsed, node) =>
            await node.ShowAsync(await node.GetAsync(Bridges + page.Query(parsed)), JobTables.Bridges));
    }

    private static Command Update(CommandContext context)
    {
        var name = NameArgument();
        var change = JsonArgument.Required("What changes: url, confirmations, minimumContractPayment");
        return JobsVerb.Create(context, "update", "Change a bridge. What is not named stays.", [name, change], async (parsed, node) =>
            await node.ShowAsync(await node.PatchAsync(PathOf(parsed, name), await JsonArgument.ReadAsync(parsed.GetRequiredValue(change), context)), JobTables.Bridge));
    }

    private static Command Remove(CommandContext context)
    {
        var name = NameArgument();
        return JobsVerb.Create(context, "remove", "Remove a bridge that no job uses.", [name], async (parsed, node) =>
        {
            await node.DeleteAsync(PathOf(parsed, name));
            await node.SayAsync($"Bridge {parsed.GetRequiredValue(name)} is removed.");
        });
    }

    private static Argument<string> NameArgument() => JobsVerb.Id("NAME", "The bridge's name.");

    private static string PathOf(ParseResult parsed, Argument<string> name) => $"{Bridges}/{JobsVerb.PathOf(parsed, name)}";
}
