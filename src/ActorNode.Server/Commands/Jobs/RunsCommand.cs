using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using ActorNode.Configuration;

namespace ActorNode.Server.Commands.Jobs;

/// <summary><c>runs create|show|list|delete</c>: the runs of a running node's jobs.</summary>
internal static class RunsCommand
{
    private const string Runs = "/v2/runs";

    public static Command Create(CommandContext context) =>
        JobsVerb.Group("runs", "The runs of a running node's jobs.", New(context), Show(context), List(context), Delete(context));

    private static Command New(CommandContext context)
    {
        var job = JobsVerb.Id("JOB", "The job's id. It must have a web initiator.");
        var input = JsonArgument.Optional("The run's input");
        return JobsVerb.Create(context, "create", "Start a run of a job.", [job, input], async (parsed, node) =>
        {
            var body = parsed.GetValue(input) is { } given ? await JsonArgument.ReadAsync(given, context) : ReadOnlyMemory<byte>.Empty;
            await node.ShowAsync(await node.PostAsync($"/v2/specs/{JobsVerb.PathOf(parsed, job)}/runs", body), JobTables.Run);
        });
    }

    private static Command Show(CommandContext context)
    {
        var id = JobsVerb.Id("ID", "The run's id.");
        return JobsVerb.Create(context, "show", "Show a run and its tasks.", [id], async (parsed, node) =>
            await node.ShowAsync(await node.GetAsync($"{Runs}/{JobsVerb.PathOf(parsed, id)}"), JobTables.Run));
    }

    private static Command List(CommandContext context)
    {
        var job = new Option<string?>("--job") { Description = "Only runs of this job.", HelpName = "ID" };
        var page = new PageOptions(sorted: true);
        return JobsVerb.Create(context, "list", "List runs, oldest first.", [job, .. page.Symbols], async (parsed, node) =>
            await node.ShowAsync(await node.GetAsync(Runs + page.Query(parsed, ("jobSpecId", parsed.GetValue(job)))), JobTables.Runs));
    }

    private static Command Delete(CommandContext context)
    {
        var status = new Option<string[]>("--status") { Description = "Which runs; may be given twice.", HelpName = "completed|errored", Required = true };
        status.AcceptOnlyFromAmong("completed", "errored");
        var before = new Option<DateTimeOffset?>("--before")
        {
            Description = "Those that were last changed before this time, such as 2026-01-31T00:00:00Z.",
            HelpName = "TIME",
            CustomParser = result => OptionValue.Of(result, "a time such as 2026-01-31T00:00:00Z", TimeOf),
        };
        var older = new Option<TimeSpan?>("--older-than")
        {
            Description = "Those that were last changed longer ago, such as 7d.",
            HelpName = "DURATION",
            CustomParser = result => OptionValue.Of(result, SettingType.Duration.Expected, text => (TimeSpan?)SettingType.Duration.Parse(text)),
        };
        var yes = new Option<bool>("--yes") { Description = "Do not ask." };
        var command = JobsVerb.Create(
            context, "delete", "Delete finished runs for good: those of some statuses that were last changed before a time.", [status, before, older, yes], async (parsed, node) =>
            {
                var (names, until) = (parsed.GetRequiredValue(status).Distinct().ToArray(), parsed.GetValue(before) ?? DateTimeOffset.UtcNow - parsed.GetValue(older)!.Value);
                var what = string.Create(CultureInfo.InvariantCulture, $"{string.Join(" and ", names)} runs last changed before {until.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss.FFF'Z'}");
                if (!parsed.GetValue(yes) && !await Confirmation.AskAsync(context, $"This deletes all {what}. They cannot be brought back.", "delete"))
                    return ExitCode.Failed;
                var body = new JsonObject { ["status"] = new JsonArray([.. names.Select(name => (JsonNode)JsonValue.Create(name))]), ["updatedBefore"] = until.UtcDateTime };
                await node.DeleteAsync("/v2/bulk_delete_runs", Encoding.UTF8.GetBytes(body.ToJsonString()));
                await node.SayAsync($"All {what} are deleted.");
                return ExitCode.Ok;
            });
        command.Validators.Add(result =>
        {
            if (result.GetResult(before) is null == result.GetResult(older) is null)
                result.AddError("either --before or --older-than must be given");
        });
        return command;
    }

    /// <summary>One that says its offset: what is deleted must not depend on where the command runs.</summary>
    private static DateTimeOffset? TimeOf(string text) =>
        DateTimeOffset.TryParseExact(
            text, ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
            ? time
            : null;
}
