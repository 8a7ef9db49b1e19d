using System.CommandLine;

namespace ActorNode.Server.Commands.Jobs;

/// <summary><c>initiators create|delete</c>: the external initiators of a running node in dev mode.</summary>
internal static class InitiatorsCommand
{
    private const string Initiators = "/v2/external_initiators";

    public static Command Create(CommandContext context) =>
        JobsVerb.Group("initiators", "The external initiators of a running node: programs that start runs (in dev mode).", New(context), Delete(context));

    private static Command New(CommandContext context)
    {
        var initiator = JsonArgument.Optional("Its name, and the url where it hears of jobs");
        return JobsVerb.Create(context, "create", "Create an external initiator. Its secret is shown this once.", [initiator], async (parsed, node) =>
        {
            var body = parsed.GetValue(initiator) is { } given ? await JsonArgument.ReadAsync(given, context) : "{}"u8.ToArray();
            await node.ShowAsync(await node.PostAsync(Initiators, body), JobTables.NewInitiator);
        });
    }

    private static Command Delete(CommandContext context)
    {
        var key = JobsVerb.Id("KEY", "The initiator's access key.");
        return JobsVerb.Create(context, "delete", "Delete an external initiator: its secret opens nothing any more.", [key], async (parsed, node) =>
        {
            await node.DeleteAsync($"{Initiators}/{JobsVerb.PathOf(parsed, key)}");
            await node.SayAsync($"External initiator {parsed.GetRequiredValue(key)} is deleted.");
        });
    }
}
