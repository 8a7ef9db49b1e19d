using System.CommandLine;

namespace ActorNode.Server.Commands.Jobs;

/// <summary><c>jobs create|show|list|archive|next|errors</c>: the job specs of a running node.</summary>
internal static class JobsCommand
{
    private const string Specs = "/v2/specs";

    public static Command Create(CommandContext context) => JobsVerb.Group(
        "jobs", "The jobs of a running node.", New(context), Show(context), List(context), Archive(context), Next(context), Errors(context));

    private static Command New(CommandContext context)
    {
        var spec = JsonArgument.Required("The job spec");
        return JobsVerb.Create(context, "create", "Create a job.", [spec], async (parsed, node) =>
            await node.ShowAsync(await node.PostAsync(Specs, await JsonArgument.ReadAsync(parsed.GetRequiredValue(spec), context)), JobTables.Job));
    }

    private static Command Show(CommandContext context)
    {
        var id = IdArgument();
        return JobsVerb.Create(context, "show", "Show a job.", [id], async (parsed, node) => await node.ShowAsync(await node.GetAsync(PathOf(parsed, id)), JobTables.Job));
    }

    private static Command List(CommandContext context)
    {
        var page = new PageOptions(sorted: true);
        return JobsVerb.Create(context, "list", "List the jobs that are not archived, oldest first.", page.Symbols, async (parsed, node) =>
            await node.ShowAsync(await node.GetAsync(Specs + page.Query(parsed)), JobTables.Jobs));
    }

    private static Command Archive(CommandContext context)
    {
        var id = IdArgument();
        return JobsVerb.Create(context, "archive", "Archive a job: nothing starts it any more, and it is not listed. Runs under way go on.", [id], async (parsed, node) =>
        {
            await node.DeleteAsync(PathOf(parsed, id));
            await node.SayAsync($"Job {parsed.GetRequiredValue(id)} is archived.");
        });
    }

    private static Command Next(CommandContext context)
    {
        var id = IdArgument();
        var count = PageOptions.Whole("--count", "How many. [default: 10]");
        return JobsVerb.Create(context, "next", "Show when a job's schedules start it next.", [id, count], async (parsed, node) =>
            await node.ShowAsync(await node.GetAsync($"{PathOf(parsed, id)}/next{(parsed.GetValue(count) is { } n ? $"?count={n}" : "")}"), JobTables.Next));
    }

    private static Command Errors(CommandContext context)
    {
        var id = IdArgument();
        var size = PageOptions.Whole("--size", "How many. [default: 25]");
        return JobsVerb.Create(context, "errors", "Show the newest failed runs of a job.", [id, size], async (parsed, node) =>
            await node.ShowAsync(await node.GetAsync($"{PathOf(parsed, id)}/errors{(parsed.GetValue(size) is { } n ? $"?size={n}" : "")}"), JobTables.Errors));
    }

    private static Argument<string> IdArgument() => JobsVerb.Id("ID", "The job's id.");

    private static string PathOf(ParseResult parsed, Argument<string> id) => $"{Specs}/{JobsVerb.PathOf(parsed, id)}";
}
