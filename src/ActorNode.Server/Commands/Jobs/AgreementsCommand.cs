using System.CommandLine;

namespace ActorNode.Server.Commands.Jobs;

/// <summary><c>agreements create|show</c>: the service agreements of a running node.</summary>
internal static class AgreementsCommand
{
    private const string Agreements = "/v2/service_agreements";

    public static Command Create(CommandContext context) =>
        JobsVerb.Group("agreements", "The service agreements of a running node.", New(context), Show(context));

    private static Command New(CommandContext context)
    {
        var agreement = JsonArgument.Required("The agreement");
        return JobsVerb.Create(context, "create", "Have the node agree to a service agreement and sign it (in dev mode).", [agreement], async (parsed, node) =>
            await node.ShowAsync(await node.PostAsync(Agreements, await JsonArgument.ReadAsync(parsed.GetRequiredValue(agreement), context)), JobTables.Agreement));
    }

    private static Command Show(CommandContext context)
    {
        var id = JobsVerb.Id("ID", "The agreement's id.");
        return JobsVerb.Create(context, "show", "Show a service agreement.", [id], async (parsed, node) =>
            await node.ShowAsync(await node.GetAsync($"{Agreements}/{JobsVerb.PathOf(parsed, id)}"), JobTables.Agreement));
    }
}
